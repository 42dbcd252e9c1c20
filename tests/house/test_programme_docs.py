"""The examples of docs/programme.md are programmes, and bring what their tables say."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from club.baskets import Item, Order
from club.birthdays import parse_birthday
from club.conditions import Circumstances
from club.earning import award_by, awards_for, awards_on, points_of
from club.limits import Uses
from club.missions import Bought, completions
from club.money import Money
from club.programme import Programme, parse_programme
from club.rules import REFERRALS
from club.tills import read_basket

PAGE = (Path(__file__).parents[2] / "docs/programme.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```toml\n([^`]*)```\n((?:\n\| what happens [^\n]*\n(?:\|[^\n]*\n)+)?)")
ROW = re.compile(r"^\| (.*) \| (\d+) \|$", re.MULTILINE)
ORDER = re.compile(r"`([^`]+)`")
TABLES = """
[club]
name = { fa = "باشگاه", en = "Club" }
currency = "IRT"
typical_amount = 100
"""
LADDERS = """
[[ladders]]
key = "main"
name = { fa = "پله‌ها", en = "Steps" }
measure = "points"
tiers = [
  { key = "low", name = { fa = "پایین", en = "Low" }, from = 0 },
  { key = "gold", name = { fa = "طلایی", en = "Gold" }, from = 100 },
]
"""


def read(example: str, calendar: str = "jalali") -> Programme:
    """The example with what every programme has besides."""
    club = "" if "[club]" in example else f'{TABLES}calendar = "{calendar}"\n'
    ladders = "" if "[[ladders]]" in example else LADDERS
    return parse_programme(club + example + ladders)


def rows() -> list[tuple[str, str, int]]:
    """(example, what happens, what it brings)."""
    return [
        (example, what, int(points))
        for example, table in EXAMPLE.findall(PAGE)
        for what, points in ROW.findall(table)
    ]


@pytest.mark.parametrize("example", [example for example, _ in EXAMPLE.findall(PAGE)])
def test_an_example_is_a_programme(example: str) -> None:
    assert read(example).ladders


@pytest.mark.parametrize(("example", "what", "points"), rows())
def test_an_example_brings_what_its_table_says(example: str, what: str, points: int) -> None:
    programme = read(example)
    at = moment(what, programme)
    known = circumstances(what, programme, at)
    typed = ORDER.search(what)
    order = order_of(typed[1], programme, at) if typed else None
    trigger, _, rest = what.partition(",")[0].partition(" ")
    if trigger == "purchases":
        assert completed(what, programme) == points
    elif trigger.startswith("`"):
        assert order is not None
        assert points_of(awards_for(order, programme, known)) == points
    else:
        (on,) = {rule.on for rule in programme.rules if rule.on == trigger}
        assert points == points_of(
            awards_on(
                on,
                programme,
                known,
                at=at,
                to=rest.rsplit(" ", 1)[-1] if on in REFERRALS else "member",  # type: ignore[arg-type]
                event=rest or None,
                days=int(rest.split()[1]) if on == "streak" else None,
                order=order,
            )
        )


def test_every_kind_of_rule_is_explained() -> None:
    shown = {rule.on for example, _, _ in rows() for rule in read(example).rules}
    assert len(shown) == 13
    assert len(rows()) > 50


def moment(what: str, programme: Programme) -> datetime:
    """The moment of the row; else some noon."""
    told = re.search(r", on (\d{4}-\d\d-\d\d \d\d:\d\d)", what)
    at = datetime.fromisoformat(told[1] if told else "2026-05-06 12:00")
    return at.replace(tzinfo=programme.zone).astimezone(UTC)


def circumstances(what: str, programme: Programme, at: datetime) -> Circumstances:
    """What the row says of the member."""
    known: dict[str, Any] = {"first_purchase": "first purchase" in what}
    if found := re.search(r"tier (\w+)(?: by ([\d.]+))?", what):
        known["tiers"] = {"main": found[1]}
        known["multipliers"] = {"gold": Decimal(found[2])} if found[2] else {}
    if found := re.search(r"tag (\w+)", what):
        known["tags"] = frozenset({found[1]})
    if found := re.search(r"born ([\d-]+)", what):
        known["birthday"] = parse_birthday(found[1], at.date())
    used = re.search(r"(member|all) had (\d+) (time|points) (?:this )?(\w+)", what)
    if used:
        of, count, kind, per = used.groups()
        uses = Uses(times=int(count)) if kind == "time" else Uses(points=int(count))
        known["used"] = {(rule.key, of, per): uses for rule in programme.rules}
    return Circumstances(**known)


def order_of(typed: str, programme: Programme, at: datetime) -> Order:
    """The order as it is typed at the till."""
    basket = read_basket(typed.replace(" / ", "\n"), "IRT")
    told = basket.details
    items = tuple(
        Item(
            sku=line.sku,
            amount_minor=line.amount.minor,
            quantity=line.quantity,
            labels=line.words,
        )
        for line in told.lines
    )
    off = told.discount.minor if told.discount else 0
    return Order(
        amount=Money(basket.amount.minor - off, "IRT"),
        discount=told.discount,
        items=items,
        shop=told.shop,
        payment=told.payment,
        at=at,
    )


def completed(what: str, programme: Programme) -> int:
    """What the mission gives for purchases on these days."""
    (rule,) = programme.rules
    days = [date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", what)]
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=programme.zone) for day in days]
    bought = [Bought(number, noon, 100, ()) for number, noon in enumerate(noons)]
    awards = (
        award_by(rule, programme, Circumstances(), at=done.at)
        for done in completions(rule, bought, programme)
    )
    return sum(award.points for award in awards if award)
