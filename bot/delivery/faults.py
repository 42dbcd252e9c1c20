"""Why the messenger did not take a letter, in the words of the engine."""

import re

from club.members import Reach

REASON_LENGTH = 500
# What a database does not keep and a log does not show: control characters, halves of characters.
_UNTOLD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def told(reason: str) -> str:
    """What went wrong, in words that can be kept: others worded it, at any length."""
    words = _UNTOLD.sub(" ", reason)
    return words if len(words) <= REASON_LENGTH else f"{words[: REASON_LENGTH - 1]}…"


class DeliveryFault(Exception):
    """The messenger did not take the letter."""

    def __init__(self, reason: str) -> None:
        super().__init__(told(reason))


class Blocked(DeliveryFault):
    """The recipient does not let us write."""

    def __init__(self, reach: Reach, reason: str = "") -> None:
        self.reach = reach
        super().__init__(reason or reach.value)


class TryLater(DeliveryFault):
    """The letter was surely not sent, nor would another be now: everybody waits."""

    def __init__(self, delay_s: float, reason: str) -> None:
        self.delay_s = delay_s
        self.reason = told(reason)
        super().__init__(reason)


class Refused(DeliveryFault):
    """The messenger will never take this letter as it is."""


class Migrated(DeliveryFault):
    """The group has another id now."""

    def __init__(self, chat_id: int) -> None:
        self.chat_id = chat_id
        super().__init__("the group has moved")


class Ambiguous(DeliveryFault):
    """The letter may have been sent."""
