"""What the club remembers of itself between two starts."""

from collections.abc import Callable
from datetime import datetime, timedelta

from storage import club as club_store
from storage.db import Database

CLOCK_OFFSET = "clock_offset_ms"
MILLISECOND = timedelta(milliseconds=1)


class Club:
    """The club's own rows."""

    def __init__(self, db: Database, machine_time: Callable[[], datetime]) -> None:
        self._db = db
        self._machine_time = machine_time

    async def clock_offset(self, start: datetime | None = None) -> timedelta:
        """How far club time is from machine time; `start` counts at the very first call only."""
        offset = start - self._machine_time() if start else timedelta(0)
        async with self._db.write() as tx:
            stored = await club_store.put_if_absent(tx, CLOCK_OFFSET, str(offset // MILLISECOND))
        return int(stored) * MILLISECOND
