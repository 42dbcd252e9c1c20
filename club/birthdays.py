"""Birthdays as people write them, and the day on which each is celebrated."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from persiantools.jdatetime import JalaliDate

from club.calendar import Calendar
from club.misreadings import BadBirthday
from club.money import plain_digits

GREETED_AGAIN = timedelta(days=300)
"""Who tells another day is greeted once more only after that long."""

OLDEST_YEARS = 120
LEAP_YEARS: dict[Calendar, int] = {"jalali": 1399, "gregorian": 2000}
"""Years in which every day of the calendar exists."""

_NAMES: dict[Calendar, tuple[str, ...]] = {
    "jalali": (
        *("فروردین farvardin", "اردیبهشت ordibehesht", "خرداد khordad", "تیر tir"),
        *("مرداد امرداد mordad", "شهریور shahrivar", "مهر mehr", "آبان aban", "آذر azar"),
        *("دی dey", "بهمن bahman", "اسفند esfand"),
    ),
    "gregorian": (
        *("ژانویه january jan", "فوریه february feb", "مارس march mar", "آوریل april apr"),
        *("مه می may", "ژوئن june jun", "ژوئیه جولای july jul", "اوت آگوست august aug"),
        *("سپتامبر september sep sept", "اکتبر october oct", "نوامبر november nov"),
        "دسامبر december dec",
    ),
}
_MONTHS: dict[str, tuple[Calendar, int]] = {
    name: (calendar, number)
    for calendar, months in _NAMES.items()
    for number, names in enumerate(months, start=1)
    for name in names.split()
}
_WORDS = re.compile(r"[0-9]+|[^\W\d_]+")
_ORDINALS = ("st", "nd", "rd", "th", "ام", "م", "of", "ماه")


@dataclass(frozen=True, slots=True, kw_only=True)
class Birthday:
    """A day of the year in the calendar in which it is celebrated; the year may be untold."""

    calendar: Calendar
    month: int
    day: int
    year: int | None = None

    def stored(self) -> str:
        """As one word, to be sealed."""
        return f"{self.calendar}:{self.year or 0}-{self.month}-{self.day}"

    @classmethod
    def read(cls, stored: str) -> "Birthday":
        """What stored() gave."""
        calendar, _, rest = stored.partition(":")
        year, month, day = (int(part) for part in rest.split("-"))
        known: Calendar = "jalali" if calendar == "jalali" else "gregorian"
        return cls(calendar=known, month=month, day=day, year=year or None)


def parse_birthday(text: str, today: date) -> Birthday:
    """The birthday that a person typed: "۱۵ مهر ۱۳۷۰", 1370/7/15, 1991-10-07, "7 Oct", ….

    Raises BadBirthday for anything else: days that do not exist or lie ahead, and figures alone
    that could be two different days.
    """
    refusal = BadBirthday(text=text[:32])
    folded = plain_digits(text).replace("\u200c", " ").casefold()
    parts = [part for part in _WORDS.findall(folded) if part not in _ORDINALS]
    numbers = [int(part) for part in parts if part.isdecimal()]
    names = [part.removesuffix("ماه") for part in parts if not part.isdecimal()]
    if any(name not in _MONTHS for name in names) or len(names) > 1 or "-" in folded[:1]:
        raise refusal
    told = _by_name(*_MONTHS[names[0]], numbers) if names else _by_figures(numbers)
    if told is None or not _exists(told) or _out_of_life(told, today):
        raise refusal
    return told


def both_ways(birthday: Birthday, today: date) -> dict[Calendar, tuple[int, int]]:
    """Month and day in each calendar; without a year, as they fall this year."""
    year = birthday.year or _year_of(today, birthday.calendar)
    day = _gregorian(birthday.calendar, year, birthday.month, birthday.day)
    jalali = JalaliDate(day)
    told = (birthday.month, birthday.day)
    return {
        "jalali": told if birthday.calendar == "jalali" else (jalali.month, jalali.day),
        "gregorian": told if birthday.calendar == "gregorian" else (day.month, day.day),
    }


def celebrated(calendar: Calendar, day: date) -> tuple[int, range]:
    """Month and days of it that are celebrated on this day.

    On a month's last day also those that it has in other years only: 29 February, 30 Esfand.
    """
    if calendar == "jalali":
        shown = JalaliDate(day)
        year, month, number = shown.year, shown.month, shown.day
    else:
        year, month, number = day.year, day.month, day.day
    last = _days_in(calendar, year, month)
    longest = _days_in(calendar, LEAP_YEARS[calendar], month)
    return month, range(number, (longest if number == last else number) + 1)


def _by_name(calendar: Calendar, month: int, numbers: list[int]) -> Birthday | None:
    """A month by its name, the day, and perhaps the year, in any order."""
    days = [number for number in numbers if number <= 31]
    years = [number for number in numbers if number > 31]
    if len(days) != 1 or len(years) > 1:
        return None
    year = years[0] if years else None
    if year is not None and _calendar_of(year) != calendar:
        return None
    return Birthday(calendar=calendar, month=month, day=days[0], year=year)


def _by_figures(numbers: list[int]) -> Birthday | None:
    """Year, month, day; or day, month, year where the year stands last."""
    if len(numbers) != 3:
        return None
    first, month, last = numbers
    year, day = (first, last) if first > 31 else (last, first)
    calendar = _calendar_of(year)
    if calendar is None:
        return None
    if year == last and calendar == "gregorian" and day <= 12 and month <= 12 and day != month:
        return None  # 7/10/1991 is one day in Europe and another in America.
    return Birthday(calendar=calendar, month=month, day=day, year=year)


def _calendar_of(year: int) -> Calendar | None:
    """Which calendar counts such years, for people who are alive."""
    if 1250 <= year <= 1500:
        return "jalali"
    return "gregorian" if 1870 <= year <= 2150 else None


def _exists(told: Birthday) -> bool:
    if not 1 <= told.month <= 12:
        return False
    year = told.year or LEAP_YEARS[told.calendar]
    return 1 <= told.day <= _days_in(told.calendar, year, told.month)


def _out_of_life(told: Birthday, today: date) -> bool:
    if told.year is None:
        return False
    born = _gregorian(told.calendar, told.year, told.month, told.day)
    return born > today or today.year - born.year > OLDEST_YEARS


def _year_of(today: date, calendar: Calendar) -> int:
    return int(JalaliDate(today).year) if calendar == "jalali" else today.year


def _days_in(calendar: Calendar, year: int, month: int) -> int:
    if calendar == "jalali":
        return int(JalaliDate.days_in_month(month, year))
    return monthrange(year, month)[1]


def _gregorian(calendar: Calendar, year: int, month: int, day: int) -> date:
    """That day; one that the month lacks becomes its last."""
    day = min(day, _days_in(calendar, year, month))
    if calendar == "gregorian":
        return date(year, month, day)
    found: date = JalaliDate(year, month, day).to_gregorian()
    return found
