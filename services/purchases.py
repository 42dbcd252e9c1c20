"""Recording purchases and taking them back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import KeyReused, MemberHasLeft, PressExpired
from club.ledger import Reason
from club.members import Member, number_of
from club.money import Money
from club.parts import Words
from club.programme import Programme
from club.staff import REPEAT_WINDOW
from club.tills import Basket, Details
from services.awards import balance
from services.booking import book
from services.orders import Wanted, wanted
from services.people import find_member, name_of
from services.receipts import write_receipt
from services.referral import lock_with_inviter
from storage import dialogues as dialogues_store
from storage import members as members_store
from storage import moves as moves_store
from storage import purchases as purchases_store
from storage import staff as staff_store
from storage.db import Database
from storage.purchases import PurchaseRow
from storage.vault import Vault

TILL = "staff"
PLAIN = Details()
INTENT = "purchase"
INTENT_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRecorded:
    """A purchase that stands in the book; `repeated`: it stood there before."""

    purchase_id: int
    number: str
    name: str
    amount: Money
    points: int
    receipt: str | None
    balance: int
    tier: Words
    tier_reached: bool
    repeated: bool
    at: datetime
    given: tuple[tuple[str, int], ...]  # Which rule gave what.
    discount: Money | None  # Off the amount already.
    shop: str | None
    payment: str | None
    points_spent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatAsked:
    """The same member bought for the same amount a moment ago: is this another purchase?"""

    intent_id: int
    number: str
    name: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _HeldBack:
    """What an "again?" waits for; `known`: the purchase that its first press booked."""

    key: str
    member: Member
    order: Wanted
    used: bool
    known: PurchaseRow | None


class Purchases:
    """What can be done with purchases."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time

    async def record(
        self,
        who: str,
        amount: Money,
        genres: Sequence[str],
        receipt: str | None,
        *,
        by: int,
        update_id: int,
        details: Details = PLAIN,
    ) -> PurchaseRecorded | RepeatAsked:
        """Record a purchase; the same receipt again changes nothing and tells what was booked.

        `who` is a member number or a phone, `amount` what the things cost before discounts.
        Without a receipt, the same amount within REPEAT_WINDOW asks first. Raises KeyReused,
        BadGenre, what booking refuses and the refusals of find_member.
        """
        basket = Basket(amount=amount, genres=tuple(genres), receipt=receipt, details=details)
        order = wanted(basket, self._programme)
        key = f"receipt:{TILL}:{receipt}" if receipt else f"update:{update_id}"
        async with self._db.write() as tx:
            member = await self._lock(tx, await find_member(tx, self._vault, who))
            if member.left_at is not None:
                raise MemberHasLeft(member_number=member.number)
            now = self._club_time()
            if known := await purchases_store.find_by_key(tx, key):
                return await self._known(tx, known, member, order.amount)
            if receipt is None:
                since = now - REPEAT_WINDOW
                earlier = await purchases_store.last_like(tx, member.id, order.amount, since)
                if earlier is not None:
                    return await self._ask(tx, member, earlier, order, by)
            return await self._book(tx, member, order, receipt, key=key, by=by)

    async def record_again(self, intent_id: int, *, by: int) -> PurchaseRecorded:
        """Record what RepeatAsked held back. A second press tells what the first one booked.

        Raises PressExpired when too late, for somebody else, and after drop_again.
        """
        async with self._db.write() as tx:
            asked = await self._held_back(tx, intent_id, by)
            if asked.known is not None:
                return await self._known(tx, asked.known, asked.member, asked.order.amount)
            if asked.used:
                raise PressExpired()
            await dialogues_store.use_intent(tx, intent_id, self._club_time())
            return await self._book(tx, asked.member, asked.order, None, key=asked.key, by=by)

    async def drop_again(self, intent_id: int, *, by: int) -> PurchaseRecorded | None:
        """Never record what RepeatAsked held back; what was recorded already, where it was."""
        async with self._db.write() as tx:
            asked = await self._held_back(tx, intent_id, by)
            if asked.known is not None:
                return await self._known(tx, asked.known, asked.member, asked.order.amount)
            now = self._club_time()
            await dialogues_store.use_intent(tx, intent_id, now)
            await staff_store.log(tx, by, "purchase_dropped", {"intent_id": intent_id}, now)
            return None

    async def _held_back(self, tx: AsyncConnection, intent_id: int, by: int) -> _HeldBack:
        """What the intent holds, its member locked; raises PressExpired."""
        found = await dialogues_store.find_intent(tx, intent_id, INTENT, by, self._club_time())
        if found is None:
            raise PressExpired()
        facts, used = found
        member_id, order = facts["member_id"], facts["order"]
        assert isinstance(member_id, int), "as _ask wrote it"
        assert isinstance(order, Mapping), "as _ask wrote it"
        member = await members_store.find(tx, member_id)
        assert member is not None, "members stay"
        key = f"intent:{intent_id}"
        return _HeldBack(
            key=key,
            member=await self._lock(tx, member),
            order=Wanted.read(order),
            used=used,
            known=await purchases_store.find_by_key(tx, key),
        )

    async def _lock(self, tx: AsyncConnection, member: Member) -> Member:
        """The member, locked; with who invited them, as a purchase may reward both."""
        return await lock_with_inviter(tx, self._programme, member, "purchase")

    async def _known(
        self, tx: AsyncConnection, known: PurchaseRow, member: Member, amount: Money
    ) -> PurchaseRecorded:
        """The stored first answer; raises KeyReused when the facts differ."""
        if known.member_id != member.id or known.amount != amount:
            raise KeyReused(
                receipt=known.receipt,
                amount=known.amount,
                member_number=number_of(known.member_id),
                at=known.at,
            )
        given = await moves_store.given_for(tx, known.id, Reason.PURCHASE)
        return await self._recorded(tx, member, known, given, reached=False, repeated=True)

    async def _ask(
        self,
        tx: AsyncConnection,
        member: Member,
        earlier: PurchaseRow,
        order: Wanted,
        by: int,
    ) -> RepeatAsked:
        facts = {"member_id": member.id, "order": order.facts()}
        ends = self._club_time() + INTENT_LIFE
        intent_id = await dialogues_store.add_intent(tx, INTENT, by, facts, ends)
        return RepeatAsked(
            intent_id=intent_id,
            number=member.number,
            name=await name_of(tx, self._vault, member),
            amount=earlier.amount,
            at=earlier.at,
        )

    async def _book(
        self,
        tx: AsyncConnection,
        member: Member,
        wanted: Wanted,
        receipt: str | None,
        *,
        key: str,
        by: int,
    ) -> PurchaseRecorded:
        now = self._club_time()
        booked = await book(
            tx,
            self._programme,
            member,
            wanted,
            key=key,
            till=TILL,
            receipt=receipt,
            by=by,
            at=now,
        )
        if booked is None:  # Another member's transaction took the receipt between look and write.
            known = await purchases_store.find_by_key(tx, key)
            assert known is not None, "what stops an insert can be read"
            return await self._known(tx, known, member, wanted.amount)
        row = booked.row
        facts = {"purchase_id": row.id, "member_id": member.id, "amount": row.amount}
        await staff_store.log(tx, by, "purchase", facts, now)
        reached = booked.member.tier != member.tier
        given = [(part.rule, part.points) for part in booked.awards]
        recorded = await self._recorded(
            tx, booked.member, row, given, reached=reached, repeated=False
        )
        await write_receipt(tx, self._programme, row, recorded.balance, key, now)
        return recorded

    async def _recorded(
        self,
        tx: AsyncConnection,
        member: Member,
        row: PurchaseRow,
        given: Sequence[tuple[str, int]],
        *,
        reached: bool,
        repeated: bool,
    ) -> PurchaseRecorded:
        return PurchaseRecorded(
            purchase_id=row.id,
            number=member.number,
            name=await name_of(tx, self._vault, member),
            amount=row.amount,
            points=row.points,
            receipt=row.receipt,
            balance=await balance(tx, member.id, self._club_time()),
            tier=self._programme.tier(member.tier).name,
            tier_reached=reached,
            repeated=repeated,
            at=row.at,
            given=tuple(given),
            discount=Money(row.discount_minor, row.amount.currency) if row.discount_minor else None,
            shop=row.shop,
            payment=row.payment,
            points_spent=row.points_spent,
        )
