"""Birthdays: told by the member, greeted by the club once a year."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.birthdays import (
    GREETED_AGAIN,
    LEAP_YEARS,
    Birthday,
    both_ways,
    celebrated,
    parse_birthday,
)
from club.calendar import day_end, local_day
from club.earning import TIER, Award
from club.errors import NotOffered
from club.ledger import Reason
from club.letters import Letter
from club.members import Member
from club.programme import Programme
from services.awards import award, balance
from services.earning import earn
from services.ladders import tiers_of
from services.profile import find_joined, lock_joined
from storage import birthdays as birthdays_store
from storage import members as members_store
from storage import outbox as outbox_store
from storage.db import Database
from storage.vault import Vault

GREETING_LIFE = timedelta(days=7)
"""A greeting that waits longer is not sent any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayKept:
    """What the club knows now; None: nothing."""

    birthday: Birthday | None


class Birthdays:
    """What a member tells of their birthday."""

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

    async def show(self, user_id: int) -> BirthdayKept:
        """The member's birthday; raises NotAMember."""
        async with self._db.read() as tx:
            member = await find_joined(tx, user_id)
            return BirthdayKept(birthday=await told(tx, self._vault, member.id))

    async def tell(self, user_id: int, text: str) -> BirthdayKept:
        """Keep the birthday that the member typed.

        Raises BadBirthday, NotAMember, and NotOffered where the programme greets nobody.
        """
        if not self._programme.asks_birthday:
            raise NotOffered()
        today = local_day(self._club_time(), self._programme.zone)
        birthday = parse_birthday(text, today)
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            sealed = self._vault.seal(birthday.stored())
            await members_store.keep_private(tx, member.id, birthday=sealed)
            days = both_ways(birthday, today)
            await birthdays_store.put(tx, member.id, birthday.calendar, days)
        return BirthdayKept(birthday=birthday)

    async def forget(self, user_id: int) -> BirthdayKept:
        """Keep it no longer; only when the member was greeted last stays, so that it is once."""
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            await members_store.keep_private(tx, member.id, birthday=None)
            await birthdays_store.put(tx, member.id, None, {})
        return BirthdayKept(birthday=None)


async def told(tx: AsyncConnection, vault: Vault, member_id: int) -> Birthday | None:
    """The birthday as the member told it."""
    sealed = await birthdays_store.sealed(tx, member_id)
    return None if sealed is None else Birthday.read(vault.open(sealed))


async def greet(tx: AsyncConnection, programme: Programme, ticks: Sequence[datetime]) -> int:
    """Greet whose birthday is on the local days of these ticks, the last one now; how many.

    Days that nobody was there for are made up, as long as a greeting is not too late. Rows are
    locked in order over all days, so that no two wait for each other.
    """
    if not programme.asks_birthday:
        return 0
    moments: dict[int, datetime] = {}
    for at in ticks:
        if ticks[-1] - at > GREETING_LIFE:
            continue
        day = local_day(at, programme.zone)
        days = {calendar: celebrated(calendar, day) for calendar in LEAP_YEARS}
        for member_id in await birthdays_store.celebrating(tx, days, at - GREETED_AGAIN):
            moments.setdefault(member_id, at)
    # All are locked before the first is greeted: budgets, which greetings may lock, come after.
    members = {id_: await members_store.lock(tx, id_) for id_ in sorted(moments)}
    count = 0
    for member_id, at in sorted(moments.items()):
        member = members[member_id]
        if not member.joined:  # Left between look and lock.
            continue
        await _greet(tx, programme, member, at)
        await birthdays_store.mark_greeted(tx, member_id, at)
        count += 1
    return count


async def _greet(tx: AsyncConnection, programme: Programme, member: Member, at: datetime) -> None:
    day = local_day(at, programme.zone)
    key = f"birthday:{day}:{member.id}"  # The year alone is not enough: 11 Dey can be twice in one.
    earned = await earn(tx, programme, member, "birthday", key=key, at=at)
    presents = await _of_tiers(tx, programme, earned.member)
    await award(tx, programme, earned.member, presents, Reason.BIRTHDAY, key=key, at=at)
    points = earned.points + sum(part.points for part in presents)
    letter = Letter(
        key=key,
        member_id=member.id,
        message="letters/birthday",
        facts={"points": points, "balance": await balance(tx, member.id, at)},
        expires_at=day_end(day + GREETING_LIFE, programme.zone),
    )
    await outbox_store.add(tx, [letter], at)


async def _of_tiers(tx: AsyncConnection, programme: Programme, member: Member) -> list[Award]:
    """What the tiers give to each of their members for a birthday."""
    if not any(tier.birthday_points for ladder in programme.ladders for tier in ladder.tiers):
        return []
    tiers = await tiers_of(tx, programme, member)
    held = [ladder.tier(tiers.get(ladder.key)) for ladder in programme.ladders]
    return [
        Award(
            rule=f"{TIER}{tier.key}",
            points=tier.birthday_points,
            explanation={
                "kind": "fixed",
                "each": tier.birthday_points,
                "quantity": 1,
                "tier": tier.key,
                "result": tier.birthday_points,
            },
        )
        for tier in held
        if tier.birthday_points
    ]
