"""When it is quiet, and when a promotion must stop by itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from club.campaigns import Stop
from club.letters import LetterState
from club.programme import ProgrammeFault, parse_programme
from club.promotions import DAY_MINUTES, Promotions, Quiet
from tests.club.test_programme import SHOP

TEHRAN = ZoneInfo("Asia/Tehran")
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Quiet(22 * 60, 9 * 60)
NOON = Quiet(13 * 60, 14 * 60)


def at(text: str, zone: ZoneInfo = TEHRAN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("quiet", "moment", "end"),
    [
        (NIGHT, "2025-10-04 21:59:59", None),
        (NIGHT, "2025-10-04 22:00:00", "2025-10-05 09:00"),
        (NIGHT, "2025-10-05 00:00:00", "2025-10-05 09:00"),
        (NIGHT, "2025-10-05 08:59:59", "2025-10-05 09:00"),
        (NIGHT, "2025-10-05 09:00:00", None),
        (NOON, "2025-10-04 12:59:59", None),
        (NOON, "2025-10-04 13:00:00", "2025-10-04 14:00"),
        (NOON, "2025-10-04 14:00:00", None),
    ],
)
def test_the_quiet_ends(quiet: Quiet, moment: str, end: str | None) -> None:
    assert quiet.end_after(at(moment), TEHRAN) == (at(end) if end else None)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_a_night_with_another_length_ends_by_the_clock_on_the_wall(day: str) -> None:
    evening = at(f"{day} 23:00", BERLIN)
    end = NIGHT.end_after(evening, BERLIN)
    assert end is not None
    assert end.astimezone(BERLIN).strftime("%H:%M") == "09:00"
    assert end - evening < timedelta(hours=24)


@pytest.mark.parametrize(
    ("zone", "moment", "end"),
    [
        (BERLIN, "2026-10-25T02:10+02:00", "2026-10-25T02:30+02:00"),
        (BERLIN, "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
        (BERLIN, "2026-10-25T02:30+01:00", None),
        (TEHRAN, "2018-09-21T23:10+03:30", "2018-09-21T23:30+03:30"),
    ],
)
def test_in_an_hour_that_comes_twice_the_end_lies_ahead(
    zone: ZoneInfo, moment: str, end: str | None
) -> None:
    quiet = Quiet(22 * 60, 23 * 60 + 30) if zone is TEHRAN else Quiet(22 * 60, 2 * 60 + 30)
    for now in (datetime.fromisoformat(moment), datetime.fromisoformat(moment).astimezone(zone)):
        found = quiet.end_after(now, zone)
        assert (found and found.astimezone(UTC)) == (end and datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("start", "until", "minutes"), [(0, 1, 1), (22 * 60, 540, 660), (1, 0, 1439)]
)
def test_a_quiet_holds_for_so_many_minutes_of_the_day(start: int, until: int, minutes: int) -> None:
    quiet = Quiet(start, until)
    assert quiet.minutes == minutes
    assert sum(quiet.holds(minute) for minute in range(DAY_MINUTES)) == minutes


def test_who_keeps_no_hours_has_none() -> None:
    assert Quiet.of(None, None) is None
    assert Quiet.of(60, 120) == Quiet(60, 120)


SENT, BLOCKED, FAILED = LetterState.SENT, LetterState.UNREACHABLE, LetterState.FAILED


@pytest.mark.parametrize(
    ("ends", "why"),
    [
        ({}, None),
        ({BLOCKED: 49}, None),
        ({BLOCKED: 50}, Stop.BLOCKED),
        ({SENT: 75, BLOCKED: 25}, None),
        ({SENT: 74, BLOCKED: 26}, Stop.BLOCKED),
        ({SENT: 95, FAILED: 5}, None),
        ({SENT: 94, FAILED: 6}, Stop.FAILED),
        ({LetterState.UNKNOWN: 94, FAILED: 6}, Stop.FAILED),
        ({LetterState.SKIPPED: 1000, LetterState.EXPIRED: 1000, BLOCKED: 49}, None),
    ],
)
def test_a_promotion_that_goes_wrong_stops(ends: dict[LetterState, int], why: Stop | None) -> None:
    assert Promotions().stop(ends) is why


@pytest.mark.parametrize(
    ("quiet", "said"),
    [
        ('["22:00"]', "write from and until like"),
        ('["22:00", "25:00"]', "write from and until like"),
        ('["22:00", "22:00"]', "write from and until like"),
        ('"22:00"', "write from and until like"),
        ('["09:00", "09:30"]', None),
    ],
)
def test_the_file_names_quiet_hours_by_the_clock(quiet: str, said: str | None) -> None:
    text = SHOP.replace('# quiet = ["22:00", "09:00"]', f"quiet = {quiet}")
    assert text != SHOP
    if said is None:
        assert parse_programme(text).promotions.quiet == Quiet(540, 570)
        return
    with pytest.raises(ProgrammeFault) as refused:
        parse_programme(text)
    (fault,) = refused.value.faults
    assert fault.startswith("promotions.quiet: ")
    assert said in fault


def test_there_is_time_left_beside_the_quiet() -> None:
    assert Promotions(quiet=NIGHT, hours=12).window == timedelta(hours=12)
    with pytest.raises(ValidationError, match="let hours be more"):
        Promotions(quiet=NIGHT, hours=11)
