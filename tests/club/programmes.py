"""Small programmes for tables of rules, and the basket of the figures that must come out."""

from datetime import UTC, datetime
from typing import Any

from club.baskets import Item, Order
from club.conditions import Circumstances
from club.earning import awards_for
from club.money import Money
from club.programme import Programme
from tests.rules import WORDS

NOON = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
BASKET = Order(
    amount=Money(152, "USD"),
    at=NOON,
    items=(
        Item(sku="123", amount_minor=12, labels=("red",)),
        Item(sku="000", amount_minor=100, labels=("blue",)),
        Item(sku="0001", amount_minor=40, labels=("delivery",)),
    ),
)
KNOWN = Circumstances()


def programme(*rules: dict[str, Any], **club: Any) -> Programme:
    """A club of two ladders and three genres with these rules; on a purchase unless they say."""
    told = {"name": WORDS, "currency": "USD", "typical_amount": 100, "zone": "Asia/Tehran"}
    tables = [{"key": f"r{n}", "name": WORDS, "on": "purchase", **one} for n, one in number(rules)]
    return Programme.model_validate(
        {
            "club": told | club,
            "rules": tables,
            "ladders": [
                ladder("main", "points", ("low", 0), ("gold", 1_000)),
                ladder("vip", "purchases", ("guest", 0), ("vip", 10)),
            ],
            "genres": [{"key": key, "name": WORDS | {"en": key, "fa": key}} for key in "abc"],
        }
    )


def number(rules: tuple[dict[str, Any], ...]) -> list[tuple[int, dict[str, Any]]]:
    """The rules with their places, which become their keys."""
    return list(enumerate(rules))


def ladder(key: str, measure: str, *steps: tuple[str, int]) -> dict[str, Any]:
    """A ladder of these steps."""
    tiers = [{"key": step, "name": WORDS, "from": count} for step, count in steps]
    return {"key": key, "name": WORDS, "measure": measure, "tiers": tiers}


def bought(minor: int, at: datetime = NOON, **more: Any) -> Order:
    """An order without lines."""
    return Order(amount=Money(minor, "USD"), at=at, **more)


def total(
    rules: tuple[dict[str, Any], ...], order: Order = BASKET, known: Circumstances = KNOWN
) -> int:
    """What these rules give for the order."""
    return sum(award.points for award in awards_for(order, programme(*rules), known))
