"""Points that are set aside, until they are spent or given back."""

from enum import StrEnum


class HoldState(StrEnum):
    """What became of a hold."""

    OPEN = "open"
    POSTED = "posted"  # Spent.
    VOIDED = "voided"  # Given back.
