"""Days and months as the club counts them: in its zone, Jalali or Gregorian."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

Calendar = Literal["jalali", "gregorian"]
Period = Literal["month", "season", "year"]
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
    jalali = JalaliDate(day)
    year, month = divmod(jalali.year * 12 + jalali.month - 1 + months, 12)
    last = JalaliDate.days_in_month(month + 1, year)
    gregorian: date = JalaliDate(year, month + 1, min(jalali.day, last)).to_gregorian()
    return gregorian


def period_start(day: date, period: Period, calendar: Calendar, later: int = 0) -> date:
    """The first day of the period that holds the day, or of one so many periods later."""
    months = MONTHS[period]
    jalali = JalaliDate(day)
    year, month = (day.year, day.month) if calendar == "gregorian" else (jalali.year, jalali.month)
    first = (year * 12 + month - 1) // months * months + later * months
    year, month = divmod(first, 12)
    if calendar == "gregorian":
        return date(year, month + 1, 1)
    gregorian: date = JalaliDate(year, month + 1, 1).to_gregorian()
    return gregorian


def period_last(day: date, period: Period, calendar: Calendar, later: int = 0) -> date:
    """The last day of the period that holds the day, or of one so many periods later."""
    return period_start(day, period, calendar, later + 1) - timedelta(days=1)
