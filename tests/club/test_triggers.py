"""What happens beside purchases, and how often it may bring something."""

from typing import Any

import pytest

from club.conditions import Circumstances
from club.earning import awards_for, awards_on, points_of
from club.limits import Per, Uses, period_bounds, period_key
from club.rules import To, Trigger
from tests.club.programmes import KNOWN, NOON, bought, programme, total
from tests.club.test_conditions import at

ONCE = [{"of": "member", "per": "ever", "times": 1}]


def given(rules: tuple[dict[str, Any], ...], trigger: Trigger, **how: Any) -> int:
    known = how.pop("known", KNOWN)
    return points_of(awards_on(trigger, programme(*rules), known, at=NOON, **how))


@pytest.mark.parametrize("trigger", ["profile", "review", "survey", "joined", "birthday", "visit"])
def test_an_action_brings_its_points(trigger: Trigger) -> None:
    assert given(({"on": trigger, "points": 7},), trigger) == 7
    assert given(({"on": trigger, "points": 7, "when": {"tags": ["x"]}},), trigger) == 0
    assert given(({"points": 1, "per": 1},), trigger) == 0


def test_an_account_and_a_first_purchase_bring_theirs_once_each() -> None:
    rules = (
        {"on": "joined", "points": 200, "limits": ONCE},
        {"points": 56, "when": {"first_purchase": True}, "limits": ONCE},
    )
    first = Circumstances(first_purchase=True)
    assert given(rules, "joined") == 200
    assert total(rules, bought(1), first) == 56
    used = {(key, "member", "ever"): Uses(times=1, points=1) for key in ("r0", "r1")}
    assert given(rules, "joined", known=Circumstances(used=used)) == 0
    assert total(rules, bought(1), Circumstances(first_purchase=True, used=used)) == 0
    assert total(rules, bought(1)) == 0


@pytest.mark.parametrize(
    ("days", "points"), [(0, 0), (1, 0), (3, 1), (6, 1), (7, 5), (8, 0), (14, 5), (21, 6)]
)
def test_streaks_bring_theirs_at_each_multiple(days: int, points: int) -> None:
    rules = (
        {"on": "streak", "days": 7, "points": 5},
        {"on": "streak", "days": 3, "points": 1},
    )
    assert given(rules, "streak", days=days) == points


@pytest.mark.parametrize(("event", "points"), [("quiz", 3), ("walk", 4), ("dance", 0)])
def test_events_are_told_apart(event: str, points: int) -> None:
    rules = (
        {"on": "event", "event": "quiz", "points": 3},
        {"on": "event", "event": "walk", "points": 4, "priority": -1},
    )
    assert given(rules, "event", event=event) == points


@pytest.mark.parametrize(
    ("trigger", "to", "minor", "points"),
    [
        ("referral_first_purchase", "inviter", 100, 5),
        ("referral_first_purchase", "inviter", 99, 0),  # A friend's purchase may be too small.
        ("referral_first_purchase", "friend", 99, 3),
        ("referral_each_purchase", "inviter", 250, 2),
        ("referral_each_purchase", "friend", 250, 0),
    ],
)
def test_friends_bring_theirs_to_each_of_the_two(
    trigger: Trigger, to: To, minor: int, points: int
) -> None:
    rules = (
        {
            "on": "referral_first_purchase",
            "to": "inviter",
            "points": 5,
            "when": {"amount_from": 100},
        },
        {"on": "referral_first_purchase", "to": "friend", "points": 3},
        {"on": "referral_each_purchase", "to": "inviter", "points": 1, "per": 100},
    )
    assert given(rules, trigger, to=to, order=bought(minor)) == points


