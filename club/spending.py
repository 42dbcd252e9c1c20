"""Points as money."""

from typing import Annotated

from pydantic import Field

from club.money import MAX_MINOR, Money
from club.parts import Part


class Spending(Part):
    """What a point pays; left out, points are not spent on orders."""

    worth: Annotated[int, Field(gt=0, le=MAX_MINOR)]  # Minor units of money.
    at_once: bool = False  # Whether an order may spend what it earns.


def worth_of(points: int, rules: Spending, currency: str) -> Money:
    """The money that so many points stand for."""
    return Money(points * rules.worth, currency)
