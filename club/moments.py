"""A date and a time as people type them, in either calendar and any digits."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from club.errors import ClubError
from club.orders import plain_line

FARTHEST = timedelta(days=366)
LAST_JALALI_YEAR = 1599  # A year up to this one is Jalali, a later one Gregorian.
_MONTHS = tuple(
    names.split()
    for names in (
        "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
        "farvardin ordibehesht khordad tir mordad shahrivar mehr aban azar dey bahman esfand",
        "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    )
)
_TIME = re.compile(r"(?:ساعت|at)?\s*\b([0-9]{1,2})[:٫.]([0-9]{2})\s*$")
_FIGURES = re.compile(r"([0-9]{1,4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,4})")
_WORDS = re.compile(r"([0-9]{1,2})\s*([^\W\d_]+)\s*([0-9]{4})?")
_NEAR = {"امروز": 0, "today": 0, "فردا": 1, "tomorrow": 1, "پس‌فردا": 2, "پس فردا": 2}


class BadMoment(ClubError):
    """The date and time cannot be read, are over, or lie too far ahead."""

    code = "bad_moment"


def read_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """`1404/7/20 18:30`, `2025-10-12 18:30`, `۲۰ مهر ۱۸:۳۰`, `tomorrow 9:00` → UTC.

    Lies ahead of now, by a year at most; raises BadMoment for all else.
    """
    line = plain_line(text).casefold()
    typed = _TIME.search(line)
    try:
        if typed is None:
            raise ValueError("no time")
        at = time(int(typed[1]), int(typed[2]))
        today = now.astimezone(zone).date()
        day = _day(line[: typed.start()].strip(" ,،"), today)
        moment = datetime.combine(day, at, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadMoment(text=line[:64], days=FARTHEST.days) from None
    if not now < moment <= now + FARTHEST:
        raise BadMoment(text=line[:64], days=FARTHEST.days)
    return moment


def _day(words: str, today: date) -> date:
    """The day that is meant; raises ValueError."""
    if words in ("", *_NEAR):
        return today + timedelta(days=_NEAR.get(words, 0))
    if found := _FIGURES.fullmatch(words):
        first, month, last = (int(part) for part in found.groups())
        year, day = (first, last) if len(found[1]) == 4 else (last, first)
        return _date(year, month, day)
    if found := _WORDS.fullmatch(words):
        return _named(int(found[1]), found[2], found[3], today)
    raise ValueError("no day")


def _named(day: int, name: str, year: str | None, today: date) -> date:
    """A day of a month by its name; without a year the next one of that name."""
    for place, months in enumerate(_MONTHS):
        known = [one for one in months if one == name or (place == 3 and name.startswith(one))]
        if not known:
            continue
        month = months.index(known[0]) + 1
        if year is not None:
            return _date(int(year), month, day)
        this = JalaliDate(today).year if place < 2 else today.year
        found = _date(this, month, day)
        return found if found >= today else _date(this + 1, month, day)
    raise ValueError("no month")


def _date(year: int, month: int, day: int) -> date:
    if year > LAST_JALALI_YEAR:
        return date(year, month, day)
    found: date = JalaliDate(year, month, day).to_gregorian()
    return found
