"""Points that staff put right by hand: alone, or beyond a limit with a second person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.adjustments import needs_second
from club.errors import KeyReused, MemberHasLeft, PressExpired, SecondPersonNeeded
from club.ledger import Account, Reason, Transfer, wallet
from club.letters import Letter
from club.members import Member
from club.programme import Programme
from services.awards import balance
from services.people import colleague_name, lock_member, name_of
from storage import dialogues as dialogues_store
from storage import ledger as ledger_store
from storage import members as members_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage.db import Database
from storage.dialogues import SharedIntent
from storage.vault import Vault

INTENT = "adjust"
INTENT_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsAdjusted:
    """Points were put right by hand."""

    number: str
    name: str
    points: int  # With its sign.
    balance: int
    reason: str
    asked_by: str | None  # Where it took two: their names.
    confirmed_by: str | None
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentAsked:
    """So many points that a second person has to confirm; the intent carries it out."""

    intent_id: int
    number: str
    name: str
    points: int  # With its sign.
    reason: str
    asked_by: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentDropped:
    """It will not be done."""

    number: str
    points: int
    dropped_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What is to be put right; `key` comes from the command that asked."""

    points: int
    reason: str
    by: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A wish that waits for a second person, with its member locked."""

    intent: SharedIntent
    member: Member
    wish: _Wish
    known: Transfer | None

    @property
    def second(self) -> int | None:
        """Who confirmed it, or dropped it."""
        return self.intent.answered_by


class Adjustments:
    """How points are put right."""

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

    async def adjust(
        self, who: str, points: int, reason: str, *, by: int, key: str
    ) -> PointsAdjusted | AdjustmentAsked:
        """Give or take points with a reason; they do not count for tiers. The member is told.

        Beyond what one person may move alone, a second one is asked. The same key again changes
        nothing. Raises NotEnoughPoints, KeyReused and the refusals of find_member.
        """
        assert points != 0, "asked before"
        async with self._db.write() as tx:
            member = await lock_member(tx, self._vault, who)
            wish = _Wish(points=points, reason=reason, by=by, key=key)
            known = await ledger_store.find(tx, key)
            if known is not None:
                return await self._again(tx, member, wish, None, known)
            if needs_second(points, self._programme.adjusting):
                return await self._ask(tx, member, wish)
            return await self._adjust(tx, member, wish, None)

    async def confirm(self, intent_id: int, *, by: int) -> PointsAdjusted:
        """Do what somebody else asked for. A second press tells what the first one did.

        Raises SecondPersonNeeded for whoever asked, PressExpired when too late or after `drop`,
        and what `adjust` refuses, where it is so by now.
        """
        async with self._db.write() as tx:
            held = await self._held(tx, intent_id)
            if held.known is not None:
                return await self._again(tx, held.member, held.wish, held.second, held.known)
            if held.second is not None:
                raise PressExpired()
            if held.wish.by == by:
                raise SecondPersonNeeded()
            if held.member.left_at is not None:
                raise MemberHasLeft(member_number=held.member.number)
            adjusted = await self._adjust(tx, held.member, held.wish, by)
            await dialogues_store.answer_intent(tx, held.intent, by, self._club_time())
            return adjusted

    async def drop(self, intent_id: int, *, by: int) -> PointsAdjusted | AdjustmentDropped:
        """Never do it; what was done already, where it was. Raises PressExpired when too late."""
        async with self._db.write() as tx:
            held = await self._held(tx, intent_id)
            if held.known is not None:
                return await self._again(tx, held.member, held.wish, held.second, held.known)
            if held.second is None:
                now = self._club_time()
                await dialogues_store.answer_intent(tx, held.intent, by, now)
                facts = {"member_id": held.member.id, "points": held.wish.points}
                await staff_store.log(tx, by, "adjust_dropped", facts, now)
            return AdjustmentDropped(
                number=held.member.number,
                points=held.wish.points,
                dropped_by=await colleague_name(tx, self._vault, held.second or by),
            )

    async def _ask(self, tx: AsyncConnection, member: Member, wish: _Wish) -> AdjustmentAsked:
        now = self._club_time()
        if wish.points < 0:  # What cannot be done is refused before anybody else is asked.
            ledger.take(await ledger_store.lots(tx, member.id), -wish.points, at=now)
        facts = {
            "member_id": member.id,
            "points": wish.points,
            "reason": wish.reason,
            "key": wish.key,
        }
        intent_id = await dialogues_store.add_intent(tx, INTENT, wish.by, facts, now + INTENT_LIFE)
        told = {"member_id": member.id, "points": wish.points}
        await staff_store.log(tx, wish.by, "adjust_asked", told, now)
        return AdjustmentAsked(
            intent_id=intent_id,
            number=member.number,
            name=await name_of(tx, self._vault, member),
            points=wish.points,
            reason=wish.reason,
            asked_by=await colleague_name(tx, self._vault, wish.by),
            limit=self._programme.adjusting.alone_up_to,
        )

    async def _held(self, tx: AsyncConnection, intent_id: int) -> _Held:
        """What waits behind the buttons; raises PressExpired."""
        found = await dialogues_store.find_shared_intent(tx, intent_id, INTENT, self._club_time())
        if found is None:
            raise PressExpired()
        facts = found.facts
        member_id, points, reason, key = (
            facts[name] for name in ("member_id", "points", "reason", "key")
        )
        assert isinstance(member_id, int), "as _ask wrote it"
        assert isinstance(points, int), "as _ask wrote it"
        assert isinstance(reason, str), "as _ask wrote it"
        assert isinstance(key, str), "as _ask wrote it"
        return _Held(
            intent=found,
            member=await members_store.lock(tx, member_id),
            wish=_Wish(points=points, reason=reason, by=found.by, key=key),
            known=await ledger_store.find(tx, key),
        )

    async def _adjust(
        self, tx: AsyncConnection, member: Member, wish: _Wish, second: int | None
    ) -> PointsAdjusted:
        """Book it and tell the member; `second`: who confirmed it."""
        now = self._club_time()
        await self._book(tx, member, wish, now)
        facts = {"member_id": member.id, "points": wish.points}
        await staff_store.log(tx, wish.by if second is None else second, "adjust", facts, now)
        adjusted = await self._adjusted(tx, member, wish, second, repeated=False)
        letter = Letter(
            key=f"adjusted:{wish.key}",
            member_id=member.id,
            message="letters/adjusted",
            facts={"points": wish.points, "balance": adjusted.balance, "reason": wish.reason},
        )
        await outbox_store.add(tx, [letter], now)
        return adjusted

    async def _book(self, tx: AsyncConnection, member: Member, wish: _Wish, now: datetime) -> None:
        explanation = {"reason": wish.reason}
        if wish.points > 0:
            granted = ledger.grant(
                member.id,
                wish.points,
                Reason.ADJUST,
                self._programme,
                key=wish.key,
                at=now,
                explanation=explanation,
            )
            await ledger_store.add_grant(tx, member.id, granted)
            return
        spent = ledger.spend(
            member.id,
            await ledger_store.lots(tx, member.id),
            -wish.points,
            Account.ADJUSTED,
            Reason.ADJUST,
            key=wish.key,
            at=now,
            explanation=explanation,
        )
        await ledger_store.add_spend(tx, spent)

    async def _again(
        self,
        tx: AsyncConnection,
        member: Member,
        wish: _Wish,
        second: int | None,
        known: Transfer,
    ) -> PointsAdjusted:
        """What stands in the book already; raises KeyReused where that is something else."""
        given = known.target == wallet(member.id)
        if (known.points if given else -known.points) != wish.points:
            raise KeyReused(receipt=None, member_number=member.number, at=known.at, amount=None)
        return await self._adjusted(tx, member, wish, second, repeated=True)

    async def _adjusted(
        self,
        tx: AsyncConnection,
        member: Member,
        wish: _Wish,
        second: int | None,
        *,
        repeated: bool,
    ) -> PointsAdjusted:
        asked = confirmed = None
        if second is not None:
            asked = await colleague_name(tx, self._vault, wish.by)
            confirmed = await colleague_name(tx, self._vault, second)
        return PointsAdjusted(
            number=member.number,
            name=await name_of(tx, self._vault, member),
            points=wish.points,
            balance=await balance(tx, member.id, self._club_time()),
            reason=wish.reason,
            asked_by=asked,
            confirmed_by=confirmed,
            repeated=repeated,
        )
