"""What purchases earn: the figures that must come out, and more of their kind."""

from decimal import Decimal
from typing import Any

import pytest

from club.baskets import Item, Order, parted
from club.conditions import Circumstances
from club.earning import awards_for, rules_for, typical_points
from club.limits import Uses
from club.money import Money
from tests.club.programmes import BASKET, KNOWN, NOON, bought, programme, total

Table = dict[str, Any]
RATE: Table = {"points": 4, "per": 1}
RED: Table = {"with": {"labels": ["red"]}}
BLUE: Table = {"with": {"labels": ["blue"]}}
ANY: Table = {"amount_from": 1}
NO_BLUE: Table = {"without": {"skus": ["000"]}}


def fixed(points: int, sku: str, **more: Any) -> Table:
    return {"points": points, "when": {"with": {"skus": [sku]}}, **more}


def times(factor: float, when: Table, **more: Any) -> Table:
    return {"times": factor, "when": when, **more}


@pytest.mark.parametrize(
    ("rules", "points"),
    [
        ((RATE,), 608),
        ((RATE | {"when": NO_BLUE},), 208),
        ((RATE | {"when": {"without": {"labels": ["red"]}}},), 560),
        ((RATE | {"when": RED},), 48),
        ((fixed(200, "000"),), 200),
        ((RATE | {"points": 10}, RATE), 2_128),
        ((fixed(100, "123"), RATE), 708),
        ((RATE, times(3, {"with": {"skus": ["123"]}})), 704),
        ((RATE, times(3, RED), times(6, BLUE)), 2_704),
        ((RATE | {"when": {"amount_from": 300}},), 0),
        # More of the same kind.
        ((RATE | {"when": {"amount_from": 152, "amount_to": 152}},), 608),
        ((RATE | {"when": {"amount_to": 151}},), 0),
        ((RATE | {"when": RED | {"amount_from": 152}},), 48),  # The order counts, not the item.
        ((RATE | {"when": {"with": {"skus": ["123", "000"]}}},), 448),
        ((RATE | {"when": {"with": {"skus": ["123"], "labels": ["blue"]}}},), 0),
        ((RATE | {"when": {"with": {"skus": ["123", "000"]}, **NO_BLUE}},), 48),
        ((fixed(200, "999"),), 0),
        ((times(3, RED), RATE), 704),  # Rates come first, wherever they stand.
        ((RATE, times(2, {}), times(3, {})), 3_648),  # What a multiplier gave is multiplied.
        ((RATE, times(2, {}), fixed(7, "123")), 1_223),  # Fixed points are not.
        ((RATE, times(1.5, {})), 912),
        ((RATE | {"per": 100, "points": 33}, times(1.5, {})), 75),  # 50 and half of it.
        ((RATE | {"per": 100, "points": 34}, times(1.5, {})), 76),  # 51 + 25.5, down.
        ((RATE | {"per": 100, "points": 34}, times(1.5, {}, rounding="up")), 77),
        ((RATE | {"last": True, "when": ANY}, times(3, {}), fixed(5, "123")), 608),
        ((RATE | {"last": True, "when": {"amount_from": 300}}, RATE), 608),
        ((RATE | {"last": True}, {"points": 9, "per": 1, "priority": 1}), 1_976),
        ((RATE | {"last": True, "priority": 1, "when": ANY}, RATE), 608),
        ((RATE, times(2, RED, last=True, priority=5), times(9, BLUE)), 656),
    ],
)
def test_the_basket_brings(rules: tuple[Table, ...], points: int) -> None:
    assert total(rules) == points


@pytest.mark.parametrize(
    ("when", "may_give"),
    [
        ({"first_purchase": True}, True),  # What is asked of the member is not known here.
        ({"first_purchase": True, "amount_from": 152}, True),
        ({"first_purchase": True, "amount_from": 153}, False),
        ({"birthday_week": True, "with": {"labels": ["green"]}}, False),
        ({"tags": ["circle"], "payments": ["online"]}, False),
        ({"from": "2100-01-01"}, False),
    ],
)
def test_of_a_rule_that_the_order_shuts_out_nothing_is_asked(when: Table, may_give: bool) -> None:
    club = programme(RATE | {"when": when})
    assert bool(rules_for(BASKET, club)) is may_give


