"""What the club does by itself: each tick once, however many processes and however late."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.calendar import day_end, local_day
from club.letters import Letter
from club.programme import Programme
from club.ticks import Job, due_ticks, next_tick
from storage import expiry as expiry_store
from storage import outbox as outbox_store
from storage import ticks as ticks_store
from storage.db import Database
from storage.expiry import Ending

LETTERS_AT_ONCE = 1_000
BEFORE_END = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TickDone:
    """A tick that was booked together with its work."""

    job: Job
    at: datetime
    passed_over: int  # Ticks before it that nobody was there for; it did their work too.
    changed: int  # Lots booked as expired, or letters written.


class Ticks:
    """The jobs, in club time.

    A job that was never booked begins with a row at the moment it is first asked for, so that a
    new club has no backlog. After a pause only the latest tick of a job is worked: it books all
    that has expired, and announces all that is still to come; the earlier ones would say what is
    no longer so. They are booked with it, so that nothing is due twice.
    """

    def __init__(
        self,
        db: Database,
        programme: Programme,
        club_time: Callable[[], datetime],
        machine_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._programme = programme
        self._club_time = club_time
        self._machine_time = machine_time

    async def due(self) -> list[tuple[Job, datetime]]:
        """All ticks since the last booked ones, in order."""
        async with self._db.read() as tx:
            lasts = {job: await ticks_store.last(tx, job) for job in Job}
        now = self._club_time()
        if new := [job for job, last in lasts.items() if last is None]:
            async with self._db.write() as tx:
                for job in new:
                    lasts[job] = await self._begin(tx, job, now)
        ticks = [
            (at, job)
            for job, last in lasts.items()
            for at in due_ticks(job, self._programme, last or now, now)
        ]
        return [(job, at) for at, job in sorted(ticks)]

    async def run(self, job: Job, at: datetime) -> TickDone | None:
        """Work this tick and book it, in one transaction; None when it was booked before."""
        async with self._db.write() as tx:
            last = await ticks_store.last(tx, job) or at
            if not await ticks_store.book(tx, job, at, self._machine_time()):
                return None
            earlier = [tick for tick in due_ticks(job, self._programme, last, at) if tick < at]
            await ticks_store.pass_over(tx, job, earlier, self._machine_time())
            match job:
                case Job.EXPIRE_LOTS:
                    changed = await expiry_store.expire_lots(tx, at)
                case Job.EXPIRY_NOTICES:
                    changed = await self._write_notices(tx, at)
        return TickDone(job=job, at=at, passed_over=len(earlier), changed=changed)

    async def run_due(self) -> list[TickDone]:
        """Work all that is due; what was done.

        A job that fails stays due and does not hold up the others: its fault is raised at the end.
        """
        done: list[TickDone] = []
        faults: list[Exception] = []
        latest = dict(await self.due())
        for job, at in sorted(latest.items(), key=lambda tick: tick[1]):
            try:
                if ticked := await self.run(job, at):
                    done.append(ticked)
            except Exception as fault:
                faults.append(fault)
        if faults:
            raise ExceptionGroup("some jobs failed", faults)
        return done

    async def next_at(self) -> datetime:
        """The next tick of any job, in club time; in the past when it is due."""
        async with self._db.read() as tx:
            now = self._club_time()
            lasts = {job: await ticks_store.last(tx, job) or now for job in Job}
        return min(next_tick(job, self._programme, last) for job, last in lasts.items())

    async def _begin(self, tx: AsyncConnection, job: Job, now: datetime) -> datetime:
        """The job's latest booked tick; where there is none, the row it begins with."""
        last = await ticks_store.last(tx, job)
        if last is None:
            await ticks_store.book(tx, job, now, self._machine_time())
        return last or now

    async def _write_notices(self, tx: AsyncConnection, at: datetime) -> int:
        """A letter to each member who loses points within the programme's days; how many are new.

        A letter sums all that ends in the window, and is named after the last day that it covers
        and the newest of its lots. The window only moves on, and spends take what ends first: so
        the name stays the same until something that no letter covered comes in, be it by the
        window's moving or because it was just granted. The same name is never written twice.
        """
        zone, days = self._programme.zone, self._programme.notices.expiry_days
        window_end = day_end(local_day(at, zone) + timedelta(days=days), zone)
        # A late tick announces nothing that has ended since.
        now = max(at, self._club_time())
        endings = await expiry_store.ending(tx, now, window_end)
        written = 0
        for start in range(0, len(endings), LETTERS_AT_ONCE):
            letters = [self._notice(one, days) for one in endings[start : start + LETTERS_AT_ONCE]]
            announced = await expiry_store.announced(tx, [letter.key for letter in letters])
            fresh = [letter for letter in letters if letter.key not in announced]
            await outbox_store.add(tx, fresh, now)
            written += len(fresh)
        return written

    def _notice(self, ending: Ending, days: int) -> Letter:
        last_day = local_day(ending.last_end - BEFORE_END, self._programme.zone)
        key = f"expiry:{days}:{last_day.isoformat()}:{ending.newest_lot}:{ending.member_id}"
        return Letter(
            key=key,
            message="letters/expiry",
            member_id=ending.member_id,
            facts={
                "points": ending.points,
                # What ends with a day is valid on it: the words name that day.
                "expires_at": ending.first_end - BEFORE_END,
                "days": days,
            },
            expires_at=ending.first_end,
        )
