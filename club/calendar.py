"""Days and months as the club counts them: in its zone, Jalali or Gregorian."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

Calendar = Literal["jalali", "gregorian"]


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
