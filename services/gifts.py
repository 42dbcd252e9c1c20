"""Points that members give each other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.calendar import local_day
from club.carrying import give
from club.errors import NotOffered, OwnNumber, PressExpired, UnknownMember
from club.facts import Sealed
from club.gifts import Gifts as Rules
from club.gifts import check_gift
from club.letters import Letter
from club.members import Member, member_id_of
from club.money import plain_digits
from club.programme import Programme
from services.awards import balance
from services.expiring import live_on
from services.people import heir_of, name_of
from services.profile import find_joined, lock_joined
from storage import dialogues as dialogues_store
from storage import gifts as gifts_store
from storage import ledger as ledger_store
from storage import members as members_store
from storage import outbox as outbox_store
from storage.db import Database
from storage.vault import Vault

INTENT = "gift"
INTENT_LIFE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftsOffered:
    """What the member may give now."""

    balance: int
    least: int
    left: int  # Of what may be given today.


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftAsked:
    """What would be given to whom; the intent carries it out."""

    intent_id: int
    number: str
    points: int
    balance: int  # What would be left.


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsGiven:
    """Points that belong to the other member."""

    number: str
    points: int
    balance: int
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A card that was shown, with both rows locked; `given`: its gift stands in the book."""

    giver: Member
    receiver: Member
    points: int
    used: bool
    given: bool


class Gifts:
    """What can be given."""

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

    async def offer(self, user_id: int) -> GiftsOffered:
        """What the member may give; raises NotAMember, NotOffered."""
        rules = self._rules()
        async with self._db.read() as tx:
            member = await find_joined(tx, user_id)
            now = self._club_time()
            return GiftsOffered(
                balance=await balance(tx, member.id, now),
                least=rules.least,
                left=max(0, rules.most_a_day - await self._given_today(tx, member, now)),
            )

    async def find(self, user_id: int, number: str) -> str:
        """The number of the member who may be given to.

        Raises OwnNumber, BadMemberNumber, UnknownMember, NotOffered.
        """
        self._rules()
        async with self._db.read() as tx:
            giver = await find_joined(tx, user_id)
            return (await self._receiver(tx, giver, number)).number

    async def ask(self, user_id: int, number: str, points: int) -> GiftAsked:
        """Show what would be given, and make the one button that does it.

        Raises GiftTooSmall, GiftTooLarge, NotEnoughPoints and what `find` refuses.
        """
        rules = self._rules()
        async with self._db.write() as tx:
            giver = await lock_joined(tx, user_id)
            receiver = await self._receiver(tx, giver, number)
            now = self._club_time()
            check_gift(points, await self._given_today(tx, giver, now), rules)
            lots = await ledger_store.lots(tx, giver.id)
            give(giver.id, receiver.id, lots, points, key="asked", at=now, explanation={})
            facts = {"giver_id": giver.id, "receiver_id": receiver.id, "points": points}
            ends = now + INTENT_LIFE
            intent_id = await dialogues_store.add_intent(tx, INTENT, user_id, facts, ends)
            return GiftAsked(
                intent_id=intent_id,
                number=receiver.number,
                points=points,
                balance=await balance(tx, giver.id, now) - points,
            )

    async def give(self, user_id: int, intent_id: int) -> PointsGiven:
        """Give what was shown; the other member is told. A second press gives nothing more.

        Raises PressExpired when too late, for somebody else, and after `drop`; and what `ask`
        refuses, where it is so by now.
        """
        rules = self._rules()
        async with self._db.write() as tx:
            asked = await self._asked(tx, user_id, intent_id)
            if asked.given:
                return await self._given(tx, asked, repeated=True)
            if asked.used:
                raise PressExpired()
            now = self._club_time()
            if not asked.receiver.joined:
                raise UnknownMember(text=asked.receiver.number)
            check_gift(asked.points, await self._given_today(tx, asked.giver, now), rules)
            await self._book(tx, asked, intent_id, now)
            await dialogues_store.use_intent(tx, intent_id, now)
            return await self._given(tx, asked, repeated=False)

    async def drop(self, user_id: int, intent_id: int) -> PointsGiven | None:
        """Never give what was shown; what was given already, where it was."""
        async with self._db.write() as tx:
            asked = await self._asked(tx, user_id, intent_id)
            if asked.given:
                return await self._given(tx, asked, repeated=True)
            await dialogues_store.use_intent(tx, intent_id, self._club_time())
            return None

    async def _asked(self, tx: AsyncConnection, user_id: int, intent_id: int) -> _Asked:
        """What the card was about, its members locked in the order of all; raises PressExpired."""
        now = self._club_time()
        found = await dialogues_store.find_intent(tx, intent_id, INTENT, user_id, now)
        if found is None:
            raise PressExpired()
        facts, used = found
        giver_id, receiver_id, points = facts["giver_id"], facts["receiver_id"], facts["points"]
        assert isinstance(giver_id, int), "as ask wrote it"
        assert isinstance(receiver_id, int), "as ask wrote it"
        assert isinstance(points, int), "as ask wrote it"
        rows = {id_: await members_store.lock(tx, id_) for id_ in sorted({giver_id, receiver_id})}
        if (await find_joined(tx, user_id)).id != giver_id:
            raise PressExpired()  # They left and came back as somebody new.
        return _Asked(
            giver=rows[giver_id],
            receiver=rows[receiver_id],
            points=points,
            used=used,
            given=await ledger_store.find(tx, f"{_key(intent_id)}:1") is not None,
        )

    async def _book(
        self, tx: AsyncConnection, asked: _Asked, intent_id: int, now: datetime
    ) -> None:
        carried = give(
            asked.giver.id,
            asked.receiver.id,
            await ledger_store.lots(tx, asked.giver.id),
            asked.points,
            key=_key(intent_id),
            at=now,
            explanation={"giver": asked.giver.number, "receiver": asked.receiver.number},
        )
        await gifts_store.add(tx, asked.receiver.id, carried)
        await live_on(tx, self._programme, asked.giver.id, "gift", at=now)
        letter = Letter(
            key=_key(intent_id),
            member_id=asked.receiver.id,
            message="letters/gift_received",
            facts={
                "name": Sealed(self._vault.seal(await name_of(tx, self._vault, asked.giver))),
                "member_number": asked.giver.number,
                "points": asked.points,
                "balance": await balance(tx, asked.receiver.id, now),
            },
        )
        await outbox_store.add(tx, [letter], now)

    async def _given(self, tx: AsyncConnection, asked: _Asked, *, repeated: bool) -> PointsGiven:
        return PointsGiven(
            number=asked.receiver.number,
            points=asked.points,
            balance=await balance(tx, asked.giver.id, self._club_time()),
            repeated=repeated,
        )

    async def _receiver(self, tx: AsyncConnection, giver: Member, number: str) -> Member:
        """The member of that number; a phone would tell who is a member, so none is asked for."""
        typed = plain_digits(number).strip()
        found = await members_store.find(tx, member_id_of(typed))
        member = None if found is None else await heir_of(tx, found)
        if member is None or not member.joined:
            raise UnknownMember(text=typed[:32])
        if member.id == giver.id:
            raise OwnNumber()
        return member

    async def _given_today(self, tx: AsyncConnection, giver: Member, now: datetime) -> int:
        zone = self._programme.zone
        midnight = datetime.combine(local_day(now, zone), time(), zone).astimezone(UTC)
        return await gifts_store.given(tx, giver.id, midnight)

    def _rules(self) -> Rules:
        if self._programme.gifts is None:
            raise NotOffered()
        return self._programme.gifts


def _key(intent_id: int) -> str:
    return f"gift:{intent_id}"
