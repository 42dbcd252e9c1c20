"""Club time moved ahead, for trials: tick after tick, so that nothing on the way is left out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import TimeStandsFast, UnderWay
from club.letters import Letter
from services.club import CLOCK_OFFSET, MILLISECOND
from services.ticks import Ticks
from storage import club as club_store
from storage import outbox as outbox_store
from storage.db import Database

TRAVEL = "travel"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TravellingClock(Protocol):
    """The process's own club clock."""

    def club_time(self) -> datetime: ...

    @property
    def offset(self) -> timedelta:
        """How far club time is ahead."""

    def move(self, offset: timedelta) -> None:
        """Club time is machine time and this much from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockShown:
    """What the club's clock shows."""

    now: datetime
    until: datetime | None  # Where it is being moved to.


class Travel:
    """The club's clock. Where it is being moved to is a row, so a killed program travels on."""

    def __init__(
        self,
        db: Database,
        ticks: Ticks,
        clock: TravellingClock,
        machine_time: Callable[[], datetime],
        *,
        allowed: bool,
    ) -> None:
        self._db = db
        self._ticks = ticks
        self._clock = clock
        self._machine_time = machine_time
        self.allowed = allowed
        self.under_way = allowed  # Until the row was read and says otherwise.

    async def show(self) -> ClockShown:
        """What the clock shows now; raises TimeStandsFast."""
        if not self.allowed:
            raise TimeStandsFast()
        async with self._db.read() as tx:
            return self._shown(await _read(tx))

    async def set_out(self, ahead: timedelta, *, chat_id: int, key: str) -> ClockShown:
        """Move club time so far ahead of now, from tick to tick; `chat_id` hears of the arrival.

        The same key again changes nothing. Raises TimeStandsFast, UnderWay.
        """
        if not self.allowed:
            raise TimeStandsFast()
        async with self._db.write() as tx:
            row = await _read(tx)
            if row.get("key") != key:
                if "until_ms" in row:
                    raise UnderWay(until=_moment(row["until_ms"]))
                until_ms = (self._clock.club_time() + ahead - EPOCH) // MILLISECOND
                row = {"key": key, "chat_id": chat_id, "until_ms": until_ms}
                await club_store.put(tx, TRAVEL, json.dumps(row))
            self.under_way = "until_ms" in row
        return self._shown(row)

    async def go_on(self) -> timedelta | None:
        """Move past idle ticks to one with work, or to the end; how far club time is ahead then.

        None when nobody travels. The work is for the caller to do before going on.
        """
        if not self.under_way:
            return None
        offset = None
        async with self._db.write() as tx:
            row = await _read(tx)
            under_way = "until_ms" in row
            if under_way:
                until = _moment(row["until_ms"])
                stop = await self._ticks.pass_idle(tx, until)
                offset = await self._move(tx, stop or until)
                if stop is None:
                    await self._arrive(tx, row, until)
                    under_way = False
        self.under_way = under_way
        if offset is not None:
            self._clock.move(offset)
        return offset

    async def follow(self) -> bool:
        """Live in the time to which another process has moved the club; whether it had."""
        async with self._db.read() as tx:
            self.under_way = "until_ms" in await _read(tx)
            offset = await _offset(tx)
        if offset <= self._clock.offset:  # It never goes back: we have moved it meanwhile.
            return False
        self._clock.move(offset)
        return True

    async def _move(self, tx: AsyncConnection, to: datetime) -> timedelta:
        """Book the offset with which it is that moment now; time never goes back."""
        ahead = -((self._machine_time() - to) // MILLISECOND) * MILLISECOND
        offset = max(await _offset(tx), ahead)
        await club_store.put(tx, CLOCK_OFFSET, str(offset // MILLISECOND))
        return offset

    async def _arrive(self, tx: AsyncConnection, row: dict[str, Any], until: datetime) -> None:
        """The way is over: say so to the chat that asked."""
        await club_store.put(tx, TRAVEL, json.dumps({"key": row["key"]}))
        arrived = Letter(
            key=f"travel:{row['key']}",
            message="letters/clock_arrived",
            chat_id=row["chat_id"],
            facts={"now": until},
        )
        await outbox_store.add(tx, [arrived], until)

    def _shown(self, row: dict[str, Any]) -> ClockShown:
        until = _moment(row["until_ms"]) if "until_ms" in row else None
        return ClockShown(now=self._clock.club_time(), until=until)


async def _read(tx: AsyncConnection) -> dict[str, Any]:
    """The travel's row: its key, and while it is under way the chat and the end."""
    row: dict[str, Any] = json.loads(await club_store.get(tx, TRAVEL) or "{}")
    return row


async def _offset(tx: AsyncConnection) -> timedelta:
    """How far club time is ahead, as it is booked."""
    return int(await club_store.get(tx, CLOCK_OFFSET) or 0) * MILLISECOND


def _moment(milliseconds: int) -> datetime:
    return EPOCH + milliseconds * MILLISECOND
