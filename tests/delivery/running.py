"""The real engine over the wire, started and ended by tests."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping

from bot.delivery.engine import POLL_S, Engine
from bot.delivery.faults import TryLater
from bot.delivery.messenger import TelegramMessenger
from bot.delivery.pace import Pace
from bot.delivery.rendered import Rendered, Words
from bot.delivery.transport import ClubRequest
from club.letters import ENDS, Letter
from services.letters import OutgoingLetter
from services.outbox import Outbox
from services.pace import StoredPace
from storage.db import Database
from tests.delivery.people import VAULT, club_clock, programme, rows
from tests.delivery.wire import Wire

PATIENCE_S = 60.0


class NotedMessenger(TelegramMessenger):
    """Notes when each letter leaves us, and when we were told to wait."""

    def __init__(self, request: ClubRequest) -> None:
        super().__init__(request)
        self.left_at: list[float] = []
        self.told_at: list[float] = []

    async def send(self, chat_id: int, words: Words) -> int:
        self.left_at.append(time.monotonic())
        try:
            return await super().send(chat_id, words)
        except TryLater:
            self.told_at.append(time.monotonic())
            raise


class Post:
    """What one run of the program has of its own: a pace, connections, an engine."""

    def __init__(
        self,
        db: Database,
        wire: Wire,
        *,
        owner: str = "first",
        rate: int = 500,
        later: timedelta = timedelta(0),
        read_timeout_s: float = 10,
        poll_s: float = POLL_S,
        in_flight: int | None = None,
        leads: bool = True,
    ) -> None:
        club = club_clock()
        stored = StoredPace(db, lambda: datetime.now(UTC) + later, club)
        self.pace = Pace(time.monotonic, rate=rate, stored=stored)
        self.request = ClubRequest(wire.api_url, pace=self.pace, read_timeout_s=read_timeout_s)
        self.outbox = Outbox(db, VAULT, programme(), lambda: datetime.now(UTC) + later, club)
        self.messenger = NotedMessenger(self.request)
        self.moves: list[tuple[int, int]] = []
        self.engine = Engine(
            self.outbox,
            self.messenger,
            self.pace,
            render,
            self._move_group,
            owner=owner,
            poll_s=poll_s,
            in_flight=in_flight,
            leads=lambda: leads,
        )

    async def _move_group(self, old_chat_id: int, new_chat_id: int) -> None:
        self.moves.append((old_chat_id, new_chat_id))


def render(letter: OutgoingLetter) -> Rendered:
    """The letter's title; one that has a doubtful past says so."""
    if "broken" in letter.facts:
        raise KeyError(f"{letter.name} has no points")
    words = title(letter.key, letter.member_id)
    return Rendered(f"again: {words}" if letter.flagged else words)


def title(key: str | None, member_id: int | None) -> str:
    """What tells a letter from others: its key, or to whom a promotion goes."""
    return key or f"promotion for {member_id}"


@asynccontextmanager
async def open_post(db: Database, wire: Wire, **values: Any) -> AsyncIterator[Post]:
    """A run that ends as Ctrl-C ends it."""
    post = Post(db, wire, **values)
    async with post.request:
        run = asyncio.create_task(post.engine.run())
        try:
            yield post
        finally:
            await post.engine.stop()
            await run
            await post.pace.close()


@asynccontextmanager
async def doomed_post(db: Database, wire: Wire, **values: Any) -> AsyncIterator[Post]:
    """A run that ends as a kill ends it: nothing is booked any more."""
    post = Post(db, wire, owner="doomed", **values)
    async with post.request:
        run = asyncio.create_task(post.engine.run())
        try:
            yield post
        finally:
            run.cancel()
            await asyncio.wait({run})
            await post.pace.close()


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not reached():  # noqa: ASYNC110 -- What is waited for lies beyond this loop.
            await asyncio.sleep(0.02)


async def all_ended(db: Database) -> dict[str, RowMapping]:
    """The letters by title, when each has its end."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = await rows(db)
            if all(line["state"] in ENDS for line in found):
                return {title(line["key"], line["member_id"]): line for line in found}
            await asyncio.sleep(0.05)


def notice(key: str, member_id: int, **facts: object) -> Letter:
    return Letter(key=key, message="points/notice", member_id=member_id, facts=facts)
