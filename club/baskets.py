"""What was bought: the order, its items, and how a whole is parted among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from club.money import Money

Basis = Literal["net", "gross"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an order; `amount_minor` is the line's, before discounts, for all its pieces."""

    amount_minor: int
    sku: str | None = None
    quantity: int = 1
    genres: tuple[str, ...] = ()  # Keys of the programme's genres.
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert self.amount_minor >= 0, "a line costs nothing or something"
        assert self.quantity > 0, "a line is at least one piece"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A purchase as rules see it; one that has no items is one item with its genres."""

    amount: Money  # What was paid, after discounts.
    at: datetime
    discount: Money | None = None
    items: tuple[Item, ...] = ()
    genres: tuple[str, ...] = ()
    shop: str | None = None
    payment: str | None = None

    def __post_init__(self) -> None:
        assert not self.items or sum(item.amount_minor for item in self.items) == self.gross, (
            "the lines make the order before discounts"
        )

    @property
    def gross(self) -> int:
        """Minor units before discounts."""
        return self.amount.minor + (self.discount.minor if self.discount else 0)

    @property
    def lines(self) -> tuple[Item, ...]:
        """The items; at least one."""
        return self.items or (Item(amount_minor=self.gross, genres=self.genres),)

    def total(self, basis: Basis) -> int:
        """Minor units of the whole order, before or after discounts."""
        return self.amount.minor if basis == "net" else self.gross

    def parts(self, basis: Basis) -> tuple[int, ...]:
        """Minor units of each line; a discount is parted among them as they cost."""
        if not self.items:
            return (self.total(basis),)
        amounts = tuple(item.amount_minor for item in self.items)
        if basis == "gross" or not self.discount:
            return amounts
        return parted(self.amount.minor, amounts)


def parted(whole: int, weights: Sequence[int]) -> tuple[int, ...]:
    """The whole in as many parts as there are weights, in their ratio, and nothing lost.

    What rounding down leaves goes one by one to the largest remainders; of equal ones the first.
    """
    total = sum(weights)
    if total == 0:
        weights = [1] * len(weights)
        total = len(weights)
    parts = [whole * weight // total for weight in weights]
    missing = whole - sum(parts)
    if missing:
        by_rest = sorted(
            range(len(parts)), key=lambda place: whole * weights[place] % total, reverse=True
        )
        for place in by_rest[:missing]:
            parts[place] += 1
    return tuple(parts)
