"""Another machine's clock, read by ours."""

DRIFT = 0.001  # So much two clocks may go apart in a second.


class FarClock:
    """Where the moments of a clock that we ask over the wire lie on our own.

    The quickest of its answers says it best; an older one counts less and less.
    """

    def __init__(self) -> None:
        self._ahead_s = 0.0  # How far our clock is ahead of it.
        self._doubt_s = float("inf")
        self._noted_at = 0.0

    def note(self, asked_at: float, answered_at: float, far_now: float) -> None:
        """It said `far_now` at some moment between these two."""
        ahead_s = (asked_at + answered_at) / 2 - far_now
        doubt_s = (answered_at - asked_at) / 2
        old_doubt_s = self._doubt_s + (answered_at - self._noted_at) * DRIFT
        was_set = abs(ahead_s - self._ahead_s) > doubt_s + old_doubt_s
        if was_set or doubt_s <= old_doubt_s:
            self._ahead_s, self._doubt_s, self._noted_at = ahead_s, doubt_s, answered_at

    def ours(self, far_moment: float) -> float:
        """The same moment by our clock."""
        return far_moment + self._ahead_s
