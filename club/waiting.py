"""Points that wait: what rests on a purchase can be spent once it can no longer be given back."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from club.parts import Part


class Waiting(Part):
    """For so many days after a purchase its points wait; 0: they do not."""

    days: Annotated[int, Field(ge=0, le=366)] = 0


def begins_of(bought_at: datetime, rules: Waiting) -> datetime | None:
    """When what rests on a purchase can be spent; None: at once."""
    return bought_at + timedelta(days=rules.days) if rules.days else None
