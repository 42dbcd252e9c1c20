"""Places among the messages of all processes, as this process asks for them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from bot.delivery.far_clock import FarClock
from bot.delivery.patience import Patience
from services.pace import AHEAD_S, Reserved, StoredPace, late_s

ANSWER_PATIENCE_S = 0.05  # An answer waits no longer for the database,
MOST_ASKING = 8  # and not at all while so many others do.

log = logging.getLogger(__name__)


class Slot(NamedTuple):
    """When a message may leave, by our clock."""

    begin: float
    until: float  # Used later it might overfill a second.


class Reservations:
    """Asks the database, whose clock counts, and says by our own clock what it gave."""

    def __init__(
        self,
        stored: StoredPace,
        clock: Callable[[], float],
        rate: int,
        hear: Callable[[Reserved], None],
    ) -> None:
        """`hear` is told what comes with each reservation: a halt, another pace for letters."""
        self._stored = stored
        self._clock = clock
        self._rate = rate
        self._hear = hear
        self._far = FarClock()
        self._patience = Patience()
        self._asking: set[asyncio.Task[Slot]] = set()

    async def letters(self, wanted: int) -> tuple[list[Slot], float | None]:
        """Places for letters, if there are any, and when it is worth to ask again.

        During a halt it never is. Waits for a database that is away.
        """
        got = await self._patience.through(
            lambda: self._reserve(lambda: self._stored.letters(self._rate, wanted))
        )
        if got.halted_s > 0:
            return [], None
        begins = [self._far.ours(got.begin_s + n * got.step_s) for n in range(got.places + 1)]
        return [self._slot(begin) for begin in begins[:-1]], begins[-1] - AHEAD_S

    async def answer(self, messages: int) -> Slot | None:
        """A place for an answer; None when the database does not say it soon."""
        if len(self._asking) >= MOST_ASKING:
            return None
        asking = asyncio.create_task(self._answer(messages))
        self._asking.add(asking)
        asking.add_done_callback(self._answered)
        done, _ = await asyncio.wait({asking}, timeout=ANSWER_PATIENCE_S)
        return asking.result() if done and asking.exception() is None else None

    async def close(self) -> None:
        """Ask for nothing more."""
        for asking in self._asking:
            asking.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def _answer(self, messages: int) -> Slot:
        got = await self._reserve(lambda: self._stored.answers(self._rate, messages))
        return self._slot(self._far.ours(got.begin_s))

    async def _reserve(self, ask: Callable[[], Awaitable[Reserved]]) -> Reserved:
        asked_at = self._clock()
        got = await ask()
        self._far.note(asked_at, self._clock(), got.now_s)
        self._hear(got)
        return got

    def _answered(self, asking: asyncio.Task[Slot]) -> None:
        self._asking.discard(asking)
        if asking.cancelled() or (fault := asking.exception()) is None:
            return
        if not isinstance(fault, DBAPIError | NoFreeConnection | OSError):
            log.error("An answer could not be charged to the pace.", exc_info=fault)

    def _slot(self, begin: float) -> Slot:
        return Slot(begin, begin + late_s(self._rate))
