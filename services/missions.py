"""Missions: what they give when a purchase completes them, and how far members are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.earning import award_by
from club.ledger import Reason
from club.letters import Letter
from club.members import Member
from club.missions import Progress, needed_from, progress
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
    since = min(needed_from(rule, programme, at) for rule in rules)
    purchases = await missions_store.bought(tx, member_id, since)
    done = await missions_store.completed(tx, member_id, [rule.key for rule in rules])
    return tuple(
        MissionShown(
            rule=rule,
            progress=progress(rule, purchases, programme, at, done.get(rule.key, ())),
        )
        for rule in rules
    )


async def complete_missions(
    tx: AsyncConnection, programme: Programme, member: Member, *, at: datetime
) -> Member:
    """Give what the missions bring that the latest purchase completed; the member afterwards.

    The member's row is locked by the caller, the purchase is in the book; the caller moves the
    member up when all is booked.
    """
    for mission in await missions_of(tx, programme, member.id, at):
        purchase_id = mission.progress.reached_by
        if purchase_id is not None:
            member = await _reward(tx, programme, member, mission.rule, purchase_id, at)
    return member


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
