"""Recording purchases and taking them back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import KeyReused, PressExpired
from club.ledger import Reason
from club.members import number_of
from club.money import Money
from club.parts import Words
from club.programme import Programme
from club.staff import REPEAT_WINDOW
from club.tills import Basket, Details
from services.awards import balance
from services.booking import book
from services.buyers import Buyer, lock_buyer, lock_found
from services.orders import Wanted, items_of, wanted
from services.receipts import Fate, fate_of, write_receipt
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
    fate: Fate


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
    buyer: Buyer
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
            buyer = await lock_buyer(tx, self._vault, self._programme, who)
            now = self._club_time()
            if known := await purchases_store.find_by_key(tx, key):
                return await self._known(tx, known, buyer, order)
            if receipt is None:
                since = now - REPEAT_WINDOW
                earlier = await purchases_store.last_like(tx, buyer.member.id, order.amount, since)
                if earlier is not None:
                    return await self._ask(tx, buyer, earlier, order, by)
            return await self._book(tx, buyer, order, receipt, key=key, by=by)

    async def record_again(self, intent_id: int, *, by: int) -> PurchaseRecorded:
        """Record what RepeatAsked held back. A second press tells what the first one booked.

        Raises PressExpired when too late, for somebody else, and after drop_again.
        """
        async with self._db.write() as tx:
            asked = await self._held_back(tx, intent_id, by)
            if asked.known is not None:
                return await self._known(tx, asked.known, asked.buyer, asked.order)
            if asked.used:
                raise PressExpired()
            await dialogues_store.use_intent(tx, intent_id, self._club_time())
            return await self._book(tx, asked.buyer, asked.order, None, key=asked.key, by=by)

    async def drop_again(self, intent_id: int, *, by: int) -> PurchaseRecorded | None:
        """Never record what RepeatAsked held back; what was recorded already, where it was."""
        async with self._db.write() as tx:
            asked = await self._held_back(tx, intent_id, by)
            if asked.known is not None:
                return await self._known(tx, asked.known, asked.buyer, asked.order)
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
            buyer=await lock_found(tx, self._vault, self._programme, member),
            order=Wanted.read(order),
            used=used,
            known=await purchases_store.find_by_key(tx, key),
        )

    async def _known(
        self, tx: AsyncConnection, known: PurchaseRow, buyer: Buyer, order: Wanted
    ) -> PurchaseRecorded:
        """The stored first answer; raises KeyReused when the facts differ."""
        if known.member_id != buyer.member.id or not _same(known, order):
            raise KeyReused(
                receipt=known.receipt,
                amount=known.amount,
                discount=_discount(known),
                points_spent=known.points_spent,
                shop=known.shop,
                payment=known.payment,
                member_number=number_of(known.member_id),
                at=known.at,
            )
        given = await moves_store.given_for(tx, known.id, Reason.PURCHASE)
        return await self._recorded(tx, buyer, known, given, reached=False, repeated=True)

    async def _ask(
        self,
        tx: AsyncConnection,
        buyer: Buyer,
        earlier: PurchaseRow,
        order: Wanted,
        by: int,
    ) -> RepeatAsked:
        facts = {"member_id": buyer.member.id, "order": order.facts()}
        ends = self._club_time() + INTENT_LIFE
        intent_id = await dialogues_store.add_intent(tx, INTENT, by, facts, ends)
        return RepeatAsked(
            intent_id=intent_id,
            number=buyer.member.number,
            name=buyer.name,
            amount=earlier.amount,
            at=earlier.at,
        )

    async def _book(
        self,
        tx: AsyncConnection,
        buyer: Buyer,
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
            buyer.member,
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
            return await self._known(tx, known, buyer, wanted)
        row = booked.row
        facts = {"purchase_id": row.id, "member_id": buyer.member.id, "amount": row.amount}
        await staff_store.log(tx, by, "purchase", facts, now)
        reached = booked.member.tier != buyer.member.tier
        given = [(part.rule, part.points) for part in booked.awards]
        buyer = replace(buyer, member=booked.member)
        recorded = await self._recorded(tx, buyer, row, given, reached=reached, repeated=False)
        await write_receipt(tx, self._programme, row, recorded.fate, recorded.balance, key, now)
        return recorded

    async def _recorded(
        self,
        tx: AsyncConnection,
        buyer: Buyer,
        row: PurchaseRow,
        given: Sequence[tuple[str, int]],
        *,
        reached: bool,
        repeated: bool,
    ) -> PurchaseRecorded:
        member = buyer.member
        return PurchaseRecorded(
            purchase_id=row.id,
            number=member.number,
            name=buyer.name,
            amount=row.amount,
            points=row.points,
            receipt=row.receipt,
            balance=await balance(tx, member.id, self._club_time()),
            tier=self._programme.tier(member.tier).name,
            tier_reached=reached,
            repeated=repeated,
            at=row.at,
            given=tuple(given),
            discount=_discount(row),
            shop=row.shop,
            payment=row.payment,
            points_spent=row.points_spent,
            fate=await fate_of(tx, self._programme, row, self._club_time()),
        )


def _discount(row: PurchaseRow) -> Money | None:
    return Money(row.discount_minor, row.amount.currency) if row.discount_minor else None


def _same(row: PurchaseRow, order: Wanted) -> bool:
    """Whether the order tells what was booked; of genres the first word stands."""
    told = order.columns()
    names = ("discount_minor", "shop", "payment", "points_spent")
    as_booked = all(getattr(row, name) == told[name] for name in names)
    lines = items_of(row.lines or ())
    return as_booked and row.amount == order.amount and lines == items_of(order.lines)
