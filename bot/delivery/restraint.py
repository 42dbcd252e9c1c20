"""How much of the rate letters use: less after the messenger has said no, in time all again."""

from services.pace import FLOOR, RECOVERY, SHRINK, WHOLE


class Restraint:
    """Thousandths of the rate, by a monotonic clock."""

    def __init__(self) -> None:
        self._permille = WHOLE
        self._from = float("-inf")  # From then on it recovers.

    @property
    def whole(self) -> bool:
        """Whether nothing is held back."""
        return self._permille == WHOLE

    def permille(self, now: float) -> int:
        """What letters may use now."""
        if self._permille == WHOLE or now <= self._from:
            return self._permille
        recovered = self._permille + int((now - self._from) * RECOVERY)
        if recovered >= WHOLE:
            self._permille = recovered = WHOLE
        return recovered

    def shrink(self, now: float) -> None:
        """A new refusal: letters become slower, but never stand still."""
        self.adopt(max(FLOOR, self.permille(now) * SHRINK // WHOLE), now)

    def adopt(self, permille: int, quiet_from: float) -> None:
        """So it stands; from `quiet_from` on it recovers."""
        self._permille, self._from = permille, quiet_from

    def hold(self, until: float) -> None:
        """Nothing recovers before."""
        self._from = max(self._from, until)
