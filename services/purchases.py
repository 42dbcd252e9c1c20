"""Recording purchases and taking them back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.earning import Award, awards_for
from club.errors import AmountTooLarge, BadGenre, KeyReused, MemberHasLeft, PressExpired
from club.ledger import Reason
from club.members import Member, number_of
from club.money import Money
from club.orders import MAX_POINTS
from club.parts import Words
from club.programme import Programme
from club.staff import REPEAT_WINDOW
from services.awards import award, balance
from services.people import find_member, name_of
from services.receipts import write_receipt
from services.referral import lock_with_inviter, reward_friends
from storage import dialogues as dialogues_store
from storage import members as members_store
from storage import purchases as purchases_store
from storage import staff as staff_store
from storage.db import Database
from storage.purchases import PurchaseRow
from storage.vault import Vault

TILL = "staff"
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
    amount: Money
    genres: tuple[str, ...]
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
    ) -> PurchaseRecorded | RepeatAsked:
        """Record a purchase; the same receipt again changes nothing and tells what was booked.

        `who` is a member number or a phone. Without a receipt, the same amount within
        REPEAT_WINDOW asks first. Raises KeyReused, BadGenre and the refusals of find_member.
        """
        keys = tuple(self._genre(text) for text in genres)
        key = f"receipt:{TILL}:{receipt}" if receipt else f"update:{update_id}"
        async with self._db.write() as tx:
            member = await self._lock(tx, (await find_member(tx, self._vault, who)).id)
            if member.left_at is not None:
                raise MemberHasLeft(member_number=member.number)
            now = self._club_time()
            if known := await purchases_store.find_by_key(tx, key):
                return await self._known(tx, known, member, amount)
            if receipt is None:
                since = now - REPEAT_WINDOW
                earlier = await purchases_store.last_like(tx, member.id, amount, since)
                if earlier is not None:
                    return await self._ask(tx, member, earlier, keys, by)
            return await self._book(tx, member, amount, keys, receipt, key=key, by=by)

    async def record_again(self, intent_id: int, *, by: int) -> PurchaseRecorded:
        """Record what RepeatAsked held back. A second press tells what the first one booked.

        Raises PressExpired when too late, for somebody else, and after drop_again.
        """
        async with self._db.write() as tx:
            asked = await self._held_back(tx, intent_id, by)
            if asked.known is not None:
                return await self._known(tx, asked.known, asked.member, asked.amount)
            if asked.used:
                raise PressExpired()
            await dialogues_store.use_intent(tx, intent_id, self._club_time())
            return await self._book(
                tx, asked.member, asked.amount, asked.genres, None, key=asked.key, by=by
            )

    async def drop_again(self, intent_id: int, *, by: int) -> PurchaseRecorded | None:
        """Never record what RepeatAsked held back; what was recorded already, where it was."""
        async with self._db.write() as tx:
            asked = await self._held_back(tx, intent_id, by)
            if asked.known is not None:
                return await self._known(tx, asked.known, asked.member, asked.amount)
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
        member_id, amount, genres = facts["member_id"], facts["amount"], facts["genres"]
        assert isinstance(member_id, int), "as _ask wrote it"
        assert isinstance(amount, Money), "as _ask wrote it"
        assert isinstance(genres, tuple), "as _ask wrote it"
        key = f"intent:{intent_id}"
        return _HeldBack(
            key=key,
            member=await self._lock(tx, member_id),
            amount=amount,
            genres=genres,
            used=used,
            known=await purchases_store.find_by_key(tx, key),
        )

    async def _lock(self, tx: AsyncConnection, member_id: int) -> Member:
        """The member, locked; with who invited them, as a purchase may reward both."""
        return await lock_with_inviter(tx, self._programme, member_id, "first_purchase")

    def _genre(self, text: str) -> str:
        genre = self._programme.genre(text)
        if genre is None:
            known = tuple(genre.name for genre in self._programme.genres)
            raise BadGenre(text=text[:40], genres=known)
        return genre.key

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
        return await self._recorded(tx, member, known, reached=False, repeated=True)

    async def _ask(
        self,
        tx: AsyncConnection,
        member: Member,
        earlier: PurchaseRow,
        genres: tuple[str, ...],
        by: int,
    ) -> RepeatAsked:
        facts = {"member_id": member.id, "amount": earlier.amount, "genres": genres}
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
        amount: Money,
        genres: tuple[str, ...],
        receipt: str | None,
        *,
        key: str,
        by: int,
    ) -> PurchaseRecorded:
        now = self._club_time()
        awards = awards_for(amount, self._programme)
        points = sum(award.points for award in awards)
        if points > MAX_POINTS:
            raise AmountTooLarge(amount=amount, points=points)
        row = await purchases_store.add(
            tx,
            key=key,
            till=TILL,
            receipt=receipt,
            member_id=member.id,
            amount=amount,
            genres=list(genres),
            points=points,
            booked_by=by,
            at=now,
            booked_at=now,
        )
        if row is None:  # Another member's transaction took the receipt between look and write.
            known = await purchases_store.find_by_key(tx, key)
            assert known is not None, "what stops an insert can be read"
            return await self._known(tx, known, member, amount)
        after = await self._award(tx, member, row, awards)
        await members_store.tag(tx, member.id, genres, row.id)
        facts = {"purchase_id": row.id, "member_id": member.id, "amount": amount}
        await staff_store.log(tx, by, "purchase", facts, now)
        reached = after.tier != member.tier
        recorded = await self._recorded(tx, after, row, reached=reached, repeated=False)
        await write_receipt(tx, self._programme, row, recorded.balance, key, now)
        return recorded

    async def _award(
        self, tx: AsyncConnection, member: Member, row: PurchaseRow, awards: Sequence[Award]
    ) -> Member:
        """Book what the purchase brings, to who invited the member too; the member afterwards."""
        after = await award(
            tx,
            self._programme,
            member,
            awards,
            Reason.PURCHASE,
            key=f"purchase:{row.id}",
            at=row.at,
            purchase_id=row.id,
        )
        return await reward_friends(tx, self._programme, after, "first_purchase", at=row.at)

    async def _recorded(
        self,
        tx: AsyncConnection,
        member: Member,
        row: PurchaseRow,
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
        )
