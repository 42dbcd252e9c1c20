"""Work that comes round: done, and after a while done again, until it is stopped."""

import asyncio
import logging
from abc import ABC, abstractmethod

from sqlalchemy.exc import SQLAlchemyError

from bot.trouble import Trouble

log = logging.getLogger(__name__)


class Rounds(ABC):
    """One kind of such work. A fault is logged and the next round tries again."""

    def __init__(self, work: str, every_s: float) -> None:
        """`work` names it in the log."""
        self._work = work
        self._every_s = every_s
        self._stopping = asyncio.Event()
        self._away = False
        self._database = Trouble(
            work, "The database cannot be reached; this waits for it.", "The database is back."
        )

    @abstractmethod
    async def look(self) -> bool:
        """Do one round; whether the next may follow at once."""

    def stop(self) -> None:
        """Finish the round in hand, and begin no more."""
        self._stopping.set()

    async def run(self) -> None:
        """Round after round."""
        while not self._stopping.is_set():
            if await self._looked():
                continue
            try:
                async with asyncio.timeout(self._every_s):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def _looked(self) -> bool:
        at_once = False
        try:
            at_once = await self.look()
        except (SQLAlchemyError, OSError) as fault:
            if not self._away:
                self._away = True
                self._database.begin(fault)
        except Exception:
            log.exception("A round of work failed.", extra={"action": f"{self._work}_failed"})
        else:
            if self._away:
                self._away = False
                self._database.end()
        return at_once
