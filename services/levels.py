"""All that a member may know of where they stand on the ladders."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.calendar import local_day
from club.demotion import Fall
from club.forecasts import foresee, oldest_counted
from club.ladders import Ladder, Tier
from club.members import Member
from club.programme import Programme
from club.tiers import PortionReached, WayUp, measured, portions, way_up
from club.windows import window_on
from services.standings import stand
from storage import deeds as deeds_store
from storage.ladders import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A member on one ladder: what they have, what is above, and what comes if nothing changes."""

    ladder: Ladder
    value: int
    way: WayUp
    floor: Tier | None
    fall: Fall | None
    portions: tuple[PortionReached, ...]  # Of a weighted score.


async def levels_of(
    tx: AsyncConnection, programme: Programme, member: Member, at: datetime
) -> tuple[Level, ...]:
    """The member on each ladder, the main one first."""
    day = local_day(at, programme.zone)
    windows = [(ladder, window_on(day, ladder, programme)) for ladder in programme.ladders]
    found = await stand(tx, programme, member, windows)
    return tuple(
        [
            await _level(tx, programme, ladder, member, found[ladder.key], at)
            for ladder in programme.ladders
        ]
    )


async def _level(
    tx: AsyncConnection,
    programme: Programme,
    ladder: Ladder,
    member: Member,
    found: Found,
    at: datetime,
) -> Level:
    fall, standing = None, found.standing
    if ladder.demotion != "never" and ladder.place(standing.tier) > ladder.place(standing.floor):
        window = oldest_counted(at, ladder, programme)
        deeds = await deeds_store.of_members(tx, ladder.counts, [member.id], window)
        fall = foresee(ladder, standing, deeds.get(member.id, ()), at, programme)
    value = measured(ladder, found.counts)
    return Level(
        ladder=ladder,
        value=value,
        way=way_up(ladder, standing.tier, value),
        floor=ladder.tier(standing.floor) if ladder.place(standing.floor) else None,
        fall=fall,
        portions=portions(ladder, found.counts),
    )
