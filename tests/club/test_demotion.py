"""Coming down: retention, grace, warnings and forecasts, night by night."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from club.demotion import foreseen_window, judge, keeping_window
from club.forecasts import Deed, foresee, value_in
from club.ladders import Ladder
from club.programme import Programme
from club.tiers import Standing
from club.windows import begins
from tests.club.rungs import ladder, programme

NIGHT = timedelta(minutes=5)
CLUB = programme()
MONTH = ladder(
    *(0, 2, 4), over={"days": 30}, demotion="continuous", grace_days=10, warn_days=5, fall="all"
)
YEAR = ladder(0, 2, 4, over="year", demotion="period_end", grace_days=14, warn_days=30)


def bought(*days: date, club: Programme = CLUB) -> tuple[Deed, ...]:
    """A purchase at noon of each of these days."""
    noon = timedelta(hours=12)
    return tuple(Deed(of="purchases", at=begins(day, club) + noon, count=1) for day in days)


def nights(
    rungs: Ladder,
    standing: Standing,
    deeds: Sequence[Deed],
    first: date,
    last: date,
    club: Programme = CLUB,
) -> list[tuple[date, str]]:
    """What the reviews of these nights did: warned, or the tier after a fall."""
    told: list[tuple[date, str]] = []
    for count in range((last - first).days + 1):
        day = first + timedelta(days=count)
        at = begins(day, club) + NIGHT
        done = [deed for deed in deeds if deed.at < at]
        value = value_in(rungs, done, keeping_window(day, rungs, club))
        ahead = foreseen_window(day, rungs, club)
        soon = None if ahead is None else value_in(rungs, done, ahead)
        judged = judge(rungs, standing, value, soon, at, club)
        standing = judged.standing
        if judged.warned:
            told.append((day, "warned"))
        if judged.fell:
            told.append((day, standing.tier))
    return told


START = date(2025, 3, 1)
SINCE = begins(START, CLUB)
FOUR = bought(*(START for _ in range(4)))


@pytest.mark.parametrize(
    ("changes", "floor", "told"),
    [
        # Bought on 1 Mar: counts through 31 Mar; 1 to 10 Apr is grace; 11 Apr is a fall.
        ({}, None, [(date(2025, 4, 6), "warned"), (date(2025, 4, 11), "t0")]),
        ({}, "t1", [(date(2025, 4, 6), "warned"), (date(2025, 4, 11), "t1")]),
        ({}, "t2", []),
        ({"grace_days": 0}, None, [(date(2025, 3, 27), "warned"), (date(2025, 4, 1), "t0")]),
        ({"warn_days": 0}, None, [(date(2025, 4, 11), "t0")]),
        (
            {"fall": "one"},
            None,
            [
                (date(2025, 4, 6), "warned"),
                (date(2025, 4, 11), "t1"),
                (date(2025, 4, 17), "warned"),
                (date(2025, 4, 22), "t0"),
            ],
        ),
    ],
)
def test_a_month_without_purchases(
    changes: dict[str, Any], floor: str | None, told: list[tuple[date, str]]
) -> None:
    rungs = MONTH.model_copy(update=changes)
    standing = Standing(tier="t2", floor=floor, since=SINCE)
    assert nights(rungs, standing, FOUR, START + timedelta(days=1), date(2025, 6, 1)) == told


def test_what_is_made_up_in_the_grace_days_keeps_the_tier() -> None:
    again = bought(*(date(2025, 4, 10) for _ in range(4)))
    standing = Standing(tier="t2", since=SINCE)
    told = nights(MONTH, standing, (*FOUR, *again), date(2025, 3, 2), date(2025, 5, 9))
    assert told == [(date(2025, 4, 6), "warned")]


@pytest.mark.parametrize(
    ("calendar", "end"),
    [
        ("gregorian", date(2026, 1, 1)),
        ("jalali", date(2026, 3, 21)),  # 1 Farvardin 1405.
    ],
)
def test_a_tier_is_kept_through_the_year_after(calendar: str, end: date) -> None:
    club = programme(calendar=calendar)
    deeds = bought(*(date(2025, 4, 1) for _ in range(4)), club=club)
    standing = Standing(tier="t2", since=begins(date(2025, 4, 1), club))
    grace = end + timedelta(days=14)
    following = end.replace(year=2027) + timedelta(days=14)
    assert nights(YEAR, standing, deeds, date(2025, 4, 2), grace, club) == []
    told = nights(YEAR, standing, deeds, grace, following + timedelta(days=30), club)
    assert told == [(following - timedelta(days=30), "warned"), (following, "t0")]


def test_the_grace_days_count_for_the_year_before() -> None:
    deeds = bought(date(2025, 4, 1), date(2025, 4, 1), date(2026, 1, 14))
    rungs = YEAR.model_copy(update={"tiers": ladder(0, 3).tiers})
    standing = Standing(tier="t1", since=begins(date(2025, 4, 1), CLUB))
    told = nights(rungs, standing, deeds, date(2025, 4, 2), date(2026, 11, 1))
    assert [what for _, what in told] == ["warned"]  # A day later it would have been a fall.
    late = (*deeds[:2], *bought(date(2026, 1, 15)))
    told = nights(rungs, standing, late, date(2025, 4, 2), date(2026, 11, 1))
    assert told[-1] == (date(2026, 1, 15), "t0")


def _at(day: date) -> datetime:
    return begins(day, CLUB) + timedelta(hours=9)


@pytest.mark.parametrize(
    ("rungs", "standing", "deeds", "day", "fall"),
    [
        # (tier below, when, what keeps the present one)
        (MONTH, Standing(tier="t2", since=SINCE), FOUR, START, ("t0", date(2025, 4, 11), 4)),
        (
            MONTH,
            Standing(tier="t2", since=SINCE),
            (*FOUR[:2], *bought(date(2025, 3, 10), date(2025, 3, 20))),
            date(2025, 3, 21),
            ("t0", date(2025, 4, 11), 3),  # One of the later two lapses in the days of grace.
        ),
        (
            MONTH,  # In the grace days.
            Standing(tier="t2", since=SINCE, falls_at=begins(date(2025, 4, 11), CLUB)),
            FOUR,
            date(2025, 4, 5),
            ("t0", date(2025, 4, 11), 4),
        ),
        (MONTH, Standing(tier="t0", since=SINCE), FOUR, START, None),
        (MONTH, Standing(tier="t1", floor="t1", since=SINCE), (), START, None),
        (YEAR, Standing(tier="t2", since=SINCE), FOUR, START, None),  # Kept through next year.
        (
            YEAR,
            Standing(tier="t2", since=SINCE),
            (*FOUR, *bought(date(2026, 2, 1), date(2026, 2, 1))),
            date(2026, 3, 1),
            ("t1", date(2027, 1, 15), 2),
        ),
        (
            YEAR,  # Judged, and still in the grace days.
            Standing(tier="t2", since=SINCE, falls_at=begins(date(2027, 1, 15), CLUB)),
            FOUR,
            date(2027, 1, 5),
            ("t0", date(2027, 1, 15), 4),
        ),
        (ladder(0, 2), Standing(tier="t1"), (), START, None),
    ],
)
def test_a_forecast(
    rungs: Ladder,
    standing: Standing,
    deeds: Sequence[Deed],
    day: date,
    fall: tuple[str, date, int] | None,
) -> None:
    seen = foresee(rungs, standing, deeds, _at(day), CLUB)
    if fall is None:
        assert seen is None
    else:
        assert seen is not None
        assert (seen.tier.key, seen.at, seen.missing) == (fall[0], begins(fall[1], CLUB), fall[2])


def test_a_forecast_is_what_the_nights_do() -> None:
    deeds = bought(START, START, date(2025, 3, 9), date(2025, 3, 12), date(2025, 3, 30))
    standing = Standing(tier="t2", since=SINCE)
    seen = foresee(MONTH, standing, deeds, _at(date(2025, 3, 12)), CLUB)
    told = nights(MONTH, standing, deeds, date(2025, 3, 12), date(2025, 5, 30))
    fell = next((day, tier) for day, tier in told if tier != "warned")
    assert seen is not None
    assert (begins(fell[0], CLUB), fell[1]) == (seen.at, seen.tier.key)


@pytest.mark.parametrize("bought_on", [date(2025, 3, 31), date(2025, 4, 9)])
def test_what_a_warning_asks_for_keeps_the_tier_in_all_the_days_of_grace(bought_on: date) -> None:
    deeds = bought(START, *(START + timedelta(days=days) for days in (5, 6, 6)))
    standing = Standing(tier="t2", since=SINCE)
    seen = foresee(MONTH, standing, deeds, _at(date(2025, 3, 12)), CLUB)
    assert seen is not None
    assert (seen.at, seen.missing) == (begins(date(2025, 4, 11), CLUB), 4)
    more = bought(*(bought_on for _ in range(seen.missing)))
    told = nights(MONTH, standing, (*deeds, *more), date(2025, 3, 20), date(2025, 4, 12))
    assert [tier for _, tier in told if tier != "warned"] == []
