"""Where somebody stands: table by table, the edge and one step past it."""

from decimal import Decimal

import pytest

from club.ladders import Ladder
from club.misreadings import BadTier
from club.tiers import benefits, fallen, measured, named, portions, risen, settled, way_up
from tests.club.rungs import ladder, programme

LEVELS = ladder(0, 20, 30)


def test_a_floor_by_hand_holds_when_all_is_gone() -> None:
    assert settled(LEVELS, "t1", 40) == "t2"
    assert settled(LEVELS, "t1", 0) == "t1"


@pytest.mark.parametrize(
    ("before", "order", "tier"),
    [
        (0, 6_000, "bronze"),
        (0, 15_000, "silver"),
        (4_000, 500, "bronze"),
        (8_000, 3_000, "silver"),
        (18_000, 3_000, "gold"),
    ],
)
def test_the_tier_after_the_order(before: int, order: int, tier: str) -> None:
    steps = ladder(0, 10_000, 20_000, measure="amount")
    stood = settled(steps, None, before)
    after = risen(steps, stood, None, before + order)
    assert ("bronze", "silver", "gold")[steps.place(after)] == tier


@pytest.mark.parametrize(
    ("tier", "floor", "value", "rises", "falls_one", "falls_all"),
    [
        ("t0", None, 19, "t0", "t0", "t0"),
        ("t0", None, 20, "t1", "t0", "t0"),
        ("t0", None, 30, "t2", "t0", "t0"),  # Two steps at once.
        ("t2", None, 30, "t2", "t2", "t2"),
        ("t2", None, 29, "t2", "t1", "t1"),
        ("t2", None, 19, "t2", "t1", "t0"),
        ("t2", "t1", 0, "t2", "t1", "t1"),
        ("t2", "t2", 0, "t2", "t2", "t2"),
        ("t1", "t2", 0, "t2", "t1", "t1"),  # A floor above lifts; it never lets fall.
        ("gone", None, 25, "t1", "t0", "t0"),  # Of an older programme.
    ],
)
def test_rising_and_falling(
    tier: str, floor: str | None, value: int, rises: str, falls_one: str, falls_all: str
) -> None:
    one = LEVELS.model_copy(update={"fall": "one"})
    assert risen(LEVELS, tier, floor, value) == rises
    assert fallen(one, tier, floor, value) == falls_one
    assert fallen(LEVELS, tier, floor, value) == falls_all


PARTS = [
    {"of": "purchases", "weight": 80, "full": 10},
    {"of": "referrals", "weight": 20, "full": 3},
]
WEIGHTED = ladder(0, 50, 100, measure="weighted", parts=PARTS)


@pytest.mark.parametrize(
    ("purchases", "referrals", "scores", "score"),
    [
        (0, 0, (0, 0), 0),
        (6, 0, (48, 0), 48),
        (6, 1, (48, 6), 54),  # 6 and two thirds: rounded down, as it is shown.
        (10, 3, (80, 20), 100),
        (99, 99, (80, 20), 100),  # No more than full.
        (-1, 0, (0, 0), 0),
    ],
)
def test_a_weighted_score_is_the_sum_of_what_is_shown(
    purchases: int, referrals: int, scores: tuple[int, int], score: int
) -> None:
    counts = {"purchases": purchases, "referrals": referrals}
    assert tuple(part.score for part in portions(WEIGHTED, counts)) == scores  # type: ignore[arg-type]
    assert measured(WEIGHTED, counts) == score  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tier", "value", "above", "missing"),
    [("t0", 0, "t1", 20), ("t0", 19, "t1", 1), ("t1", 20, "t2", 10), ("t2", 45, None, 0)],
)
def test_the_way_up(tier: str, value: int, above: str | None, missing: int) -> None:
    way = way_up(LEVELS, tier, value)
    assert (way.next_tier.key if way.next_tier else None, way.missing) == (above, missing)


def test_who_stands_higher_than_the_value_says_needs_the_rest() -> None:
    assert way_up(LEVELS, "t1", 5).missing == 25  # A floor does not count for the next step.


def _rich(key: str, multiplier: str, birthday_points: int, tag: str) -> Ladder:
    plain = ladder(0, 10, key=key)
    high = plain.tiers[1].model_copy(
        update={
            "key": f"{key}-high",
            "multiplier": Decimal(multiplier),
            "birthday_points": birthday_points,
            "tags": (tag,),
        }
    )
    return plain.model_copy(update={"tiers": (plain.tiers[0], high)})


def test_benefits_of_several_ladders() -> None:
    club = programme(_rich("one", "1.25", 10, "a"), _rich("two", "1.5", 5, "b"))
    nothing = benefits(club, {})
    assert (nothing.multiplier, nothing.multiplier_tier) == (Decimal(1), None)
    assert (nothing.birthday_points, nothing.tags) == (0, frozenset())
    both = benefits(club, {"one": "one-high", "two": "two-high"})
    assert (both.multiplier, both.multiplier_tier) == (Decimal("1.5"), "two-high")
    assert (both.birthday_points, both.tags) == (15, frozenset({"a", "b"}))


def test_staff_name_a_tier_by_key_or_name() -> None:
    club = programme()
    for text in ("first", "One", " one ", "یک"):
        assert named(club, text)[1].key == "first"
    with pytest.raises(BadTier):
        named(club, "second")
