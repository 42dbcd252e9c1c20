"""At which moments the club acts by itself."""

from datetime import UTC, datetime

import pytest

from club.programme import parse_programme
from club.ticks import Job, due_ticks, next_tick

TEXT = """
[club]
name = {{ fa = "کتاب", en = "Books" }}
currency = "IRT"
typical_amount = 100000
zone = "{zone}"
[[rules]]
key = "purchase"
name = {{ fa = "خرید", en = "Purchase" }}
on = "purchase"
points = 10
per = 100000
[notices]
hour = {hour}
[[ladders]]
key = "readers"
name = {{ fa = "خواننده‌ها", en = "Readers" }}
measure = "points"
[[ladders.tiers]]
key = "member"
name = {{ fa = "عضو", en = "Member" }}
from = 0
"""


def moment(text: str) -> datetime:
    """A moment in UTC, unless the text says otherwise."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("job", "zone", "hour", "last", "now", "ticks"),
    [
        (
            Job.EXPIRE_LOTS,
            "Asia/Tehran",
            10,
            "2025-10-03T12:00",
            "2025-10-05T20:34",  # A minute before the third night.
            ["2025-10-03T20:35", "2025-10-04T20:35"],
        ),
        (Job.EXPIRE_LOTS, "Asia/Tehran", 10, "2025-10-03T20:35", "2025-10-04T20:34", []),
        (
            Job.EXPIRE_LOTS,
            "Asia/Tehran",
            10,
            "2025-10-03T20:35",
            "2025-10-04T20:35",  # On the second.
            ["2025-10-04T20:35"],
        ),
        (
            Job.EXPIRY_NOTICES,
            "Asia/Tehran",
            10,
            "2025-10-03T20:35",
            "2025-10-04T06:30",
            ["2025-10-04T06:30"],
        ),
        (Job.EXPIRY_NOTICES, "UTC", 9, "2025-10-03T09:00", "2025-10-02T09:00", []),  # Back in time.
        (
            Job.EXPIRE_LOTS,
            "Asia/Tehran",
            10,
            "2021-03-20T21:00",
            "2021-03-23T12:00",  # 22 March began at one o'clock there: it comes at five past one.
            ["2021-03-21T20:35", "2021-03-22T19:35"],
        ),
        (
            Job.EXPIRY_NOTICES,
            "Europe/Berlin",
            2,
            "2025-10-25T12:00",
            "2025-10-26T12:00",  # Two o'clock came twice.
            ["2025-10-26T00:00", "2025-10-26T01:00"],
        ),
        (
            Job.EXPIRY_NOTICES,
            "Europe/Berlin",
            2,
            "2026-03-28T12:00",
            "2026-03-30T12:00",  # Two o'clock did not come: it was three.
            ["2026-03-29T01:00", "2026-03-30T00:00"],
        ),
        (
            Job.EXPIRE_LOTS,
            "Pacific/Apia",
            10,
            "2011-12-29T12:00",
            "2011-12-31T12:00",  # 30 December was left out there.
            ["2011-12-30T10:05", "2011-12-31T10:05"],
        ),
    ],
)
def test_ticks_are_due_in_order(
    job: Job, zone: str, hour: int, last: str, now: str, ticks: list[str]
) -> None:
    programme = parse_programme(TEXT.format(zone=zone, hour=hour))
    found = due_ticks(job, programme, moment(last), moment(now))
    assert found == [moment(tick) for tick in ticks]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tehran", "America/Havana"])
@pytest.mark.parametrize("hour", [0, 2, 23])
def test_asked_one_by_one_the_ticks_are_the_same(zone: str, hour: int) -> None:
    programme = parse_programme(TEXT.format(zone=zone, hour=hour))
    last, now = moment("2020-12-31T12:00"), moment("2021-12-31T12:00")
    ticks = due_ticks(Job.EXPIRY_NOTICES, programme, last, now)
    assert ticks == sorted(set(ticks))
    assert len(ticks) in (365, 366)  # Each day has one, and one may have two.
    for tick in ticks:
        last = next_tick(Job.EXPIRY_NOTICES, programme, last)
        assert last == tick


def test_the_next_tick_is_after_a_booked_one() -> None:
    programme = parse_programme(TEXT.format(zone="UTC", hour=9))
    first = next_tick(Job.EXPIRY_NOTICES, programme, moment("2025-10-03T08:59:59"))
    assert first == moment("2025-10-03T09:00")
    assert next_tick(Job.EXPIRY_NOTICES, programme, first) == moment("2025-10-04T09:00")
