"""A rolling window: never more than so many of something in so long a time."""

from collections import deque


class Window:
    """The last moments of something; in any `length_s` there are never more than `size`."""

    def __init__(self, size: int, length_s: float) -> None:
        self._moments: deque[float] = deque(maxlen=size)
        self._size = size
        self._length_s = length_s
        self.room_at = float("-inf")  # When there is room for one more.

    def due(self, number: int) -> float:
        """When there is room for so many more; for more than it ever holds, when it is empty."""
        moments = self._moments
        first = len(moments) + number - self._size - 1  # What must have left the window by then.
        if first < 0 or not moments:
            return float("-inf")
        return moments[min(first, len(moments) - 1)] + self._length_s

    def add(self, now: float, number: int = 1) -> None:
        """So many now."""
        moments = self._moments
        moments.append(now)
        if number > 1:
            moments.extend([now] * (number - 1))
        if len(moments) == self._size:
            self.room_at = moments[0] + self._length_s

    def moments(self, now: float) -> list[float]:
        """Those that still matter, in order."""
        return [moment for moment in self._moments if moment + self._length_s > now]

    def idle(self, now: float) -> bool:
        """Nothing in it matters any more."""
        return not self._moments or self._moments[-1] + self._length_s <= now
