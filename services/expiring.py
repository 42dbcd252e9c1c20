"""When points end that have been given already: what lets them live on, and a new programme."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.calendar import day_end, local_day
from club.expiry import Activity, expiry_of
from club.programme import Programme
from storage import expiry as expiry_store
from storage.db import Database

LOTS_AT_ONCE = 10_000


async def live_on(
    tx: AsyncConnection, programme: Programme, member_id: int, activity: Activity, *, at: datetime
) -> None:
    """The member did something: where the programme counts it, all their points live on.

    Points that have expired stay so. The member's row is locked by the caller.
    """
    rules = programme.expiry
    if activity in rules.extended_by:
        ends = expiry_of(at, rules, programme.club.calendar, programme.zone)
        assert ends is not None, "inactivity has an end"
        await expiry_store.extend(tx, member_id, ends, at)


async def all_live_on(
    tx: AsyncConnection,
    programme: Programme,
    activity: Activity,
    moments: Sequence[tuple[int, datetime]],
) -> None:
    """As live_on, for many that did it: (member, when) each, in any order."""
    rules = programme.expiry
    if activity not in rules.extended_by:
        return
    ends = [
        (member_id, end, at)
        for member_id, at in sorted(moments, key=lambda moment: moment[1])
        if (end := expiry_of(at, rules, programme.club.calendar, programme.zone)) is not None
    ]
    if ends:
        await expiry_store.extend_all(tx, ends)


class Expiring:
    """What a changed programme means for points that were given before."""

    def __init__(
        self, db: Database, programme: Programme, club_time: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._programme = programme
        self._club_time = club_time

    async def realign(self) -> int:
        """Give points that have no end one, where the programme says so; how many lots.

        Nothing ends before this day does. Done before, it changes nothing.
        """
        rules, calendar, zone = (
            self._programme.expiry,
            self._programme.club.calendar,
            self._programme.zone,
        )
        if not rules.retroactive or rules.model == "never":
            return 0
        today = day_end(local_day(self._club_time(), zone), zone)
        changed, after = 0, 0
        while True:
            async with self._db.write() as tx:
                lots = await expiry_store.endless(tx, after, LOTS_AT_ONCE)
                ends = [
                    (lot_id, max(today, end))
                    for lot_id, active_from in lots
                    if (end := expiry_of(active_from, rules, calendar, zone)) is not None
                ]
                if ends:
                    await expiry_store.end(tx, ends)
            changed += len(ends)
            if len(lots) < LOTS_AT_ONCE:
                return changed
            after = lots[-1][0]
