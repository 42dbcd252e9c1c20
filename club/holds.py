"""Points that are set aside, until they are spent or given back."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from club.parts import Part


class HoldState(StrEnum):
    """What became of a hold."""

    OPEN = "open"
    POSTED = "posted"  # Spent.
    VOIDED = "voided"  # Given back.


class Holds(Part):
    """How long points stay set aside before they are given back."""

    hours: Annotated[int, Field(ge=1, le=8_760)] = 24
