"""Missions: how far purchases lead, which of them completes one, and what a refund undoes."""

from datetime import timedelta
from typing import Any

import pytest

from club.earning import award_by
from club.missions import Bought, Completion, completions, needed_from, no_longer, progress
from club.programme import Programme
from tests.club.programmes import KNOWN, programme
from tests.club.test_conditions import at

THREE: dict[str, Any] = {"goal": {"purchases": 3}, "within": "month", "recurring": True}


def club(**figures: Any) -> Programme:
    """A programme with this mission."""
    return programme({"key": "m", "on": "mission", "points": 20, **figures})


def bought(*days: str) -> list[Bought]:
    """Purchases of 100 at noon of these local days, of genre a, b, c, a, …"""
    return [
        Bought(number, at(f"{day}T12:00+03:30"), 100, ("abc"[number % 3],))
        for number, day in enumerate(days, start=1)
    ]


@pytest.mark.parametrize(
    ("figures", "days", "completed_by"),
    [
        (THREE, ("2026-05-01", "2026-05-02", "2026-05-03"), [3]),
        (THREE, ("2026-05-01", "2026-05-02"), []),
        # 31 Ordibehesht is 21 May: the month ends between the second and the third.
        (THREE, ("2026-05-20", "2026-05-21", "2026-05-22"), []),
        (THREE | {"calendar": "gregorian"}, ("2026-05-20", "2026-05-21", "2026-05-22"), [3]),
        (THREE | {"calendar": "gregorian"}, ("2026-05-30", "2026-05-31", "2026-06-01"), []),
        # 30 Esfand 1403 is 20 March 2025, and 29 Esfand 1404 is 20 March 2026.
        (THREE, ("2025-03-18", "2025-03-19", "2025-03-20"), [3]),
        (THREE, ("2026-03-19", "2026-03-20", "2026-03-21"), []),
        # Once a month, and again in the next.
        (THREE, ("2026-05-01",) * 7, [3]),
        (THREE, ("2026-05-01",) * 3 + ("2026-05-25",) * 3, [3, 6]),
        (THREE | {"recurring": False}, ("2026-05-01",) * 3 + ("2026-05-25",) * 3, [3]),
        (THREE | {"within": "day"}, ("2026-05-01",) * 3 + ("2026-05-02",) * 2, [3]),
        # The Jalali week ends with Friday 8 May, the Gregorian one with Sunday 10 May.
        (THREE | {"within": "week"}, ("2026-05-07", "2026-05-08", "2026-05-09"), []),
        (
            THREE | {"within": "week", "calendar": "gregorian"},
            ("2026-05-07", "2026-05-08", "2026-05-09"),
            [3],
        ),
        (THREE | {"within": "season"}, ("2026-03-21", "2026-05-05", "2026-06-21"), [3]),
        (THREE | {"within": "season"}, ("2026-03-20", "2026-05-05", "2026-06-21"), []),
        (THREE | {"within": "year"}, ("2025-03-21", "2025-09-05", "2026-03-20"), [3]),
        (THREE | {"within": "year"}, ("2025-03-21", "2025-09-05", "2026-03-21"), []),
        # So many days, the last one with them; counting begins anew after each completion.
        (THREE | {"within": {"days": 10}}, ("2026-05-01", "2026-05-02", "2026-05-10"), [3]),
        (THREE | {"within": {"days": 10}}, ("2026-05-01", "2026-05-02", "2026-05-11"), []),
        (THREE | {"within": {"days": 10}}, ("2026-05-01",) * 7, [3, 6]),
        (THREE | {"within": {"days": 10}, "recurring": False}, ("2026-05-01",) * 7, [3]),
        # Amounts and genres.
        (THREE | {"goal": {"amount": 300}}, ("2026-05-01",) * 4, [3]),
        (THREE | {"goal": {"amount": 301}}, ("2026-05-01",) * 4, [4]),
        (THREE | {"goal": {"genres": 3}}, ("2026-05-01",) * 4, [3]),
        (
            THREE | {"goal": {"purchases": 2}, "when": {"with": {"genres": ["b"]}}},
            ("2026-05-01",) * 4,
            [4],
        ),
        (THREE | {"when": {"amount_from": 101}}, ("2026-05-01",) * 4, []),
        (THREE | {"when": {"weekdays": ["friday"]}}, ("2026-05-01",) * 2 + ("2026-05-02",), []),
    ],
)
def test_purchases_complete_a_mission(
    figures: dict[str, Any], days: tuple[str, ...], completed_by: list[int]
) -> None:
    rules, purchases = club(**figures), bought(*days)
    (rule,) = rules.rules_on("mission")
    found = completions(rule, purchases, rules)
    assert [done.purchase_id for done in found] == completed_by
    awarded: list[Completion] = []  # The same, one purchase after the other.
    for number, last in enumerate(purchases, start=1):
        known = [one for one in purchases[:number] if one.at >= needed_from(rule, rules, last.at)]
        now = progress(rule, known, rules, last.at, awarded)
        if now.reached:
            awarded.append(Completion(purchase_id=last.id, at=last.at))
    assert awarded == list(found)


