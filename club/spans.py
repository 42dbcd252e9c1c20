"""Days, weeks, months, seasons and years of the club, as spans of local days."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from club.calendar import Calendar, period_start

Span = Literal["day", "week", "month", "season", "year"]
WEEK = timedelta(days=7)
_WEEK_STARTS: dict[Calendar, int] = {"jalali": 5, "gregorian": 0}
"""The weekday on which a week begins, Monday being 0: Saturday in one, Monday in the other."""


@lru_cache(maxsize=256)  # Of one day it is asked again and again.
def span_of(day: date, span: Span, calendar: Calendar) -> tuple[date, date]:
    """The first day of the span that holds the day, and the first one after it."""
    if span == "day":
        return day, day + timedelta(days=1)
    if span == "week":
        first = day - timedelta(days=(day.weekday() - _WEEK_STARTS[calendar]) % 7)
        return first, first + WEEK
    return period_start(day, span, calendar), period_start(day, span, calendar, later=1)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of that local day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
