"""Who leads listens; who does not lead any more leaves all in hand at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.clock import machine_time
from bot.delivery.transport import ClubRequest
from bot.intake import Intake
from bot.leading import Listener
from bot.polling import Polling
from services.leading import MARGIN_S, Leading
from storage.db import Database
from tests.intake.hall import PATIENCE_S, Hall, Handler
from tests.intake.messenger import BOT, message

LOOK_S = 0.05
LEASE = timedelta(seconds=MARGIN_S + 3)  # A look may take so long on a busy machine.
SARA = 412_907_318
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Told:
    """What a process says of itself, in order."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._changed = asyncio.Event()

    def say(self, word: str) -> None:
        self.words.append(word)
        self._changed.set()

    async def opened(self) -> None:
        self.say("open")

    async def until(self, *words: str) -> None:
        """Wait until it has said this, and nothing else."""
        async with asyncio.timeout(PATIENCE_S):
            while self.words != list(words):
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def life(hall: Hall, handler: Handler) -> AsyncIterator[Told]:
    """A process that listens when it leads."""
    told = Told()
    request = ClubRequest(hall.address)
    await request.initialize()
    leading = Leading(hall.db, "one", time.monotonic, machine_time, lease=LEASE)

    def begin() -> Intake:
        polling = Polling(request)
        return Intake(hall.updates, polling, handler, BOT, leads=leading.leads, first_pause_s=0.001)

    listener = Listener(leading, begin, told.opened, lambda: told.say("stands by"), look_s=LOOK_S)
    running = asyncio.create_task(listener.run())
    try:
        yield told
    finally:
        listener.stop()
        async with asyncio.timeout(PATIENCE_S):
            await running
        await request.shutdown()


async def do(hall: Hall, statement: str) -> None:
    async with hall.db.write() as tx:
        await tx.execute(text(statement))


async def test_who_is_alone_listens_until_it_is_stopped(hall: Hall, handler: Handler) -> None:
    async with life(hall, handler) as told:
        await told.until("open")
        await hall.messenger.put(message(100))
        await handler.seen(lambda: handler.finished == [100])
    assert await hall.states() == {100: "done"}


@on_postgresql
async def test_who_loses_the_lease_leaves_what_is_in_hand(hall: Hall, handler: Handler) -> None:
    gate = handler.hold(100)
    async with life(hall, handler) as told:
        await told.until("open")
        await hall.messenger.put(message(100, SARA), message(101, SARA))
        await handler.seen(lambda: handler.begun == [100])
        another = Database(hall.db.url.render_as_string(hide_password=False))
        await another.live_as("another")
        await do(hall, f"UPDATE leases SET owner = 'another', until = {2**50}")
        await told.until("open", "stands by")
        await asyncio.sleep(LOOK_S)
        polls = len(hall.messenger.polls)
        await hall.messenger.put(message(102, SARA))
        gate.set()
        await asyncio.sleep(4 * LOOK_S)
        assert handler.finished == [], "it was broken off"
        assert len(hall.messenger.polls) == polls, "nobody asks"
        await another.close()  # It is dead now.
        await handler.seen(lambda: handler.finished == [100, 101, 102])
        await told.until("open", "stands by", "open")


@on_postgresql
async def test_who_cannot_ask_the_database_stops_when_its_lease_is_over(
    hall: Hall, handler: Handler
) -> None:
    async with life(hall, handler) as told:
        await told.until("open")
        await do(hall, "ALTER TABLE leases RENAME TO leases_elsewhere")
        await hall.heard.until("leading_away")
        await hall.heard.until("lead_lost")
        await hall.messenger.put(message(100))
        await asyncio.sleep(2 * LOOK_S)
        assert handler.begun == []
        await do(hall, "ALTER TABLE leases_elsewhere RENAME TO leases")
        await handler.seen(lambda: handler.finished == [100])
    assert hall.heard.times("leading_back") == 1
