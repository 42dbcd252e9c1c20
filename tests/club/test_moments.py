"""A day and a time as people type them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from club.moments import BadMoment, read_moment

TEHRAN = ZoneInfo("Asia/Tehran")
NOW = datetime(2025, 10, 4, 9, 0, tzinfo=UTC)  # 12:30 on 12 Mehr 1404.
EVENING = datetime(2025, 10, 12, 15, 0, tzinfo=UTC)  # 18:30 on 20 Mehr 1404.


@pytest.mark.parametrize(
    "text",
    [
        "۱۴۰۴/۷/۲۰ ۱۸:۳۰",
        "1404-07-20 18:30",
        "20/7/1404 18:30",
        "۲۰ مهر ۱۸:۳۰",
        "۲۰ مهر ۱۴۰۴، ساعت ۱۸:۳۰",
        "20 Mehr 18:30",
        "2025-10-12 18:30",
        "٢٠٢٥/١٠/١٢ ١٨:٣٠",
        "12 Oct 2025, 18:30",
        "12 october at 18:30",
        "۱۲ اکتبر ۱۸:۳۰",
    ],
)
def test_either_calendar_in_any_digits(text: str) -> None:
    assert read_moment(text, TEHRAN, NOW) == EVENING


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12:31", datetime(2025, 10, 4, 9, 1, tzinfo=UTC)),
        ("امروز ساعت ۲۳:۵۹", datetime(2025, 10, 4, 20, 29, tzinfo=UTC)),
        ("tomorrow 0:00", datetime(2025, 10, 4, 20, 30, tzinfo=UTC)),
        ("پس‌فردا 9:00", datetime(2025, 10, 6, 5, 30, tzinfo=UTC)),
        ("1 Farvardin 9:00", datetime(2026, 3, 21, 5, 30, tzinfo=UTC)),  # Next year's.
        ("1 Jan 9:00", datetime(2026, 1, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_near_days_and_days_without_a_year(text: str, moment: datetime) -> None:
    assert read_moment(text, TEHRAN, NOW) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "12:30",  # Just over.
        "2025-10-03 18:30",
        "2026-10-06 18:30",  # More than a year ahead.
        "1404/7/20",  # No time.
        "1404/7/32 18:30",
        "1404/13/1 18:30",
        "20 مهرداد 18:30",
        "24:00",
        "18:60",
        "99999999999/1/1 18:30",
    ],
)
def test_what_cannot_be_read_or_is_over_is_refused(text: str) -> None:
    with pytest.raises(BadMoment):
        read_moment(text, TEHRAN, NOW)
