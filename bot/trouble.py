"""Trouble that lasts is said twice: when it begins, and when it is over."""

import logging

log = logging.getLogger(__name__)


def messenger_trouble() -> "Trouble":
    """The messenger is away."""
    return Trouble(
        "messenger",
        "The messenger does not answer; it is asked again until it does.",
        "The messenger answers again.",
    )


class Trouble:
    """Said once when it begins and once when it is over, however many meet it meanwhile."""

    def __init__(self, action: str, begun: str, over: str) -> None:
        self._action = action
        self._begun = begun
        self._over = over
        self._met_by = 0
        self.times_over = 0

    def begin(self, fault: Exception) -> None:
        """One more has met it."""
        if not self._met_by:
            said = f"{type(fault).__name__}: {str(fault).partition(chr(10))[0]}"
            log.warning(self._begun, extra={"action": f"{self._action}_away", "fault": said})
        self._met_by += 1

    def end(self) -> None:
        """For one of them it is over."""
        self._met_by -= 1
        if not self._met_by:
            self.times_over += 1
            log.info(self._over, extra={"action": f"{self._action}_back"})
