"""The book's services on one database, for a run that does everything with points."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from club.expiry import Expiry
from club.gifts import Gifts as GiftRules
from club.ledger import Account, Lot, account_id, holdings
from club.members import Reach, number_of
from club.money import Money
from club.programme import Programme
from club.refunds import Refunding
from club.returns import Wish
from club.spending import Spending as SpendingRules
from club.staff import Role
from club.tills import Details
from club.waiting import Waiting
from services.adjustments import Adjustments
from services.audit import Audit
from services.gifts import Gifts
from services.holds import Holds, lapse
from services.members import Members
from services.merges import Merges
from services.purchases import PurchaseRecorded, Purchases
from services.recognition import MERGE
from services.refund_cards import RefundAsked, RefundMade
from services.refunds import Refunds
from services.spending import Spending
from storage import dialogues as dialogues_store
from storage import expiry as expiry_store
from storage import imports as imports_store
from storage import members as members_store
from storage.db import Database
from storage.tables.book import LOTS, TRANSFERS
from storage.tables.members import MEMBERS
from storage.vault import Vault, make_key
from tests.book.model import LIFE_DAYS, Choices
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

START = datetime(2025, 10, 4, 12, 0, tzinfo=UTC)
PER = 10_000  # Toman that bring a point, and that a point pays.
BY = 1
MANAGER = Role.MANAGER


def programme(choices: Choices) -> Programme:
    """The rules of one run."""
    refunds = {"when_spent": choices.when_spent, "grace_days": choices.grace_days}
    return PROGRAMME.model_copy(
        update={
            "expiry": Expiry(model="age", days=LIFE_DAYS),
            "waiting": Waiting(days=choices.waiting_days),
            "spending": SpendingRules(worth=PER, at_once=choices.at_once),
            "gifts": GiftRules(least=1, most_a_day=1_000_000),
            "refunds": Refunding.model_validate(refunds),
        }
    )


@dataclass(frozen=True)
class Standing:
    """What the book says of one member."""

    balance: int
    debt: int
    earned: int
    held: int
    lots: tuple[tuple[int, datetime], ...]  # (points left, when they end), none empty.


class Shop:
    """Does what staff and members do, on a clock of the run's."""

    def __init__(self, db: Database, rules: Programme) -> None:
        self.now = START
        self.db, self.rules = db, rules
        four = (db, Vault(make_key()), rules, lambda: self.now)
        self.purchases, self.refunds = Purchases(*four), Refunds(*four)
        self.adjustments, self.gifts = Adjustments(*four), Gifts(*four)
        self.holds, self.spending = Holds(*four), Spending(*four)
        self.members, self.merges = Members(*four, lambda: self.now), Merges(*four)
        self._keeper = Bookkeeper(db, rules)
        self._keys = 0

    def key(self) -> str:
        """A key that was not used before."""
        self._keys += 1
        return f"key:{self._keys}"

    async def member(self) -> int:
        """Somebody who has joined."""
        return await self._keeper.join(self.now)

    async def customer(self) -> int:
        """Somebody from before the club, whom nobody has joined as."""
        name = self.key()
        row = {
            "source": "past",
            "external_id": name,
            "language": "fa",
            "calendar": "jalali",
            "join_step": "language",
            "tier": "member",
            "points_earned": 0,
            "reach": Reach.NEVER_STARTED,
            "referral_code": name,
            "created_at": self.now,
        }
        async with self.db.write() as tx:
            await imports_store.add_customers(tx, [row])
            (found,) = await members_store.find_by_external_id(tx, name)
            return found.id

    async def earn(self, member_id: int, points: int) -> None:
        """Points that a rule gave."""
        await self._keeper.give(member_id, points, self.now)

    async def buy(self, member_id: int, points: int, spent: int) -> int:
        """A purchase that brings so many points; its id."""
        done = await self.purchases.record(
            number_of(member_id),
            Money(points * PER, "IRT"),
            [],
            f"R-{self.key()[4:]}",
            by=BY,
            update_id=0,
            details=Details(spend=spent),
        )
        assert isinstance(done, PurchaseRecorded)
        return done.purchase_id

    async def adjust(self, member_id: int, points: int) -> None:
        """Give or take points by hand."""
        await self.adjustments.adjust(number_of(member_id), points, "test", by=BY, key=self.key())

    async def refund(self, purchase_id: int, minor: int) -> RefundMade:
        """Give back so much of a purchase, as the staff do: asked, shown, confirmed twice."""
        receipt = await self._keeper.rows(f"SELECT receipt FROM purchases WHERE id={purchase_id}")
        wish = Wish(receipt=str(receipt[0][0]), who=None, amount=Money(minor, "IRT"))
        asked = await self.refunds.ask(wish, by=BY, role=MANAGER)
        assert isinstance(asked, RefundAsked)
        made = await self.refunds.make(asked.intent_id, by=BY, role=MANAGER)
        again = await self.refunds.make(asked.intent_id, by=BY, role=MANAGER)
        assert (again.repeated, again.points, again.owed) == (True, made.points, made.owed)
        return made

    async def give(self, giver: int, receiver: int, points: int) -> None:
        """One member gives another points."""
        user = await self._user(giver)
        asked = await self.gifts.ask(user, number_of(receiver), points)
        await self.gifts.give(user, asked.intent_id)

    async def leave(self, member_id: int) -> None:
        """The member goes."""
        user = await self._user(member_id)
        asked = await self.members.ask_to_leave(user)
        await self.members.leave(user, asked.intent_id)

    async def merge(self, customer_id: int, member_id: int) -> None:
        """The member says that they are the customer."""
        user = await self._user(member_id)
        facts = {"customer_id": customer_id, "way": "link"}
        async with self.db.write() as tx:
            ends = self.now + timedelta(days=1)
            intent = await dialogues_store.add_intent(tx, MERGE, user, facts, ends)
        await self.merges.answer(user, intent, mine=True)

    async def night(self) -> None:
        """What the club does by itself."""
        await lapse(self.db, self.rules, self.now)
        async with self.db.write() as tx:
            await expiry_store.expire_lots(tx, self.now)

    async def standings(self) -> dict[int, Standing]:
        """What the book says of every member now."""
        async with self.db.read() as tx:
            members = (await tx.execute(select(MEMBERS.c.id, MEMBERS.c.points_earned))).all()
            found = await tx.execute(select(LOTS).where(LOTS.c.remaining > 0))
            lots = [(row.member_id, _lot(row)) for row in found]
            moves = select(TRANSFERS.c.source, TRANSFERS.c.target, TRANSFERS.c.points)
            accounts: Counter[int] = Counter()
            for source, target, points in await tx.execute(moves):
                accounts[source] -= points
                accounts[target] += points
        return {
            id_: self._standing(id_, earned, accounts, [lot for of, lot in lots if of == id_])
            for id_, earned in members
        }

    def _standing(
        self, member_id: int, earned: int, accounts: Counter[int], lots: list[Lot]
    ) -> Standing:
        ends = [(lot.remaining, lot.expires_at) for lot in lots]
        return Standing(
            balance=holdings(lots, self.now).balance,
            debt=-accounts[account_id(Account.DEBT, member_id)],
            earned=earned,
            held=accounts[account_id(Account.HELD, member_id)],
            lots=tuple(sorted((points, end) for points, end in ends if end is not None)),
        )

    async def in_order(self) -> None:
        """The book proves itself."""
        report = await Audit(self.db, self.rules).run()
        assert report.faults == (), "\n".join(map(str, report.faults))

    async def _user(self, member_id: int) -> int:
        user = (await self._keeper.member(member_id)).chat_user_id
        assert user is not None
        return user


def _lot(row: Row[Any]) -> Lot:
    return Lot(**{name: getattr(row, name) for name in Lot.__dataclass_fields__})
