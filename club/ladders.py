"""The ladders: what is counted, over which time, and which tier that is."""

from enum import StrEnum


class ChangeReason(StrEnum):
    """Why somebody stands on another tier."""

    REACHED = "reached"
    FELL = "fell"
    REFUNDED = "refunded"  # What it rested on was given back.
    FLOOR = "floor"  # Set by hand.
    REALIGNED = "realigned"  # The programme's steps were changed.
    MERGED = "merged"