@pytest.mark.parametrize(
    ("figures", "awarded", "now", "done", "ends", "completed"),
    [
        (THREE, (), "2026-05-02", 2, "2026-05-22", False),
        (THREE, (), "2026-05-22", 0, "2026-06-22", False),
        (THREE | {"goal": {"amount": 1_000}}, (), "2026-05-02", 200, "2026-05-22", False),
        (THREE, ("2026-04-22",), "2026-05-02", 3, "2026-05-22", True),
        (THREE, ("2026-04-20",), "2026-05-02", 2, "2026-05-22", False),
        (THREE | {"recurring": False}, ("2026-04-20",), "2026-05-02", 3, "2026-05-22", True),
        (THREE | {"within": {"days": 10}}, (), "2026-05-09", 2, "2026-05-11", False),
        (THREE | {"within": {"days": 10}}, (), "2026-05-11", 1, "2026-05-12", False),
        (THREE | {"within": {"days": 10}}, (), "2026-05-12", 0, None, False),
        (THREE | {"within": {"days": 10}}, ("2026-05-01",), "2026-05-09", 1, "2026-05-12", False),
    ],
)
def test_progress_is_shown(
    figures: dict[str, Any],
    awarded: tuple[str, ...],
    now: str,
    done: int,
    ends: str | None,
    completed: bool,
) -> None:
    rules = club(**figures)
    (rule,) = rules.rules_on("mission")
    booked = [Completion(purchase_id=9, at=at(f"{day}T12:00+03:30")) for day in awarded]
    purchases = bought("2026-05-01", "2026-05-02")
    shown = progress(rule, purchases, rules, at(f"{now}T23:00+03:30"), booked)
    assert (shown.done, shown.completed, shown.reached) == (done, completed, False)
    assert shown.ends_at == (at(f"{ends}T00:00+03:30") if ends else None)


@pytest.mark.parametrize(
    ("figures", "left", "falls"),
    [
        (THREE, (1, 2, 3, 4), []),
        (THREE, (1, 2, 4), []),  # Another one completes it as well.
        (THREE, (1, 2), [3]),
        (THREE | {"recurring": False}, (1, 2), [3]),
        (THREE | {"within": {"days": 10}}, (1, 2, 4), []),
        (THREE | {"within": {"days": 10}}, (1, 4), [3]),
    ],
)
def test_a_refund_takes_back_what_rested_on_it(
    figures: dict[str, Any], left: tuple[int, ...], falls: list[int]
) -> None:
    rules = club(**figures)
    (rule,) = rules.rules_on("mission")
    purchases = bought(*("2026-05-01",) * 4)
    booked = completions(rule, purchases, rules)
    kept = [one for one in purchases if one.id in left]
    assert [done.purchase_id for done in no_longer(rule, kept, rules, booked)] == falls


def test_later_purchases_do_not_count_yet_and_local_midnight_parts_months() -> None:
    rules = club(**THREE)
    (rule,) = rules.rules_on("mission")
    end = at("2026-05-22T00:00+03:30")
    purchases = [Bought(n, end - timedelta(seconds=n), 100, ()) for n in (1, 2)]
    purchases.append(Bought(3, end, 100, ()))
    assert completions(rule, purchases, rules) == ()
    before = progress(rule, purchases, rules, end - timedelta(seconds=2))
    assert before.done == 1


def test_the_award_of_a_mission_asks_for_the_member() -> None:
    rules = club(**THREE, when={"tags": ["circle"]})
    (rule,) = rules.rules_on("mission")
    assert award_by(rule, rules, KNOWN, at=at("2026-05-01T12:00+03:30")) is None
    assert len(completions(rule, bought(*("2026-05-01",) * 3), rules)) == 1
