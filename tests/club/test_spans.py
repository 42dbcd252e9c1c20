"""Spans of local days: where weeks, months, seasons and years begin, and how long they are."""

from datetime import date

import pytest
from persiantools.jdatetime import JalaliDate

from club.calendar import Calendar
from club.spans import Span, span_of

LEAP = (
    *(1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408),
    *(1412, 1416, 1420, 1424, 1428, 1432, 1436, 1441),
)


@pytest.mark.parametrize("year", range(1375, 1442))
def test_jalali_years_are_as_long_as_they_are(year: int) -> None:
    first, end = span_of(JalaliDate(year, 7, 1).to_gregorian(), "year", "jalali")
    assert first == JalaliDate(year, 1, 1).to_gregorian()
    assert (end - first).days == (366 if year in LEAP else 365)
    last, after = span_of(JalaliDate(year, 12, 29).to_gregorian(), "month", "jalali")
    assert (after - last).days == (30 if year in LEAP else 29)


@pytest.mark.parametrize("month", range(1, 13))
def test_jalali_months_have_31_30_and_29_days(month: int) -> None:
    first, end = span_of(JalaliDate(1404, month, 15).to_gregorian(), "month", "jalali")
    assert first == JalaliDate(1404, month, 1).to_gregorian()
    assert (end - first).days == (31 if month <= 6 else 30 if month <= 11 else 29)
    assert span_of(first, "month", "jalali") == (first, end)


@pytest.mark.parametrize(
    ("day", "span", "calendar", "first", "end"),
    [
        ("2026-05-08", "day", "jalali", "2026-05-08", "2026-05-09"),
        ("2026-05-08", "week", "jalali", "2026-05-02", "2026-05-09"),
        ("2026-05-09", "week", "jalali", "2026-05-09", "2026-05-16"),
        ("2026-05-10", "week", "gregorian", "2026-05-04", "2026-05-11"),
        ("2026-05-11", "week", "gregorian", "2026-05-11", "2026-05-18"),
        ("2026-03-20", "season", "jalali", "2025-12-22", "2026-03-21"),
        ("2026-03-21", "season", "jalali", "2026-03-21", "2026-06-22"),
        ("2026-03-31", "season", "gregorian", "2026-01-01", "2026-04-01"),
        ("2024-02-29", "month", "gregorian", "2024-02-01", "2024-03-01"),
        ("2026-12-31", "year", "gregorian", "2026-01-01", "2027-01-01"),
    ],
)
def test_a_span_holds_its_day(
    day: str, span: Span, calendar: Calendar, first: str, end: str
) -> None:
    found = span_of(date.fromisoformat(day), span, calendar)
    assert found == (date.fromisoformat(first), date.fromisoformat(end))
