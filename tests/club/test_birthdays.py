"""Birthdays as people type them, and the days on which they are celebrated."""

from datetime import date

import pytest
from persiantools.jdatetime import JalaliDate

from club.birthdays import Birthday, both_ways, celebrated, parse_birthday
from club.calendar import Calendar
from club.misreadings import BadBirthday

TODAY = date(2025, 10, 4)  # 12 Mehr 1404.


@pytest.mark.parametrize(
    ("typed", "calendar", "year", "month", "day"),
    [
        ("۱۵ مهر ۱۳۷۰", "jalali", 1370, 7, 15),
        ("١٥ مهر", "jalali", None, 7, 15),
        ("15 Mehr 1370", "jalali", 1370, 7, 15),
        ("۱۵ مهرماه ۱۳۷۰", "jalali", 1370, 7, 15),
        ("1370/7/15", "jalali", 1370, 7, 15),
        ("15.7.1370", "jalali", 1370, 7, 15),
        ("۳۰ اسفند", "jalali", None, 12, 30),
        ("1991-10-07", "gregorian", 1991, 10, 7),
        ("7 Oct 1991", "gregorian", 1991, 10, 7),
        ("October 7th, 1991", "gregorian", 1991, 10, 7),
        ("۷ اکتبر ۱۹۹۱", "gregorian", 1991, 10, 7),
        ("29 February", "gregorian", None, 2, 29),
        ("27/10/1991", "gregorian", 1991, 10, 27),
        ("2025-10-04", "gregorian", 2025, 10, 4),
    ],
)
def test_a_birthday_is_read(
    typed: str, calendar: Calendar, year: int | None, month: int, day: int
) -> None:
    told = Birthday(calendar=calendar, year=year, month=month, day=day)
    assert parse_birthday(typed, TODAY) == told
    assert Birthday.read(told.stored()) == told


@pytest.mark.parametrize(
    "typed",
    [
        *("", "hello", "12", "15 7", "31 مهر", "31 Feb", "30 اسفند 1400", "29 Feb 1991"),
        *("2025-10-05", "1404/7/13", "1890-01-01", "7/10/1991", "15 مهر 1991", "7 Oct 1370"),
        *("1370/13/1", "1370/0/5", "0 Oct", "-5 Oct", "15 مهر آبان", "مهر ۱۳۷۰", "1 2 3 Oct"),
    ],
)
def test_what_is_no_day_or_two_days_is_refused(typed: str) -> None:
    with pytest.raises(BadBirthday):
        parse_birthday(typed, TODAY)


def test_a_day_stands_in_both_calendars() -> None:
    told = parse_birthday("۱۵ مهر ۱۳۷۰", TODAY)
    assert both_ways(told, TODAY) == {"jalali": (7, 15), "gregorian": (10, 7)}
    leap = parse_birthday("29 Feb", TODAY)
    assert both_ways(leap, TODAY)["gregorian"] == (2, 29), "as told, in a year without it too"


@pytest.mark.parametrize(
    ("calendar", "day", "month", "days"),
    [
        ("gregorian", date(2025, 2, 27), 2, [27]),
        ("gregorian", date(2025, 2, 28), 2, [28, 29]),
        ("gregorian", date(2024, 2, 28), 2, [28]),
        ("gregorian", date(2024, 2, 29), 2, [29]),
        ("gregorian", date(2025, 4, 30), 4, [30]),
        ("jalali", JalaliDate(1404, 12, 29).to_gregorian(), 12, [29, 30]),
        ("jalali", JalaliDate(1403, 12, 29).to_gregorian(), 12, [29]),
        ("jalali", JalaliDate(1403, 12, 30).to_gregorian(), 12, [30]),
    ],
)
def test_a_day_that_other_years_have_is_celebrated_on_the_months_last(
    calendar: Calendar, day: date, month: int, days: list[int]
) -> None:
    found_month, found = celebrated(calendar, day)
    assert (found_month, list(found)) == (month, days)
