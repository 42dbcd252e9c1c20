"""The two clocks; nowhere else is the machine asked what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Time = Callable[[], datetime]


def machine_time() -> datetime:
    """The machine's own time: for leases, pace, retries and the age of buttons.

    In whole milliseconds, as it is stored: else what was booked now could begin a moment later.
    """
    now = datetime.now(UTC)
    return now - timedelta(microseconds=now.microsecond % 1_000)


class Clock:
    """Club time: machine time, moved by an offset that is a stored row."""

    def __init__(self, offset: timedelta, machine_time: Time = machine_time) -> None:
        self._offset = offset
        self._machine_time = machine_time

    def club_time(self) -> datetime:
        """The time that rules, lots, ticks and people live by."""
        return self._machine_time() + self._offset

    def move(self, offset: timedelta) -> None:
        """From now on club time is machine time and this much."""
        self._offset = offset

    @property
    def offset(self) -> timedelta:
        """How far club time is ahead."""
        return self._offset
