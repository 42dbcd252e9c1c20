"""When rules apply: on the edges of days, hours, weeks and birthdays, in both calendars."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from club.birthdays import Birthday
from club.calendar import Calendar
from club.conditions import Circumstances, in_birthday_week
from club.earning import awards_for
from tests.club.programmes import KNOWN, NOON, bought, programme, total

RATE: dict[str, Any] = {"points": 1, "per": 1}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "moment", "zone", "applies"),
    [
        ({"weekdays": ["friday"]}, "2026-05-08T00:00+03:30", "Asia/Tehran", True),
        ({"weekdays": ["friday"]}, "2026-05-07T23:59:59+03:30", "Asia/Tehran", False),
        ({"weekdays": ["friday"]}, "2026-05-08T23:59:59+03:30", "Asia/Tehran", True),
        ({"weekdays": ["friday"]}, "2026-05-09T00:00+03:30", "Asia/Tehran", False),
        ({"hours": [18, 24]}, "2026-05-08T18:00+03:30", "Asia/Tehran", True),
        ({"hours": [18, 24]}, "2026-05-08T17:59:59+03:30", "Asia/Tehran", False),
        ({"hours": [18, 24]}, "2026-05-09T00:00+03:30", "Asia/Tehran", False),
        ({"hours": [22, 2]}, "2026-05-09T01:59+03:30", "Asia/Tehran", True),  # Over midnight.
        ({"hours": [22, 2]}, "2026-05-09T02:00+03:30", "Asia/Tehran", False),
        ({"from": date(2026, 3, 21)}, "2026-03-21T00:00+03:30", "Asia/Tehran", True),
        ({"from": date(2026, 3, 21)}, "2026-03-20T23:59:59+03:30", "Asia/Tehran", False),
        ({"from": "1405-01-01"}, "2026-03-21T00:00+03:30", "Asia/Tehran", True),
        ({"until": "1405-01-31"}, "2026-04-20T23:59:59+03:30", "Asia/Tehran", True),
        ({"until": "1405-01-31"}, "2026-04-21T00:00+03:30", "Asia/Tehran", False),
        ({"until": "1403-12-30"}, "2025-03-20T23:59+03:30", "Asia/Tehran", True),  # Leap.
        # New York: the hour from one to two comes twice on 1 November, two to three never comes
        # on 8 March.
        ({"hours": [1, 2]}, "2026-11-01T05:30+00:00", "America/New_York", True),
        ({"hours": [1, 2]}, "2026-11-01T06:30+00:00", "America/New_York", True),
        ({"hours": [1, 2]}, "2026-11-01T07:00+00:00", "America/New_York", False),
        ({"hours": [2, 3]}, "2026-03-08T07:00+00:00", "America/New_York", False),
        ({"hours": [3, 4]}, "2026-03-08T07:00+00:00", "America/New_York", True),
        ({"weekdays": ["sunday"]}, "2026-11-02T04:59+00:00", "America/New_York", True),
        ({"weekdays": ["sunday"]}, "2026-11-02T05:00+00:00", "America/New_York", False),
    ],
)
def test_time_is_local(when: dict[str, Any], moment: str, zone: str, applies: bool) -> None:
    rules = programme(RATE | {"when": when}, zone=zone)
    assert bool(awards_for(bought(1, at(moment)), rules, KNOWN)) is applies


@pytest.mark.parametrize(
    ("when", "known", "applies"),
    [
        ({"tiers": ["gold", "vip"]}, {"tiers": {"main": "low", "vip": "vip"}}, True),
        ({"tiers": ["gold"]}, {"tiers": {"main": "low", "vip": "vip"}}, False),
        ({"tiers": ["gold"]}, {}, False),
        ({"tags": ["circle", "old"]}, {"tags": frozenset({"old"})}, True),
        ({"tags": ["circle"]}, {"tags": frozenset({"old"})}, False),
        ({"tags": ["#Old_Friend"]}, {"tags": frozenset({"old-friend"})}, True),
        ({"fields": {"language": "fa"}}, {"fields": {"language": "fa"}}, True),
        ({"fields": {"language": "fa", "source": "till"}}, {"fields": {"language": "fa"}}, False),
        ({"first_purchase": True}, {"first_purchase": True}, True),
        ({"first_purchase": True}, {}, False),
        ({"birthday_week": True}, {}, False),
        (
            {"birthday_week": True},
            {"birthday": Birthday(calendar="gregorian", month=5, day=9)},
            True,
        ),
        (
            {"birthday_week": True, "tags": ["x"]},
            {"birthday": Birthday(calendar="gregorian", month=5, day=9)},
            False,
        ),
    ],
)
def test_all_that_is_said_of_the_member_holds(
    when: dict[str, Any], known: dict[str, Any], applies: bool
) -> None:
    assert bool(total((RATE | {"when": when},), bought(1), Circumstances(**known))) is applies


@pytest.mark.parametrize(
    ("when", "order", "applies"),
    [
        ({"shops": ["Vanak", "web"]}, {"shop": "vanak"}, True),
        ({"shops": ["vanak"]}, {"shop": "web"}, False),
        ({"shops": ["vanak"]}, {}, False),
        ({"payments": ["online"]}, {"payment": "Online"}, True),
        ({"payments": ["online"], "shops": ["web"]}, {"payment": "online"}, False),
        ({"with": {"genres": ["a"]}}, {"genres": ("b", "a")}, True),
        ({"with": {"genres": ["a"]}}, {"genres": ("b",)}, False),
        ({"without": {"genres": ["a"]}}, {"genres": ("b", "a")}, False),
        ({"without": {"genres": ["a"]}}, {}, True),
    ],
)
def test_all_that_is_said_of_the_order_holds(
    when: dict[str, Any], order: dict[str, Any], applies: bool
) -> None:
    assert bool(total((RATE | {"when": when},), bought(1, **order))) is applies


@pytest.mark.parametrize(
    ("calendar", "month", "day", "first", "last"),
    [
        ("gregorian", 5, 9, "2026-05-06", "2026-05-12"),
        ("gregorian", 1, 1, "2025-12-29", "2026-01-04"),
        ("gregorian", 2, 29, "2026-02-25", "2026-03-03"),  # Celebrated on the 28th.
        ("gregorian", 2, 29, "2028-02-26", "2028-03-03"),
        ("jalali", 1, 1, "2026-03-18", "2026-03-24"),
        ("jalali", 6, 31, "2026-09-19", "2026-09-25"),
        ("jalali", 12, 30, "2025-03-17", "2025-03-23"),  # 1403 is a leap year …
        ("jalali", 12, 30, "2026-03-17", "2026-03-23"),  # … and 1404 is not: 29 Esfand.
    ],
)
def test_the_birthday_week_is_three_days_before_and_after(
    calendar: Calendar, month: int, day: int, first: str, last: str
) -> None:
    birthday = Birthday(calendar=calendar, month=month, day=day)
    start, end = date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()
    inside = [
        number
        for number in range(start - 20, end + 21)
        if in_birthday_week(birthday, date.fromordinal(number))
    ]
    assert inside == list(range(start, end + 1))


def test_the_birthday_week_is_local() -> None:
    rule = RATE | {"when": {"birthday_week": True}}
    known = Circumstances(birthday=Birthday(calendar="jalali", month=1, day=1))
    assert total((rule,), bought(1, at("2026-03-18T00:00+03:30")), known) == 1
    assert total((rule,), bought(1, at("2026-03-17T23:59+03:30")), known) == 0
    assert total((rule,), bought(1, NOON), known) == 0
