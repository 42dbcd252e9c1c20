"""How often and how much a rule may give: to one member or to all, in a period or ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from club.calendar import Calendar, local_day
from club.facts import Facts
from club.parts import Part
from club.spans import day_start, span_of

Of = Literal["member", "all"]
Per = Literal["day", "week", "month", "ever"]
Bounds = tuple[datetime | None, datetime | None]


class Limit(Part):
    """So many times, or so many points; of points the last award is cut to what is left."""

    of: Of
    per: Per
    times: Annotated[int, Field(gt=0, le=1_000_000_000)] | None = None
    points: Annotated[int, Field(gt=0, le=10**15)] | None = None

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.times is None) == (self.points is None):
            raise ValueError("a limit is times = 1, or points = 100_000; write one of them")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """How often a rule gave, and how much in all."""

    times: int = 0
    points: int = 0


def within(
    limits: tuple[Limit, ...], rule: str, points: int, used: Mapping[tuple[str, str, str], Uses]
) -> tuple[int, Facts | None]:
    """What the limits leave of the points, and the limit that cut them, as facts."""
    cut: Facts | None = None
    for limit in limits:
        before = used.get((rule, limit.of, limit.per), Uses())
        if limit.times is not None:
            left = points if before.times < limit.times else 0
        else:
            left = max(0, (limit.points or 0) - before.points)
        if left < points:
            points = left
            cut = {"of": limit.of, "per": limit.per, "limit": limit.points, "used": before.points}
    return points, cut


def period_key(per: Per, at: datetime, calendar: Calendar, zone: ZoneInfo) -> str:
    """The name of the period that holds the moment, like day:739577, or ever."""
    if per == "ever":
        return per
    first, _ = span_of(local_day(at, zone), per, calendar)
    return f"{per}:{first.toordinal()}"


def period_bounds(per: Per, at: datetime, calendar: Calendar, zone: ZoneInfo) -> Bounds:
    """From when on that period is, and before when; None is open, as for ever."""
    if per == "ever":
        return None, None
    first, end = span_of(local_day(at, zone), per, calendar)
    return day_start(first, zone), day_start(end, zone)
