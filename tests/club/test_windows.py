"""What ladders count on a day: both calendars, leap years, a zone with summer time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from club.ladders import Rolling
from club.windows import begins, judged_on, lapses_on, window_on
from tests.club.rungs import ladder, programme

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("calendar", "day", "first", "following"),
    [
        ("gregorian", date(2025, 12, 31), date(2025, 1, 1), date(2026, 1, 1)),
        ("gregorian", date(2026, 1, 1), date(2026, 1, 1), date(2027, 1, 1)),
        ("jalali", date(2025, 3, 20), date(2024, 3, 20), date(2025, 3, 21)),  # 30 Esfand 1403.
        ("jalali", date(2025, 3, 21), date(2025, 3, 21), date(2026, 3, 21)),  # 1 Farvardin 1404.
        ("jalali", date(2026, 3, 20), date(2025, 3, 21), date(2026, 3, 21)),  # 29 Esfand 1404.
        ("jalali", date(2029, 3, 20), date(2029, 3, 20), date(2030, 3, 21)),  # 1408 is leap.
    ],
)
def test_a_year(calendar: str, day: date, first: date, following: date) -> None:
    club = programme(calendar=calendar)
    window = window_on(day, ladder(0, 1, over="year"), club)
    assert (window.start, window.end) == (begins(first, club), begins(following, club))


@pytest.mark.parametrize(
    ("calendar", "over", "day", "oldest"),
    [
        ("gregorian", {"days": 30}, date(2025, 10, 31), date(2025, 10, 1)),
        ("gregorian", {"months": 1}, date(2025, 2, 28), date(2025, 1, 28)),
        # 29, 30 and 31 Jan all count through 28 Feb; on 1 Mar February counts.
        ("gregorian", {"months": 1}, date(2025, 3, 1), date(2025, 2, 1)),
        ("gregorian", {"months": 12}, date(2024, 2, 29), date(2023, 3, 1)),
        ("gregorian", {"months": 12}, date(2025, 2, 28), date(2024, 2, 28)),
        ("jalali", {"months": 1}, date(2025, 10, 22), date(2025, 9, 21)),  # 30 Mehr: 30 Shahrivar.
        ("jalali", {"months": 12}, date(2026, 3, 20), date(2025, 3, 19)),  # 29 Esfand 1404.
    ],
)
def test_what_rolls(calendar: str, over: dict[str, int], day: date, oldest: date) -> None:
    club = programme(calendar=calendar)
    rolling = ladder(0, 1, over=over)
    assert window_on(day, rolling, club).start == begins(oldest, club)
    assert lapses_on(begins(oldest, club), rolling, club) > day
    assert lapses_on(begins(oldest, club) - DAY, rolling, club) <= day


@pytest.mark.parametrize("over", [{"days": 7}, {"months": 1}, {"months": 12}])
@pytest.mark.parametrize("calendar", ["gregorian", "jalali"])
def test_a_deed_counts_until_it_lapses(calendar: str, over: dict[str, int]) -> None:
    """The two ways to ask are one: on every day of four years."""
    club, rolling = programme(calendar=calendar), ladder(0, 1, over=over)
    for count in range(4 * 366):
        deed = date(2023, 12, 1) + count * DAY
        at = begins(deed, club) + timedelta(hours=13)
        last = lapses_on(at, rolling, club) - DAY
        assert window_on(last, rolling, club).holds(at)
        assert not window_on(last + DAY, rolling, club).holds(at)


def test_days_are_those_of_a_zone_with_summer_time() -> None:
    club = programme(zone="Europe/Berlin")
    week = ladder(0, 1, over=Rolling(days=7))
    window = window_on(date(2025, 4, 1), week, club)
    assert window.start == datetime(2025, 3, 24, 23, 0, tzinfo=UTC)  # Midnight in winter time,
    assert begins(date(2025, 4, 1), club) == datetime(2025, 3, 31, 22, 0, tzinfo=UTC)  # in summer.
    autumn = window_on(date(2025, 10, 27), week, club)
    assert autumn.start == datetime(2025, 10, 19, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "grace", "start", "end"),
    [
        (date(2026, 1, 1), 0, date(2025, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 1), 14, date(2025, 1, 1), date(2026, 1, 15)),
        (date(2025, 12, 31), 14, date(2024, 1, 1), date(2025, 1, 15)),
    ],
)
def test_a_year_is_judged_with_its_grace(day: date, grace: int, start: date, end: date) -> None:
    club = programme()
    rules: dict[str, Any] = {"over": "year", "demotion": "period_end", "grace_days": grace}
    window = judged_on(day, ladder(0, 1, **rules), club)
    assert (window.start, window.end) == (begins(start, club), begins(end, club))