def test_a_friends_joining_has_no_order() -> None:
    assert given(({"on": "referral_joined", "to": "friend", "points": 3},), "referral_joined",
                 to="friend") == 3  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "used", "points"),
    [
        ([("member", "day", "times", 1)], {}, 10),
        ([("member", "day", "times", 1)], {("r0", "member", "day"): Uses(times=1)}, 0),
        ([("member", "day", "times", 2)], {("r0", "member", "day"): Uses(times=1)}, 10),
        ([("member", "day", "times", 1)], {("r0", "all", "day"): Uses(times=9)}, 10),
        ([("all", "ever", "points", 100)], {("r0", "all", "ever"): Uses(points=95)}, 5),
        ([("all", "ever", "points", 100)], {("r0", "all", "ever"): Uses(points=100)}, 0),
        ([("all", "ever", "points", 100)], {("r0", "all", "ever"): Uses(points=130)}, 0),
        (
            [("all", "week", "points", 100), ("member", "month", "points", 30)],
            {("r0", "all", "week"): Uses(points=93), ("r0", "member", "month"): Uses(points=28)},
            2,
        ),
        (
            [("all", "week", "points", 100), ("member", "month", "times", 3)],
            {("r0", "all", "week"): Uses(points=93), ("r0", "member", "month"): Uses(times=3)},
            0,
        ),
    ],
)
def test_limits_stop_and_budgets_cut(
    limits: list[tuple[str, str, str, int]],
    used: dict[tuple[str, str, str], Uses],
    points: int,
) -> None:
    tables = [{"of": of, "per": per, kind: figure} for of, per, kind, figure in limits]
    rules = ({"on": "review", "points": 10, "limits": tables},)
    assert given(rules, "review", known=Circumstances(used=used)) == points


def test_a_last_rule_whose_budget_is_spent_lets_the_next_one_in() -> None:
    budget = [{"of": "all", "per": "ever", "points": 5}]
    rules = (
        {"points": 5, "last": True, "priority": 1, "limits": budget},
        {"points": 1},
    )
    assert total(rules, bought(1)) == 5
    spent = Circumstances(used={("r0", "all", "ever"): Uses(times=1, points=5)})
    assert total(rules, bought(1), spent) == 1
    assert len(awards_for(bought(1), programme(*rules), spent)) == 1


@pytest.mark.parametrize(
    ("per", "calendar", "moment", "first"),
    [
        ("day", "jalali", "2026-05-08T00:00+03:30", "2026-05-08T00:00+03:30"),
        ("day", "jalali", "2026-05-08T23:59+03:30", "2026-05-08T00:00+03:30"),
        ("week", "jalali", "2026-05-08T12:00+03:30", "2026-05-02T00:00+03:30"),  # Saturday.
        ("week", "jalali", "2026-05-09T00:00+03:30", "2026-05-09T00:00+03:30"),
        ("week", "gregorian", "2026-05-10T23:59+03:30", "2026-05-04T00:00+03:30"),  # Monday.
        ("week", "gregorian", "2026-05-11T00:00+03:30", "2026-05-11T00:00+03:30"),
        ("month", "jalali", "2026-03-20T23:59+03:30", "2026-02-20T00:00+03:30"),  # 29 Esfand.
        ("month", "jalali", "2025-03-20T23:59+03:30", "2025-02-19T00:00+03:30"),  # 30 Esfand.
        ("month", "jalali", "2026-09-22T23:59+03:30", "2026-08-23T00:00+03:30"),  # 31 Shahrivar.
        ("month", "gregorian", "2026-02-28T23:59+03:30", "2026-02-01T00:00+03:30"),
    ],
)
def test_periods_begin_at_local_midnight(per: Per, calendar: Any, moment: str, first: str) -> None:
    zone = programme().zone
    start, end = period_bounds(per, at(moment), calendar, zone)
    assert start == at(first)
    assert end is not None
    assert period_bounds(per, end, calendar, zone)[0] == end > at(moment)
    key = period_key(per, at(moment), calendar, zone)
    assert key == period_key(per, at(first), calendar, zone)
    assert key.startswith(f"{per}:")


def test_ever_has_no_beginning() -> None:
    assert period_bounds("ever", NOON, "jalali", programme().zone) == (None, None)
    assert period_key("ever", NOON, "jalali", programme().zone) == "ever"
