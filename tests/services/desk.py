"""A counter where points are spent, set aside, given and put right, on a clock of the test's."""

from datetime import UTC, datetime, timedelta

from club.adjustments import Adjusting
from club.gifts import Gifts as GiftRules
from club.ledger import Account, Holdings, account_id, holdings
from club.members import Member
from club.programme import Programme
from club.spending import Spending as SpendingRules
from services.adjustments import Adjustments
from services.audit import Audit
from services.gifts import Gifts
from services.holds import Holds
from services.members import Members
from services.spending import Spending
from services.ticks import Ticks
from storage import ledger as ledger_store
from storage.db import Database
from storage.vault import Vault, make_key
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

START = datetime(2025, 10, 4, 12, 0, tzinfo=UTC)
CASHIER, MANAGER, OWNER = 1, 2, 3
RULES = PROGRAMME.model_copy(
    update={
        "spending": SpendingRules(worth=1_000),
        "gifts": GiftRules(least=10, most_a_day=200),
        "adjusting": Adjusting(alone_up_to=100),
    }
)


class Desk:
    """All services of the book, with members whose points have known ages."""

    def __init__(self, db: Database, programme: Programme = RULES) -> None:
        self.now = START
        self.db, self.programme, vault = db, programme, Vault(make_key())
        four = (db, vault, programme, lambda: self.now)
        self.adjustments = Adjustments(*four)
        self.gifts = Gifts(*four)
        self.holds = Holds(*four)
        self.spending = Spending(*four)
        self.members = Members(*four, lambda: self.now)
        self.ticks = Ticks(db, programme, lambda: self.now, lambda: self.now)
        self.keeper = Bookkeeper(db, programme)

    async def member(self, *points: int) -> Member:
        """Somebody who got these points, each a day before the next, the last now."""
        member_id = await self.keeper.join(self.now - timedelta(days=len(points)))
        for age, given in zip(reversed(range(len(points))), points, strict=True):
            await self.keeper.give(member_id, given, self.now - timedelta(days=age))
        return await self.keeper.member(member_id)

    async def held(self, member: Member) -> Holdings:
        """What the wallet holds now."""
        async with self.db.read() as tx:
            return holdings(await ledger_store.lots(tx, member.id), self.now)

    async def lots(self, member: Member) -> list[int]:
        """What is left in the member's lots, as they expire."""
        async with self.db.read() as tx:
            found = await ledger_store.lots(tx, member.id)
        ends = sorted(found, key=lambda lot: (lot.expires_at is None, lot.expires_at, lot.id))
        return [lot.remaining for lot in ends]

    async def stands(self, kind: Account, member: Member | None = None) -> int:
        """What an account holds; without a member one of the club's."""
        async with self.db.read() as tx:
            return await ledger_store.standing(tx, account_id(kind, member.id if member else 0))

    async def moves(self) -> int:
        """How many moves the book has."""
        rows = await self.keeper.rows("SELECT count(*) FROM transfers")
        found = rows[0][0]
        assert isinstance(found, int)
        return found

    async def letters(self, message: str) -> int:
        """How many letters of that kind were written."""
        found = await self.keeper.rows(
            f"SELECT count(*) FROM outbox WHERE message = 'letters/{message}'"
        )
        count = found[0][0]
        assert isinstance(count, int)
        return count

    async def in_order(self) -> None:
        """The book proves itself."""
        report = await Audit(self.db, self.programme).run()
        assert report.faults == (), "\n".join(map(str, report.faults))


def user(member: Member) -> int:
    """The account in which they write."""
    assert member.chat_user_id is not None
    return member.chat_user_id
