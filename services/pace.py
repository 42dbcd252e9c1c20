"""What all processes of a token know together: who may send next, and who must be silent."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import RowMapping

from club.letters import Letter
from services.staff import STAFF_CHAT
from storage import club as club_store
from storage import outbox as outbox_store
from storage import pace as pace_store
from storage.db import Database

WHOLE = pace_store.WHOLE
SHRINK = 700  # Thousandths that are left of the rate after a refusal,
FLOOR = 100  # but never fewer than these of the limit.
RECOVERY = 5  # Thousandths of the limit that come back in each second without one.
SPREAD_S = 1.016  # Over so long the messages of a second are spread where several send,
FAST_SPREAD_S = 1.025  # or so long where they are closer than this: many wake late together.
FAST_S = 0.005
SURE_S = 0.002  # What is left of it for the way to the socket.
REACH_BACK_S = 0.005  # A place that has gone by may be given away for so long.
AHEAD_S = 0.05  # Nobody reserves a place further ahead.
MOST_AHEAD_S = 60.0  # What lies further ahead was written by a clock that has been set back.
GROUP_HAD = "group_had"  # A group's last minute, in the club's own values.
MINUTE_MS = 61_000  # What is further away, on either side, does not matter any more.
TOLD_FROM = timedelta(minutes=1)  # Staff hear of a silence that is longer.

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reserved:
    """Places by the database's clock, in seconds: the first, and each `step_s` later one more."""

    now_s: float
    begin_s: float
    step_s: float
    places: int
    halted_s: float
    permille: int


@dataclass(frozen=True, slots=True)
class Stand:
    """How long it must be silent yet, and what letters may use of the rate, in thousandths."""

    halted_s: float
    permille: int


class StoredPace:
    """The pace as it is kept, for the next start and, on PostgreSQL, for other processes."""

    def __init__(
        self,
        db: Database,
        machine_time: Callable[[], datetime],
        club_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._machine_time = machine_time
        self._club_time = club_time

    @property
    def shared(self) -> bool:
        """Whether others may send at the same time."""
        return not self._db.is_sqlite

    async def letters(self, rate: int, wanted: int) -> Reserved:
        """Reserve up to so many places for letters; none when the next lies too far ahead."""
        numbers = {"late_us": _us(REACH_BACK_S), "ahead_us": _us(AHEAD_S), "wanted": wanted}
        async with self._db.apart() as tx:
            return _reserved(await pace_store.reserve_letters(tx, _numbers(rate) | numbers))

    async def answers(self, rate: int, messages: int) -> Reserved:
        """Reserve places for an answer of so many messages that leave at one moment."""
        async with self._db.apart() as tx:
            row = await pace_store.reserve_answers(tx, _numbers(rate) | {"messages": messages})
            return _reserved(row)

    async def stand(self) -> Stand:
        """Whether it must be silent, and how fast letters may be."""
        async with self._db.read() as tx:
            row = await pace_store.stand(tx, self._machine_time(), RECOVERY)
        return Stand(max(0.0, row["silent_ms"] / 1000), row["permille"])

    async def halt(self, delay_s: float) -> None:
        """Nothing may be sent for so long, restarts included; a longer halt that stands stays.

        Of a long silence the staff group is told, once.
        """
        slowing = {"shrink": SHRINK, "floor": FLOOR, "recovery": RECOVERY}
        async with self._db.apart() as tx:
            row = await pace_store.halt(tx, round(delay_s * 1000), self._machine_time(), slowing)
        since, until = row["halted_since"], row["halted_until"]
        if until - since > TOLD_FROM:
            machine_now = datetime.fromtimestamp(row["now_ms"] / 1000, UTC)
            await self._tell_staff(since, until, machine_now)

    async def group_had(self, chat_id: int) -> list[float]:
        """So many seconds ago the group had each of its last messages, by the clocks of those who
        sent them; none of them is still to come."""
        async with self._db.read() as tx:
            kept = await club_store.get(tx, f"{GROUP_HAD}:{chat_id}") or ""
        now_ms = self._machine_ms()
        return [max(0, now_ms - int(moment_ms)) / 1000 for moment_ms in kept.split()]

    async def keep_group(self, chat_id: int, ages_s: Sequence[float], most: int) -> None:
        """So many seconds ago the group had messages, besides those that are kept; of all of them
        the last `most` stay. What is said twice counts twice, which costs room and no more."""
        now_ms, name = self._machine_ms(), f"{GROUP_HAD}:{chat_id}"
        ours = [now_ms - round(age_s * 1000) for age_s in ages_s]
        async with self._db.write() as tx:
            await club_store.put(tx, GROUP_HAD, "")  # Others who keep wait for our end.
            kept = map(int, (await club_store.get(tx, name) or "").split())
            near = [moment_ms for moment_ms in kept if abs(now_ms - moment_ms) < MINUTE_MS]
            moments = sorted(near + ours)[-most:]
            await club_store.put(tx, name, " ".join(map(str, moments)))

    def _machine_ms(self) -> int:
        return round(self._machine_time().timestamp() * 1000)

    async def _tell_staff(self, since: datetime, until: datetime, machine_now: datetime) -> None:
        """A letter about a silence, which leaves when that is over; one that waits when the
        silence is made longer tells of all of it.

        Staff read the club's own time.
        """
        now = self._club_time()
        async with self._db.write() as tx:
            staff_chat_id = await club_store.get(tx, STAFF_CHAT)
            if staff_chat_id is None:
                return
            facts = {
                "silent_from": now + (since - machine_now),
                "silent_until": now + (until - machine_now),
                "letters_held": await pace_store.letters_held(tx, now),
            }
            letter = Letter(
                key=f"halted:{round(since.timestamp() * 1000)}",
                message=pace_store.HALTED,
                chat_id=int(staff_chat_id),
                facts=facts,
            )
            await outbox_store.add(tx, [letter], now)
            await outbox_store.tell_anew(tx, letter)


def _spread_s(rate: int) -> float:
    return FAST_SPREAD_S if 1 / rate < FAST_S else SPREAD_S


def late_s(rate: int) -> float:
    """So late a place may be used and still no second is overfull."""
    return _spread_s(rate) - 1 - SURE_S


def step_s(rate: int) -> float:
    """The time that a message takes for itself where several send."""
    return _spread_s(rate) / rate


def _numbers(rate: int) -> dict[str, int]:
    return {"most_us": _us(MOST_AHEAD_S), "recovery": RECOVERY, "step_us": _us(step_s(rate))}


def _us(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _reserved(row: RowMapping) -> Reserved:
    return Reserved(
        now_s=row["now_us"] / 1_000_000,
        begin_s=row["begin_us"] / 1_000_000,
        step_s=row["step_us"] / 1_000_000,
        places=row["places"],
        halted_s=row["silent_us"] / 1_000_000,
        permille=row["permille"],
    )
