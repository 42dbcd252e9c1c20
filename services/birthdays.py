"""Birthdays: told by the member, greeted by the club once a year."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

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
from club.ladders import Tier
from club.ledger import Reason
from club.letters import Letter
from club.members import Member
from club.programme import Programme
from services.awards import Given, award_many
from services.crowds import awards_of_many
from services.ladders import tiers_of_many
from services.profile import find_joined, lock_joined
from storage import birthdays as birthdays_store
from storage import ledger as ledger_store
from storage import members as members_store
from storage import outbox as outbox_store
from storage.db import Database
from storage.vault import Vault

Row = TypeVar("Row")

GREETING_LIFE = timedelta(days=7)
"""A greeting that waits longer is not sent any more."""

GREETED_AT_ONCE = 1_000  # Members who are locked, or greeted, by one row of statements.


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
    members: list[Member] = []
    for some in _parts(sorted(moments)):
        members += await members_store.lock_many(tx, some)
    joined = [member for member in members if member.joined]  # The others left since the look.
    for at in sorted(set(moments.values())):
        for part in _parts([member for member in joined if moments[member.id] == at]):
            await _greet(tx, programme, part, at)
    return len(joined)


async def _greet(
    tx: AsyncConnection, programme: Programme, members: Sequence[Member], at: datetime
) -> None:
    """Greet these members, whose birthday is on the day of that moment."""
    day = local_day(at, programme.zone)
    # The year alone is not enough: 11 Dey can be twice in one.
    keys = {member.id: f"birthday:{day}:{member.id}" for member in members}
    awards = await awards_of_many(tx, programme, members, "birthday", at=at)
    given = [
        Given(member=member, awards=own, key=keys[member.id])
        for member, own in zip(members, awards, strict=True)
    ]
    after = await award_many(tx, programme, given, Reason.BIRTHDAY, at=at)
    presents = [
        Given(member=member, awards=own, key=keys[member.id])
        for member, own in zip(after, await _of_tiers(tx, programme, after), strict=True)
    ]
    await award_many(tx, programme, presents, Reason.BIRTHDAY, at=at)
    balances = await ledger_store.balances(tx, list(keys), at)
    expires_at = day_end(day + GREETING_LIFE, programme.zone)
    letters = [
        Letter(
            key=earned.key,
            member_id=earned.member.id,
            message="letters/birthday",
            facts={
                "points": earned.points + present.points,
                "balance": balances.get(earned.member.id, 0),
            },
            expires_at=expires_at,
        )
        for earned, present in zip(given, presents, strict=True)
    ]
    await outbox_store.add(tx, letters, at)
    await birthdays_store.mark_greeted(tx, list(keys), at)


async def _of_tiers(
    tx: AsyncConnection, programme: Programme, members: Sequence[Member]
) -> list[list[Award]]:
    """What the tiers of each of these members give them for a birthday."""
    if not any(tier.birthday_points for ladder in programme.ladders for tier in ladder.tiers):
        return [[] for _ in members]
    tiers = await tiers_of_many(tx, programme, members)
    presents: dict[tuple[str, ...], list[Award]] = {}  # Most members stand on the same tiers.
    given = []
    for member in members:
        held = tuple(tiers[member.id][ladder.key] for ladder in programme.ladders)
        if held not in presents:
            steps = [one.tier(key) for one, key in zip(programme.ladders, held, strict=True)]
            presents[held] = [_present(step) for step in steps if step.birthday_points]
        given.append(presents[held])
    return given


def _present(tier: Tier) -> Award:
    return Award(
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


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), GREETED_AT_ONCE):
        yield rows[start : start + GREETED_AT_ONCE]
