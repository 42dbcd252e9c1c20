"""Intake with all that stands around it, and events to wait for instead of sleeping."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, select, text

from bot.delivery.transport import ClubRequest
from bot.intake import Intake, alone
from bot.polling import Polling
from services.updates import Updates
from storage.db import Database
from storage.tables.intake import UPDATES
from storage.vault import Vault, make_key
from tests.intake.messenger import BOT, Messenger

PATIENCE_S = 20


class Leaping:
    """A clock that is a minute further at each look, so that every next try is due."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 21, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


class Handler:
    """Handles each update as `act` says, and remembers what was begun and what was finished."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.finished: list[int] = []
        self.most_at_once = 0
        self.faults: dict[int, list[Exception]] = {}
        self.gates: dict[int, asyncio.Event] = {}
        self._changed = asyncio.Condition()

    def hold(self, update_id: int) -> asyncio.Event:
        """This update stays in hand until the event is set."""
        return self.gates.setdefault(update_id, asyncio.Event())

    async def __call__(self, raw: dict[str, Any]) -> BaseException | None:
        number = raw["update_id"]
        await self._note(self.begun, number)
        self.most_at_once = max(self.most_at_once, len(self.begun) - len(self.finished))
        if number in self.gates:
            await self.gates[number].wait()
        await self._note(self.finished, number)
        return self.faults[number].pop(0) if self.faults.get(number) else None

    async def seen(self, condition: Callable[[], bool]) -> None:
        """Wait until what was begun and finished fulfils the condition."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(condition)

    async def _note(self, where: list[int], number: int) -> None:
        async with self._changed:
            where.append(number)
            self._changed.notify_all()


class Heard(logging.Handler):
    """The actions that were logged, to be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.actions: list[str] = []
        self._changed = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.actions.append(vars(record)["action"])
        self._changed.set()

    async def until(self, action: str) -> None:
        """Wait until this was said."""
        async with asyncio.timeout(PATIENCE_S):
            while action not in self.actions:
                self._changed.clear()
                await self._changed.wait()

    def times(self, action: str) -> int:
        return Counter(self.actions)[action]


class Hall:
    """One database, one messenger, and one intake after the other."""

    def __init__(self, db: Database, messenger: Messenger, address: str) -> None:
        self.db = db
        self.messenger = messenger
        self.address = address
        self.heard = Heard()
        self.running: asyncio.Task[None] | None = None
        self.updates = Updates(db, Vault(make_key()), Leaping(), Leaping())

    @asynccontextmanager
    async def life(
        self,
        handler: Handler,
        finish_s: float = PATIENCE_S,
        leads: Callable[[], bool] = alone,
        **patience: float,
    ) -> AsyncIterator[Intake]:
        """A program that listens until the block ends; then it is stopped and ends by itself."""
        request = ClubRequest(self.address)
        await request.initialize()
        intake = Intake(
            self.updates,
            Polling(request, **patience),
            handler,
            BOT,
            leads=leads,
            first_pause_s=0.001,
            finish_s=finish_s,
        )
        running = self.running = asyncio.create_task(intake.run())
        try:
            yield intake
        finally:
            intake.stop()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await running
            finally:
                await request.shutdown()

    async def ended(self) -> None:
        """Wait until the program has ended by itself."""
        assert self.running is not None, "it was begun"
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait({self.running})

    async def rows(self) -> Sequence[RowMapping]:
        async with self.db.read() as tx:
            return (await tx.execute(select(UPDATES).order_by(UPDATES.c.id))).mappings().all()

    async def states(self) -> dict[int, str]:
        """How far each update has come, by its id."""
        return {row["update_id"]: row["state"] for row in await self.rows()}

    async def take_table_away(self) -> None:
        """From now on the database fails whoever wants updates of it."""
        await self._run("ALTER TABLE updates RENAME TO updates_elsewhere")

    async def put_table_back(self) -> None:
        await self._run("ALTER TABLE updates_elsewhere RENAME TO updates")

    async def _run(self, statement: str) -> None:
        async with self.db.write() as tx:
            await tx.execute(text(statement))
