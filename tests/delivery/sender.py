"""A process that sends letters at the shared pace: `python -m tests.delivery.sender URL RATE S`.

It says when it is ready, and in the end the moment at which each letter left, of the clock that all
processes of a machine share.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count

from bot.delivery.pace import Halted, Pace
from services.pace import StoredPace
from storage.db import Database


def now() -> datetime:
    return datetime.now(UTC)


def stored_pace(db: Database) -> StoredPace:
    return StoredPace(db, now, now)


async def send(pace: Pace, until: float, chats: Iterator[int], moments: list[float]) -> None:
    """Letters to one chat after another."""
    while time.monotonic() < until:
        try:
            await pace.letter(next(chats))
        except Halted as halt:
            await asyncio.sleep(halt.remaining_s)
        else:
            moments.append(time.monotonic())


async def sent(
    url: str,
    rate: int,
    seconds: float,
    first_chat: int = 1,
    ready: Callable[[], None] = lambda: None,
) -> list[float]:
    """When the letters left that one more process sent in this time."""
    db = Database(url)
    pace = Pace(time.monotonic, rate=rate, stored=stored_pace(db))
    await pace.recall()
    ready()
    moments: list[float] = []
    until = time.monotonic() + seconds
    chats = count(first_chat)
    await asyncio.gather(*(send(pace, until, chats, moments) for _ in range(max(20, rate // 4))))
    await pace.close()
    await db.close()
    return moments


if __name__ == "__main__":

    def ready() -> None:
        sys.stdout.write("ready\n")
        sys.stdout.flush()

    left = asyncio.run(sent(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), 1, ready))
    sys.stdout.write("\n".join(map(repr, left)))
