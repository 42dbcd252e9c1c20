"""Missions: what they give when a purchase completes them, and how far members are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.earning import award_by
from club.ledger import Reason
from club.letters import Letter
from club.members import Member
from club.missions import Bought, Progress, needed_from, progress
from club.programme import Programme
from club.rules import Rule
from club.waiting import begins_of
from services.awards import award, balance
from services.circumstances import circumstances, note_uses
from services.profile import find_joined
from storage import missions as missions_store
from storage import outbox as outbox_store
from storage.db import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionShown:
    """A mission, and how far the member is."""

    rule: Rule
    progress: Progress


class Missions:
    """What a member sees of missions."""

    def __init__(
        self, db: Database, programme: Programme, club_time: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._programme = programme
        self._club_time = club_time

    async def show(self, user_id: int) -> tuple[MissionShown, ...]:
        """Every mission of the programme with the member's progress; raises NotAMember."""
        async with self._db.read() as tx:
            member = await find_joined(tx, user_id)
            return await missions_of(tx, self._programme, member.id, self._club_time())


async def missions_of(
    tx: AsyncConnection, programme: Programme, member_id: int, at: datetime
) -> tuple[MissionShown, ...]:
    """Every mission of the programme, and how far the member is at that moment."""
    rules = programme.rules_on("mission")
    if not rules:
        return ()
    purchases = await _bought(tx, programme, member_id, rules, at)
    done = await missions_store.completed(tx, member_id, [rule.key for rule in rules])
    return tuple(
        MissionShown(
            rule=rule,
            progress=progress(rule, purchases, programme, at, done.get(rule.key, ())),
        )
        for rule in rules
    )


async def complete_missions(
    tx: AsyncConnection, programme: Programme, member: Member, *, at: datetime, purchase_id: int
) -> Member:
    """Give what the missions bring that are completed now; the member afterwards.

    The purchase that is being booked names the awards, even where an earlier one reached the goal
    (after a refund, say): it comes once, so that its keys are free. The member's row is locked by
    the caller, the purchase is in the book; the caller moves the member up when all is booked.
    """
    for rule in await _reached(tx, programme, member.id, at):
        member = await _reward(tx, programme, member, rule, purchase_id, at)
    return member


async def _reached(
    tx: AsyncConnection, programme: Programme, member_id: int, at: datetime
) -> list[Rule]:
    """The missions that are completed now and were not rewarded.

    What was rewarded before only ever takes missions off this list, so it is read for these alone.
    """
    rules = programme.rules_on("mission")
    if not rules:
        return []
    purchases = await _bought(tx, programme, member_id, rules, at)
    rules = tuple(rule for rule in rules if progress(rule, purchases, programme, at).reached)
    if not rules:
        return []
    done = await missions_store.completed(tx, member_id, [rule.key for rule in rules])
    return [
        rule
        for rule in rules
        if progress(rule, purchases, programme, at, done.get(rule.key, ())).reached
    ]


async def _bought(
    tx: AsyncConnection,
    programme: Programme,
    member_id: int,
    rules: Sequence[Rule],
    at: datetime,
) -> list[Bought]:
    """The purchases of which one of these missions may ask."""
    since = min(needed_from(rule, programme, at) for rule in rules)
    return await missions_store.bought(tx, member_id, since)


async def _reward(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    rule: Rule,
    purchase_id: int,
    at: datetime,
) -> Member:
    known = await circumstances(tx, programme, member, [rule], at)
    given = award_by(rule, programme, known, at=at)
    if given is None:
        return member
    key = missions_store.key_of(member.id, purchase_id)
    after = await award(
        tx,
        programme,
        member,
        [given],
        Reason.MISSION,
        key=key,
        at=at,
        purchase_id=purchase_id,
        active_from=begins_of(at, programme.waiting),
        climb=False,
    )
    await note_uses(tx, programme, [rule], [given], at)
    if not member.joined:  # A customer from before the club, whose past is being booked.
        return after
    letter = Letter(
        key=f"{key}:{rule.key}",
        member_id=member.id,
        message="letters/mission_completed",
        facts={
            "reward": rule.name.model_dump(),
            "points": given.points,
            "balance": await balance(tx, member.id, at),
        },
    )
    await outbox_store.add(tx, [letter], at)
    return after
