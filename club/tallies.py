"""What adds up over time, asked for the time between two moments without adding it up anew."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime


class Tally:
    """Whole numbers, each at a moment; in order of time each is added at once."""

    __slots__ = ("_moments", "_sums")

    def __init__(self, parts: Iterable[tuple[datetime, int]] = ()) -> None:
        self._moments: list[datetime] = []
        self._sums = [0]
        for at, number in sorted(parts):
            self.add(at, number)

    def add(self, at: datetime, number: int) -> None:
        """Count the number at that moment."""
        place = bisect_right(self._moments, at)
        self._moments.insert(place, at)
        self._sums.insert(place + 1, self._sums[place] + number)
        for later in range(place + 2, len(self._sums)):
            self._sums[later] += number

    def between(self, start: datetime | None, end: datetime | None = None) -> tuple[int, int]:
        """How many there are from `start` on and before `end`, and their sum; None is open."""
        first = 0 if start is None else bisect_left(self._moments, start)
        last = len(self._moments) if end is None else bisect_left(self._moments, end)
        last = max(first, last)
        return last - first, self._sums[last] - self._sums[first]
