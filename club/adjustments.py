"""Points put right by hand: how many one member of staff may move alone."""

from typing import Annotated

from pydantic import Field

from club.parts import Part


class Adjusting(Part):
    """Up to how many points nobody else is asked."""

    alone_up_to: Annotated[int, Field(ge=0, le=1_000_000)] = 1_000


def needs_second(points: int, rules: Adjusting) -> bool:
    """Whether somebody else of the staff has to confirm."""
    return abs(points) > rules.alone_up_to
