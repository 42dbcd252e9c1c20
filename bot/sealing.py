"""Keeps the chain over the book close behind it."""

import asyncio
import logging

from services.sealing import Sealing

EVERY_S = 5.0  # By the machine's clock; a mark takes two rounds where others are writing.

log = logging.getLogger(__name__)


class Sealer:
    """Seals what is settled, then waits, until it is stopped; a fault is tried again."""

    def __init__(self, sealing: Sealing, *, every_s: float = EVERY_S) -> None:
        self._sealing = sealing
        self._every_s = every_s
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Seal the batch in hand, and no more."""
        self._stopping.set()

    async def run(self) -> None:
        """Seal batch after batch while there are any, and look again after a while."""
        while not self._stopping.is_set():
            try:
                if await self._sealing.seal():
                    continue
            except Exception:
                log.exception("The book was not sealed.", extra={"action": "sealing_failed"})
            try:
                async with asyncio.timeout(self._every_s):
                    await self._stopping.wait()
            except TimeoutError:
                continue
