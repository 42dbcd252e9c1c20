"""What the programme says of refunds."""

from typing import Annotated, Literal

from pydantic import Field

from club.parts import Part

WhenSpent = Literal["owe", "within_balance", "pending_only"]


class Refunding(Part):
    """What happens to earned points that are spent already, and to spent ones that come back."""

    when_spent: WhenSpent = "owe"
    grace_days: Annotated[int, Field(ge=0, le=3_650)] = 30
