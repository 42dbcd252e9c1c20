"""Why the messenger did not take a letter, in the words of the engine."""

from club.members import Reach


class DeliveryFault(Exception):
    """The messenger did not take the letter."""


class Blocked(DeliveryFault):
    """The recipient does not let us write."""

    def __init__(self, reach: Reach, reason: str = "") -> None:
        self.reach = reach
        super().__init__(reason or reach)


class TryLater(DeliveryFault):
    """The letter was surely not sent, nor would another be now: everybody waits."""

    def __init__(self, delay_s: float, reason: str) -> None:
        self.delay_s = delay_s
        self.reason = reason
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
