"""The SQLite file under a running club: once it is deleted or replaced, what is written to it is
lost with the last connection, so the club ends."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

LOOK_S = 1.0

log = logging.getLogger(__name__)


class FileLost(RuntimeError):
    """The database's file was deleted or replaced while the club ran."""


@asynccontextmanager
async def unless_lost(file_id: Callable[[], object], stopped: asyncio.Event) -> AsyncIterator[None]:
    """Look now and then whether it is still the same file, and stop when it is not; raises FileLost
    in the end, whatever else came of it."""
    watching = asyncio.create_task(_until_another(file_id))
    watching.add_done_callback(lambda _: stopped.set())
    try:
        yield
    finally:
        if watching.done():
            watching.result()
            mend = "take away its -wal and -shm, put a copy of it back, and start again"
            raise FileLost(f"DATABASE_URL: its file was deleted or replaced; {mend}.")
        watching.cancel()


async def _until_another(file_id: Callable[[], object]) -> None:
    first = file_id()
    while file_id() == first:  # noqa: ASYNC110 (a file tells nobody that it goes)
        await asyncio.sleep(LOOK_S)
    log.critical(
        "The database's file was deleted or replaced: the club ends.",
        extra={"action": "database_lost"},
    )
