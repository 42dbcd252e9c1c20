"""Takes the club along while its time is moved: a tick is left only when its letters are out."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from services.outbox import Outbox
from services.travel import Travel

BRIEFLY = timedelta(milliseconds=100)
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
    ) -> None:
        """`deliver` wakes who sends letters; `tell` says how far ahead club time is."""
        self._travel = travel
        self._outbox = outbox
        self._deliver = deliver
        self._tell = tell
        self._machine_time = machine_time
        self._left_at = machine_time()

    async def leg(self) -> timedelta | None:
        """Move on to where there is work, if the letters of the last are out.

        How long to rest then; None at home.
        """
        if not self._travel.under_way:
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
