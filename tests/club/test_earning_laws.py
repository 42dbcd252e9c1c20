"""What holds for every list of rules and every order."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from club.baskets import Item, Order
from club.earning import Award, awards_for
from club.money import Money
from club.needs import Needs, needs
from tests.club.programmes import KNOWN, NOON, programme

LABELS = ("red", "blue")
ITEMS = st.lists(
    st.builds(
        Item,
        sku=st.sampled_from(("1", "2", None)),
        amount_minor=st.integers(0, 5_000),
        quantity=st.integers(1, 3),
        labels=st.lists(st.sampled_from(LABELS), max_size=2, unique=True).map(tuple),
    ),
    max_size=5,
).map(tuple)
WHEN = st.sampled_from(
    (
        {"amount_from": 1},
        {"with": {"labels": ["red"]}},
        {"without": {"labels": ["blue"]}},
        {"with": {"skus": ["1"]}, "amount_to": 9_000},
    )
)
RATES = st.fixed_dictionaries(
    {"points": st.integers(1, 9), "per": st.integers(1, 9), "when": WHEN},
    optional={
        "rounding": st.sampled_from(("down", "up", "nearest")),
        "priority": st.integers(0, 2),
    },
)
TIMES = st.fixed_dictionaries({"times": st.sampled_from((1.25, 1.5, 2, 3)), "when": WHEN})
FIXED = st.fixed_dictionaries({"points": st.integers(1, 9), "when": WHEN})
RULES = st.tuples(RATES, st.lists(st.one_of(RATES, TIMES, FIXED), max_size=4)).map(
    lambda both: [one | {"key": f"r{n}"} for n, one in enumerate((both[0], *both[1]))]
)


def order(items: tuple[Item, ...], off: int) -> Order:
    """An order of these items, with so much off as they cost at most."""
    gross = sum(item.amount_minor for item in items) if items else 5_000
    off = min(off, gross)
    paid, discount = Money(gross - off, "USD"), Money(off, "USD")
    return Order(amount=paid, discount=discount, items=items, at=NOON)


@settings(max_examples=150, deadline=None)
@given(rules=RULES, items=ITEMS, off=st.integers(0, 6_000), shuffle=st.randoms())
def test_the_file_s_order_means_nothing_and_parts_make_the_whole(
    rules: list[dict[str, Any]], items: tuple[Item, ...], off: int, shuffle: Any
) -> None:
    bought = order(items, off)
    given_ = awards_for(bought, programme(*rules), KNOWN)
    mixed = list(rules)
    shuffle.shuffle(mixed)
    assert awards_for(bought, programme(*mixed), KNOWN) == given_
    assert sum(bought.parts("net")) == bought.amount.minor
    assert sum(bought.parts("gross")) == bought.gross
    phases = [kind(award) for award in given_]
    assert phases == sorted(phases, key=["rate", "multiplier", "fixed"].index)
    for award in given_:
        assert award.points == award.explanation["result"]
        assert award.points > 0
        if kind(award) == "fixed":
            assert award.shares == ()
        else:
            assert sum(award.shares) == award.points
            assert len(award.shares) == len(bought.lines)


@settings(max_examples=60, deadline=None)
@given(items=ITEMS, times=st.integers(2, 9), per=st.integers(1, 50))
def test_what_is_multiplied_whole_is_so_many_times_as_much(
    items: tuple[Item, ...], times: int, per: int
) -> None:
    bought, rate = order(items, 0), {"points": 7, "per": per}
    once = sum(award.points for award in awards_for(bought, programme(rate), KNOWN))
    both = programme(rate, {"times": times, "when": {"amount_from": 0}})
    assert sum(award.points for award in awards_for(bought, both, KNOWN)) == once * times


def kind(award: Award) -> str:
    return str(award.explanation["kind"])


def test_no_more_is_loaded_than_rules_ask_for() -> None:
    plain = needs(programme({"points": 1, "per": 1}), "purchase")
    assert plain == Needs(
        tiers=False, tags=False, fields=False, birthday=False, first_purchase=False, limits=False
    )
    limit = {"of": "all", "per": "day", "times": 1}
    rules = programme(
        {"points": 1, "when": {"tags": ["x"], "birthday_week": True}, "limits": [limit]},
        {"on": "visit", "points": 1, "when": {"tiers": ["gold"], "fields": {"language": "fa"}}},
    )
    asked = needs(rules, "purchase")
    assert (asked.tags, asked.birthday, asked.limits) == (True, True, True)
    assert (asked.tiers, asked.fields, asked.first_purchase) == (False, False, False)
    visit = needs(rules, "visit")
    assert (visit.tiers, visit.fields, visit.limits) == (True, True, False)
