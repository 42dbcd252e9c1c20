"""Days and months, Jalali and Gregorian, in the club's zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from club.calendar import Calendar, add_months, day_end, local_day

TEHRAN = ZoneInfo("Asia/Tehran")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("day", "months", "calendar", "later"),
    [
        (date(2025, 1, 31), 1, "gregorian", date(2025, 2, 28)),
        (date(2024, 1, 31), 1, "gregorian", date(2024, 2, 29)),
        (date(2025, 11, 15), 14, "gregorian", date(2027, 1, 15)),
        (date(2025, 4, 20), 6, "jalali", date(2025, 10, 22)),  # 31 Farvardin → 30 Mehr.
        (date(2025, 3, 21), 12, "jalali", date(2026, 3, 21)),  # 1 Farvardin 1404 → 1405.
        (date(2025, 3, 20), 12, "jalali", date(2026, 3, 20)),  # 30 Esfand 1403 (leap) → 29 Esfand.
        (date(2025, 2, 28), 12, "jalali", date(2026, 3, 1)),  # 10 Esfand of a leap year and after.
    ],
)
def test_months_are_added(day: date, months: int, calendar: Calendar, later: date) -> None:
    assert add_months(day, months, calendar) == later


def test_a_day_is_the_day_of_the_clubs_zone() -> None:
    late = datetime(2025, 10, 4, 20, 31, tzinfo=UTC)
    assert local_day(late, TEHRAN) == date(2025, 10, 5)
    assert local_day(late, NEW_YORK) == date(2025, 10, 4)


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        (date(2025, 10, 4), TEHRAN, datetime(2025, 10, 4, 20, 30, tzinfo=UTC)),
        (date(2025, 3, 9), NEW_YORK, datetime(2025, 3, 10, 4, 0, tzinfo=UTC)),  # Clocks go on.
        (date(2025, 11, 2), NEW_YORK, datetime(2025, 11, 3, 5, 0, tzinfo=UTC)),  # Clocks go back.
        (date(2021, 3, 21), TEHRAN, datetime(2021, 3, 21, 20, 30, tzinfo=UTC)),  # There is no 0:00.
        (date(2021, 3, 22), TEHRAN, datetime(2021, 3, 22, 19, 30, tzinfo=UTC)),  # Summer time.
    ],
)
def test_a_day_ends_at_local_midnight(day: date, zone: ZoneInfo, end: datetime) -> None:
    assert day_end(day, zone) == end
