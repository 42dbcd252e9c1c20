"""How long points live."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from club.calendar import Calendar, Period, add_months, day_end, local_day, period_last
from club.parts import Part

Activity = Literal[
    "purchase", "visit", "review", "survey", "profile", "event", "referral", "spend", "gift"
]
"""What a member may do that lets points live on where inactivity ends them."""


class Expiry(Part):
    """How long points live; each model has its own figures, and the last day counts whole.

    age: so many months or days. period_end: to the end of the month, season or year that comes
    `after` so many (0: this one, 1: the next). inactivity: as age, and begun anew by each
    activity of `extended_by`. never: for ever.
    """

    model: Literal["age", "period_end", "inactivity", "never"] = "age"
    months: Annotated[int, Field(ge=1, le=1_200)] | None = None
    days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    period: Period | None = None
    after: Annotated[int, Field(ge=0, le=100)] | None = None
    retroactive: bool = False  # Whether points that had no end get one too.
    extended_by: tuple[Activity, ...] = ()

    @model_validator(mode="after")
    def _has_its_figures(self) -> Self:
        aged = self.model in ("age", "inactivity")
        if aged and (self.months is None) == (self.days is None):
            raise ValueError(f'model "{self.model}" wants months = 12, or days = 90, and one only')
        if not aged and (self.months or self.days):
            raise ValueError(f'model "{self.model}" has no months and no days; leave them out')
        ends = self.model == "period_end"
        if ends and self.period is None:
            raise ValueError('model "period_end" wants period = "month", "season" or "year"')
        if not ends and (self.period or self.after is not None):
            raise ValueError('period and after belong to model = "period_end"; leave them out')
        if (self.model == "inactivity") != bool(self.extended_by):
            raise ValueError(
                'model = "inactivity" wants extended_by = ["purchase", "visit"], and no other does'
            )
        return self


def expiry_of(
    active_from: datetime, rules: Expiry, calendar: Calendar, zone: ZoneInfo
) -> datetime | None:
    """When points that begin to count then expire: the end of a local day; None for never."""
    day = local_day(active_from, zone)
    match rules.model:
        case "never":
            return None
        case "period_end":
            assert rules.period is not None, "as it was read"
            later = 1 if rules.after is None else rules.after
            last = period_last(day, rules.period, calendar, later)
        case "age" | "inactivity" if rules.days is not None:
            last = day + timedelta(days=rules.days)
        case "age" | "inactivity":
            last = add_months(day, rules.months or 0, calendar)
    return day_end(last, zone)
