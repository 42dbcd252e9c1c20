"""Points that one member gives to another."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from club.errors import GiftTooLarge, GiftTooSmall
from club.parts import Part


class Gifts(Part):
    """How much members may give each other; left out, they may not."""

    least: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    most_a_day: Annotated[int, Field(ge=1, le=1_000_000)]

    @model_validator(mode="after")
    def _some_gift_fits(self) -> Self:
        if self.least > self.most_a_day:
            raise ValueError("least is more than most_a_day: no gift would ever fit")
        return self


def check_gift(points: int, given_today: int, rules: Gifts) -> None:
    """Raises GiftTooSmall, GiftTooLarge."""
    if points < rules.least:
        raise GiftTooSmall(points=points, least=rules.least)
    if given_today + points > rules.most_a_day:
        raise GiftTooLarge(points=points, most=rules.most_a_day, left=_left(given_today, rules))


def _left(given_today: int, rules: Gifts) -> int:
    return max(0, rules.most_a_day - given_today)
