"""Wakes the club for its ticks; which are due stands in the book and is never remembered here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Time
from club.ticks import Job
from services.ticks import Ticks

LONGEST_SLEEP = timedelta(minutes=1)
WAKE = "wake"
Tidy = Callable[[], Awaitable[object]]
Leg = Callable[[], Awaitable[timedelta | None]]

log = logging.getLogger(__name__)


class Jobs:
    """An alarm clock: rings at the start, at each tick, when asked to, and every LONGEST_SLEEP.

    A fault is logged and tried again after LONGEST_SLEEP; it never ends the program.
    """

    def __init__(
        self, ticks: Ticks, tidy: Tidy, leg: Leg, club_time: Time, machine_time: Time
    ) -> None:
        """`tidy` is done after each night's tick: what nobody needs any more is thrown away.

        `leg` moves club time one tick on, while it is being moved, and says when to go on.
        """
        self._ticks = ticks
        self._tidy = tidy
        self._leg = leg
        self._club_time = club_time
        self._machine_time = machine_time
        self._awake = asyncio.Lock()
        self._again = False
        # Two instances: who is woken in the middle of work rings once more after it.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 2}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)

    async def start(self) -> None:
        """Ring at once, and from then on."""
        self._scheduler.start()
        self.wake()

    def wake(self) -> None:
        """Ring now, or once more if it rings: club time may have been moved."""
        if self._awake.locked():
            self._again = True
        else:
            self._ring_in(timedelta(0))

    async def stop(self) -> None:
        """Ring no more; work in hand comes to its end first."""
        self._scheduler.pause()
        async with self._awake:  # Who waited for it before us has rung, and has come to its end.
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # The scheduler does it in the loop's next turn.

    async def _ring(self) -> None:
        sleep = LONGEST_SLEEP
        async with self._awake:
            self._again = False
            try:
                for done in await self._ticks.run_due():
                    facts = {"action": "tick_done", "job": done.job.value, "at": done.at}
                    log.info("A tick was worked.", extra={**facts, "changed": done.changed})
                    if done.job is Job.EXPIRE_LOTS:
                        await self._tidy()
                rest = await self._leg()
                if rest is None:
                    rest = min(await self._ticks.next_at() - self._club_time(), LONGEST_SLEEP)
                sleep = max(timedelta(0), rest)
            except Exception:
                log.exception("A tick failed.", extra={"action": "tick_failed"})
        self._ring_in(timedelta(0) if self._again else sleep)

    def _ring_in(self, sleep: timedelta) -> None:
        # Club time runs as fast as machine time, only elsewhere: the pause is the same on both.
        self._scheduler.add_job(
            self._ring,
            "date",
            run_date=self._machine_time() + sleep,
            id=WAKE,
            replace_existing=True,
        )
