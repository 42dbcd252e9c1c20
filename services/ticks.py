"""What the club does by itself: each tick once, however many processes and however late."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.programme import Programme
from club.ticks import Job, due_ticks, jobs_of, next_tick
from services.birthdays import greet
from services.holds import lapse
from services.notices import write_notices
from services.reviewing import review
from services.starting import start_due
from storage import campaigns as campaigns_store
from storage import expiry as expiry_store
from storage import holds as holds_store
from storage import outbox as outbox_store
from storage import ticks as ticks_store
from storage.db import Database

IDLE_AT_ONCE = 30  # Ticks booked in one transaction; nobody else writes meanwhile on SQLite.


@dataclass(frozen=True, slots=True, kw_only=True)
class TickDone:
    """A tick that was booked together with its work."""

    job: Job
    at: datetime
    passed_over: int  # Ticks before it that nobody was there for; it did their work too.
    changed: int  # Lots that expired, letters written, members who fell or were warned.


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
            lasts = {job: await ticks_store.last(tx, job) for job in jobs_of(self._programme)}
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
            changed = await self._work(tx, job, at, earlier)
        return TickDone(job=job, at=at, passed_over=len(earlier), changed=changed)

    async def pass_idle(self, tx: AsyncConnection, until: datetime) -> datetime | None:
        """Book in this transaction the ticks that lie ahead, in order, while none has work to do.

        How far that is: to something that is to be done then, or to the last of a long row of
        ticks; None when nothing is to be done up to `until`.
        """
        other = await _other(tx)
        now = self._club_time()
        ticks = {
            job: next_tick(job, self._programme, await ticks_store.last(tx, job) or now)
            for job in jobs_of(self._programme)
        }
        at = now
        for _ in range(IDLE_AT_ONCE):
            at, job = min((tick, job) for job, tick in ticks.items())
            if other is not None and other <= min(at, until):
                return other
            if at > until:
                return None
            if not await self._pass(tx, job, at):
                break
            ticks[job] = next_tick(job, self._programme, at)
        return at

    async def run_due(self) -> list[TickDone]:
        """Start campaigns, end holds whose moment has come, work all that is due; what was done.

        A job that fails stays due and does not hold up the others: its fault is raised at the end.
        """
        done: list[TickDone] = []
        faults: list[Exception] = []
        for begin in (self._start_campaigns, self._end_holds):
            try:
                await begin()
            except Exception as fault:
                faults.append(fault)
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
        """The next tick of any job, start of a campaign or end of a hold; past when it is due."""
        async with self._db.read() as tx:
            now = self._club_time()
            lasts = {
                job: await ticks_store.last(tx, job) or now for job in jobs_of(self._programme)
            }
            other = await _other(tx)
        ticks = [next_tick(job, self._programme, last) for job, last in lasts.items()]
        return min(ticks if other is None else [*ticks, other])

    async def _work(
        self, tx: AsyncConnection, job: Job, at: datetime, earlier: Sequence[datetime]
    ) -> int:
        """Do the work of a tick that is booked in this transaction; how much has changed."""
        match job:
            case Job.EXPIRE_LOTS:
                return await expiry_store.expire_lots(tx, at)
            case Job.EXPIRY_NOTICES:
                return await write_notices(tx, self._programme, at, self._club_time())
            case Job.BIRTHDAYS:
                return await greet(tx, self._programme, [*earlier, at])
            case Job.REVIEW:
                return await review(tx, self._programme, at)

    async def _pass(self, tx: AsyncConnection, job: Job, at: datetime) -> bool:
        """Book a tick that has nothing to do; False, and nothing has happened, when it has."""
        step = await tx.begin_nested()
        try:
            idle = not await ticks_store.book(tx, job, at, self._machine_time())
            idle = idle or not await self._work(tx, job, at, ())
            idle = idle and not await outbox_store.busy(tx, at)
        except Exception:  # It will fail in a transaction of its own, and hold up no other then.
            idle = False
        await (step.commit() if idle else step.rollback())
        return idle

    async def _start_campaigns(self) -> None:
        await start_due(self._db, self._programme, self._club_time())

    async def _end_holds(self) -> None:
        await lapse(self._db, self._programme, self._club_time())

    async def _begin(self, tx: AsyncConnection, job: Job, now: datetime) -> datetime:
        """The job's latest booked tick; where there is none, the row it begins with."""
        last = await ticks_store.last(tx, job)
        if last is None:
            await ticks_store.book(tx, job, now, self._machine_time())
        return last or now


async def _other(tx: AsyncConnection) -> datetime | None:
    """The next moment that no job has: the start of a campaign or the end of a hold."""
    moments = await campaigns_store.next_start(tx), await holds_store.next_end(tx)
    return min((moment for moment in moments if moment is not None), default=None)
