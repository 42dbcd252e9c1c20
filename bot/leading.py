"""Of several processes one listens, and the others stand by to take its place."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.intake import Intake
from bot.polling import IntakeStopped
from bot.trouble import Trouble
from services.leading import Leading

LOOK_S = 1.0  # A dead process is missed for so long, a frozen one for its lease.

log = logging.getLogger(__name__)


class Listener:
    """Listens whenever this process leads, until it is stopped.

    Each time it begins anew: what it knew of the messenger may be old by then.
    """

    def __init__(
        self,
        leading: Leading,
        begin: Callable[[], Intake],
        opened: Callable[[], Awaitable[None]],
        stands_by: Callable[[], None],
        *,
        look_s: float = LOOK_S,
    ) -> None:
        """`opened` and `stands_by` tell others when this process begins to lead, and when it sees
        that another does."""
        self._leading = leading
        self._begin = begin
        self._opened = opened
        self._stands_by = stands_by
        self._look_s = look_s
        self._stopping = asyncio.Event()
        self._looked = asyncio.Event()
        self._database = Trouble(
            "leading",
            "The database does not say who leads; it is asked again until it does.",
            "The database says again who leads.",
        )

    def stop(self) -> None:
        """Stop listening; run() returns when what is in hand is finished or has had its time."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until stop(); raises IntakeStopped when the messenger refuses us for good."""
        stopped = asyncio.create_task(self._stopping.wait())
        looking = asyncio.create_task(self._look())
        working = asyncio.create_task(self._work(stopped))
        try:
            await asyncio.wait({looking, working}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stop()
            await asyncio.wait({working})
            looking.cancel()
            await asyncio.wait({looking})
        if not looking.cancelled():
            looking.result()
        working.result()

    async def _look(self) -> None:
        """Take or keep the lease, again and again, whatever else goes on."""
        stood_by, away = False, False
        while True:
            try:
                leads = await self._leading.look()
            except (SQLAlchemyError, OSError) as fault:
                if not away:
                    self._database.begin(fault)
                away = True
            else:
                if away:
                    self._database.end()
                away = False
                if not leads and not stood_by:
                    self._stands_by()
                stood_by = not leads
            self._looked.set()
            await asyncio.sleep(self._look_s)

    async def _work(self, stopped: asyncio.Task[bool]) -> None:
        while not stopped.done():
            if self._leading.leads():
                await self._listen(stopped)
            else:
                await self._until_looked(stopped)
        await self._give_up()

    async def _listen(self, stopped: asyncio.Task[bool]) -> None:
        """Listen for as long as we lead."""
        intake = self._begin()
        listening = asyncio.create_task(intake.run())
        telling = asyncio.create_task(self._tell())
        while self._leading.leads() and not listening.done() and not stopped.done():
            await self._until_looked(listening, stopped, within_s=self._leading.left_s())
        if self._leading.leads():
            intake.stop()
        else:
            log.warning("Another may lead now: listening ends.", extra={"action": "lead_lost"})
            listening.cancel()
        telling.cancel()
        await asyncio.wait({listening, telling})
        try:
            if not listening.cancelled():
                listening.result()
        except IntakeStopped:
            if self._leading.leads():  # Else it was said to the one who led before.
                raise

    async def _until_looked(
        self, *others: asyncio.Task[Any], within_s: float | None = None
    ) -> None:
        """Wait for the next look's end, or for one of the others."""
        self._looked.clear()
        looked = asyncio.create_task(self._looked.wait())
        await asyncio.wait({looked, *others}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        looked.cancel()

    async def _tell(self) -> None:
        try:
            await self._opened()
        except Exception:
            log.exception("The opening was not told.", extra={"action": "telling_failed"})

    async def _give_up(self) -> None:
        """Let another lead while we finish what else is to be done."""
        try:
            await self._leading.give_up()
        except (SQLAlchemyError, OSError):
            return  # It is ours for some seconds, or until we are dead.
