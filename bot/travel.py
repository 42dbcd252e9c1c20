"""Takes the club along while its time is moved: a tick is left only when its letters are out.

Of several processes the one that leads moves club time; the others follow.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from bot.rounds import Rounds
from services.outbox import Outbox
from services.travel import Travel

BRIEFLY = timedelta(milliseconds=100)
FOLLOW_S = 1.0
PATIENCE = timedelta(minutes=1)  # Then the way goes on; letters too late by then say so.
Tell = Callable[[timedelta], Awaitable[None]]

log = logging.getLogger(__name__)


class Traveller:
    """One leg at a time, so that nobody waits for the whole way."""

    def __init__(
        self,
        travel: Travel,
        outbox: Outbox,
        deliver: Callable[[], None],
        tell: Tell,
        machine_time: Callable[[], datetime],
        *,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """`deliver` wakes who sends letters; `tell` says how far ahead club time is."""
        self._travel = travel
        self._outbox = outbox
        self._deliver = deliver
        self._tell = tell
        self._machine_time = machine_time
        self._leads = leads
        self._left_at = machine_time()

    async def leg(self) -> timedelta | None:
        """Move on to where there is work, if the letters of the last are out.

        How long to rest then; None at home, and where another process leads.
        """
        if not self._travel.under_way or not self._leads():
            return None
        waited = self._machine_time() - self._left_at
        if waited < PATIENCE and await self._outbox.busy():
            self._deliver()
            return BRIEFLY
        offset = await self._travel.go_on()
        self._left_at = self._machine_time()
        if offset is None:
            return None
        await self._tell(offset)
        if not self._travel.under_way:
            log.info("Club time was moved.", extra={"action": "travelled", "ahead": str(offset)})
        return timedelta(0)


class Follower(Rounds):
    """Keeps this process's club time where another has moved it, and goes on with a way that was
    left by the one that led before."""

    def __init__(
        self,
        travel: Travel,
        wake: Iterable[Callable[[], None]],
        *,
        leads: Callable[[], bool],
        every_s: float = FOLLOW_S,
    ) -> None:
        """`wake` wakes those for whom there may be work then."""
        super().__init__("clock", every_s)
        self._travel = travel
        self._wake = tuple(wake)
        self._leads = leads

    async def look(self) -> bool:
        """Look where club time stands now; the next round comes in its time."""
        moved = await self._travel.follow()
        if moved or (self._travel.under_way and self._leads()):
            for wake in self._wake:
                wake()
        return False
