"""How long points live: four models, two calendars, and zones whose days are not 24 hours."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from club.calendar import Calendar
from club.expiry import Expiry, expiry_of

TEHRAN, BERLIN = ZoneInfo("Asia/Tehran"), ZoneInfo("Europe/Berlin")


def day(text: str, zone: ZoneInfo = TEHRAN, hour: int = 12) -> datetime:
    """That hour of the local day."""
    return datetime.fromisoformat(text).replace(hour=hour, tzinfo=zone).astimezone(UTC)


def last_day(at: datetime, rules: Expiry, calendar: Calendar, zone: ZoneInfo = TEHRAN) -> str:
    """The local day on whose end the points expire, to the second."""
    expires_at = expiry_of(at, rules, calendar, zone)
    assert expires_at is not None
    local = expires_at.astimezone(zone)
    assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    before = datetime.fromtimestamp(expires_at.timestamp() - 1, zone)
    return before.date().isoformat()


@pytest.mark.parametrize(
    ("begins", "rules", "calendar", "ends"),
    [
        ("2025-01-31", Expiry(months=1), "gregorian", "2025-02-28"),
        ("2024-01-31", Expiry(months=1), "gregorian", "2024-02-29"),
        ("2025-10-04", Expiry(months=12), "jalali", "2026-10-04"),
        ("2025-09-22", Expiry(months=1), "jalali", "2025-10-22"),  # 31 Shahrivar → 30 Mehr.
        ("2025-08-22", Expiry(months=7), "jalali", "2026-03-20"),  # 31 Mordad → 29 Esfand 1404.
        ("2024-08-21", Expiry(months=7), "jalali", "2025-03-20"),  # 31 Mordad → 30 Esfand 1403.
        ("2025-03-20", Expiry(months=12), "jalali", "2026-03-20"),  # 30 Esfand 1403 → 29 Esfand.
        ("2025-10-04", Expiry(days=90), "jalali", "2026-01-02"),
        ("2025-10-04", Expiry(days=1), "gregorian", "2025-10-05"),
        ("2025-10-04", Expiry(model="period_end", period="month"), "jalali", "2025-11-21"),
        ("2025-10-04", Expiry(model="period_end", period="month", after=0), "jalali", "2025-10-22"),
        ("2025-10-22", Expiry(model="period_end", period="month", after=0), "jalali", "2025-10-22"),
        (
            "2025-10-04",
            Expiry(model="period_end", period="season", after=0),
            "jalali",
            "2025-12-21",
        ),
        ("2025-10-04", Expiry(model="period_end", period="season"), "jalali", "2026-03-20"),
        ("2025-10-04", Expiry(model="period_end", period="year", after=0), "jalali", "2026-03-20"),
        ("2024-10-04", Expiry(model="period_end", period="year", after=0), "jalali", "2025-03-20"),
        ("2025-10-04", Expiry(model="period_end", period="year"), "gregorian", "2026-12-31"),
        ("2025-12-31", Expiry(model="period_end", period="month"), "gregorian", "2026-01-31"),
        (
            "2025-05-04",
            Expiry(model="period_end", period="season", after=0),
            "gregorian",
            "2025-06-30",
        ),
        (
            "2025-10-04",
            Expiry(model="inactivity", months=6, extended_by=("purchase",)),
            "jalali",
            "2026-04-01",
        ),
    ],
)
def test_points_live_to_the_end_of_a_local_day(
    begins: str, rules: Expiry, calendar: Calendar, ends: str
) -> None:
    for hour in (0, 12, 23):
        assert last_day(day(begins, hour=hour), rules, calendar) == ends


def test_a_day_of_the_zone_may_have_23_or_25_hours() -> None:
    rules = Expiry(days=1)
    for begins, ends in (("2025-03-29", "2025-03-30"), ("2025-10-25", "2025-10-26")):
        assert last_day(day(begins, BERLIN), rules, "gregorian", BERLIN) == ends


def test_points_may_live_for_ever() -> None:
    assert expiry_of(day("2025-10-04"), Expiry(model="never"), "jalali", TEHRAN) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "months = 12, or days = 90"),
        ({"months": 1, "days": 1}, "one only"),
        ({"model": "never", "months": 1}, "no months"),
        ({"model": "period_end"}, "wants period"),
        ({"model": "period_end", "period": "month", "days": 3}, "no months and no days"),
        ({"months": 1, "period": "month"}, "belong to model"),
        ({"months": 1, "after": 1}, "belong to model"),
        ({"model": "inactivity", "months": 1}, "extended_by"),
        ({"months": 1, "extended_by": ["visit"]}, "extended_by"),
        ({"months": 1, "extended_by": ["sleep"]}, "extended_by"),
    ],
)
def test_a_wrong_table_is_told_how_it_is_right(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Expiry.model_validate(wrong)
