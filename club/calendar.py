"""Days and months as the club counts them: in its zone, Jalali or Gregorian."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

Calendar = Literal["jalali", "gregorian"]
Period = Literal["month", "season", "year"]
DAYS_KEPT = 4_096  # Of conversions between the calendars: some eleven years.
MONTHS: dict[Period, int] = {"month": 1, "season": 3, "year": 12}


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day it is in the club's zone."""
    return at.astimezone(zone).date()


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after that local day, in UTC: what is valid through the day ends here."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def add_months(day: date, months: int, calendar: Calendar) -> date:
    """The same day of a later month; a day the month lacks becomes its last (31 Jan → 28 Feb)."""
    if calendar == "gregorian":
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    jalali = _jalali(day)
    year, month = divmod(jalali.year * 12 + jalali.month - 1 + months, 12)
    last = JalaliDate.days_in_month(month + 1, year)
    return _gregorian(year, month + 1, min(jalali.day, last))


def period_start(day: date, period: Period, calendar: Calendar, later: int = 0) -> date:
    """The first day of the period that holds the day, or of one so many periods later."""
    months = MONTHS[period]
    told = day if calendar == "gregorian" else _jalali(day)
    year, month = told.year, told.month
    first = (year * 12 + month - 1) // months * months + later * months
    year, month = divmod(first, 12)
    if calendar == "gregorian":
        return date(year, month + 1, 1)
    return _gregorian(year, month + 1, 1)


def period_last(day: date, period: Period, calendar: Calendar, later: int = 0) -> date:
    """The last day of the period that holds the day, or of one so many periods later."""
    return period_start(day, period, calendar, later + 1) - timedelta(days=1)


@lru_cache(maxsize=DAYS_KEPT)
def _jalali(day: date) -> JalaliDate:
    """The conversion is slow, and many purchases ask for the same days."""
    return JalaliDate(day)


@lru_cache(maxsize=DAYS_KEPT)
def _gregorian(year: int, month: int, day: int) -> date:
    found: date = JalaliDate(year, month, day).to_gregorian()
    return found