@pytest.mark.parametrize(
    ("minor", "rounding", "points"),
    [
        (100_000, "down", 10),
        (99_999, "down", 9),
        (9_999, "down", 0),
        (250_000, "down", 25),
        (99_999, "up", 10),
        (100_001, "up", 11),
        (95_000, "nearest", 10),
        (94_999, "nearest", 9),
        (0, "up", 0),
    ],
)
def test_a_rate_rounds_as_it_says(minor: int, rounding: str, points: int) -> None:
    rate = {"points": 10, "per": 100_000, "rounding": rounding}
    assert total((rate,), bought(minor)) == points


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        ({}, 100),  # What was paid.
        ({"basis": "gross"}, 152),
        ({"when": {"amount_from": 101}}, 0),
        ({"when": {"amount_from": 101}, "basis": "gross"}, 152),
        ({"when": RED}, 8),  # 12 of 152 bear 4.1 of the 52 off: 7.9 paid.
        ({"when": BLUE}, 66),
        ({"when": {"with": {"labels": ["delivery"]}}}, 26),  # 8 + 66 + 26 = 100.
        ({"when": RED, "basis": "gross"}, 12),
    ],
)
def test_a_discount_is_parted_among_the_items(rule: Table, points: int) -> None:
    order = Order(amount=Money(100, "USD"), discount=Money(52, "USD"), items=BASKET.items, at=NOON)
    assert total(({"points": 1, "per": 1, **rule},), order) == points


@pytest.mark.parametrize(
    ("whole", "weights", "parts"),
    [
        (10, (1, 1, 1), (4, 3, 3)),
        (100, (12, 100, 40), (8, 66, 26)),
        (5, (0, 0), (3, 2)),
        (0, (3, 4), (0, 0)),
        (7, (7,), (7,)),
    ],
)
def test_nothing_is_lost_in_parting(
    whole: int, weights: tuple[int, ...], parts: tuple[int, ...]
) -> None:
    assert parted(whole, weights) == parts
    assert sum(parts) == whole


def test_a_rate_gives_whole_points_and_parts_them_for_multipliers() -> None:
    items = tuple(Item(sku=sku, amount_minor=5) for sku in ("x", "y", "z"))
    order = Order(amount=Money(15, "USD"), items=items, at=NOON)
    rate = {"points": 1, "per": 3}  # 5 points of 15: 2, 2 and 1.
    rules = programme(rate, times(10, {"with": {"skus": ["z"]}}))
    first, second = awards_for(order, rules, KNOWN)
    assert (first.points, first.shares) == (5, (2, 2, 1))
    assert (second.points, second.shares) == (9, (0, 0, 9))
    assert second.explanation["base"] == 1


@pytest.mark.parametrize(
    ("quantity", "used", "points"),
    [(1, 0, 2), (3, 0, 6), (6, 0, 10), (6, 9, 1), (6, 10, 0)],
)
def test_points_for_each_piece_end_with_their_budget(quantity: int, used: int, points: int) -> None:
    bag = fixed(2, "bag", per_item=True, limits=[{"of": "all", "per": "month", "points": 10}])
    order = bought(50, items=(Item(sku="BAG", amount_minor=50, quantity=quantity),))
    known = Circumstances(used={("r0", "all", "month"): Uses(times=1, points=used)})
    assert total((bag,), order, known) == points


@pytest.mark.parametrize(
    ("multipliers", "points"),
    [({"gold": Decimal(2)}, 1_216 + 5), ({"low": Decimal(1)}, 608 + 5), ({}, 608 + 5)],
)
def test_a_tier_multiplies_before_fixed_points(
    multipliers: dict[str, Decimal], points: int
) -> None:
    rules = (RATE, fixed(5, "123"))
    assert total(rules, BASKET, Circumstances(multipliers=multipliers)) == points
    awards = awards_for(BASKET, programme(*rules), Circumstances(multipliers=multipliers))
    keys = [award.rule for award in awards]
    assert keys == (["r0", "tier:gold", "r1"] if points > 700 else ["r0", "r1"])


def test_an_award_tells_its_arithmetic() -> None:
    limit = {"of": "member", "per": "day", "points": 30}
    (award,) = awards_for(
        BASKET, programme(RATE | {"when": RED, "limits": [limit]}), Circumstances()
    )
    assert award.points == sum(award.shares) == 30
    assert award.explanation == {
        "kind": "rate",
        "amount": Money(12, "USD"),
        "points": 4,
        "per": Money(1, "USD"),
        "rounding": "down",
        "basis": "net",
        "part": True,
        "result": 30,
        "cut": {"of": "member", "per": "day", "limit": 30, "used": 0, "whole": 48},
    }


def test_of_equal_priority_the_key_decides_and_not_the_file() -> None:
    one = {"points": 1, "priority": 3, "last": True, "when": RED}
    for rules in (
        (one | {"key": "b"}, one | {"key": "a"}),
        (one | {"key": "a"}, one | {"key": "b"}),
    ):
        awards = awards_for(BASKET, programme(*rules), KNOWN)
        assert [award.rule for award in awards] == ["a"]


@pytest.mark.parametrize(("per", "points"), [(10, 10), (7, 14)])
def test_the_typical_purchase_is_of_somebody_of_whom_nothing_is_known(
    per: int, points: int
) -> None:
    rules = ({"points": 1, "per": per}, times(2, {"tiers": ["gold"]}))
    assert typical_points(programme(*rules)) == points
