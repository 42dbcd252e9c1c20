"""An order on its way: from what staff typed to what rules see, and to what is kept of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from club.baskets import Item, Order
from club.facts import Facts
from club.imports import PurchaseLine
from club.misreadings import BadGenre
from club.money import Money
from club.programme import Programme
from club.tills import Basket, TypedLine

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An order that can be booked: all its words are known."""

    amount: Money  # What is to be paid, after discounts, in money or points.
    discount: Money | None
    genres: tuple[str, ...]
    shop: str | None
    payment: str | None
    spend: int
    lines: tuple[Line, ...]

    def order(self, at: datetime) -> Order:
        """What rules see of it."""
        return Order(
            amount=self.amount,
            at=at,
            discount=self.discount,
            items=items_of(self.lines),
            genres=self.genres,
            shop=self.shop,
            payment=self.payment,
        )

    def columns(self) -> dict[str, Any]:
        """What is kept of it beside its amount."""
        return {
            "genres": list(self.genres),
            "discount_minor": self.discount.minor if self.discount else 0,
            "shop": self.shop,
            "payment": self.payment,
            "lines": [dict(line) for line in self.lines] or None,
            "points_spent": self.spend,
        }

    def facts(self) -> Facts:
        """The order while it waits for a press."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def read(cls, facts: Facts) -> "Wanted":
        """What facts() told."""
        values: dict[str, Any] = {name: facts[name] for name in cls.__dataclass_fields__}
        return cls(**values)


def wanted(basket: Basket, programme: Programme) -> Wanted:
    """The typed order in the programme's words; raises BadGenre.

    What a line says of itself is a genre where the programme knows it, and else a label.
    """
    details = basket.details
    lines = tuple(_line(line, programme) for line in details.lines)
    genres = [_genre(text, programme) for text in basket.genres]
    genres += [genre for line in lines for genre in line["genres"]]
    discount = details.discount
    return Wanted(
        amount=Money(
            basket.amount.minor - (discount.minor if discount else 0), basket.amount.currency
        ),
        discount=discount,
        genres=tuple(dict.fromkeys(genres)),
        shop=details.shop,
        payment=details.payment,
        spend=details.spend,
        lines=lines,
    )


def items_of(lines: Sequence[Line]) -> tuple[Item, ...]:
    """Kept lines as rules see them."""
    return tuple(
        Item(
            sku=line["sku"],
            amount_minor=line["amount"],
            quantity=line["quantity"],
            genres=tuple(line["genres"]),
            labels=tuple(line["labels"]),
        )
        for line in lines
    )


def _line(line: TypedLine, programme: Programme) -> Line:
    found = [(word, programme.genre(word)) for word in line.words]
    return {
        "sku": line.sku,
        "amount": line.amount.minor,
        "quantity": line.quantity,
        "genres": tuple(genre.key for _, genre in found if genre),
        "labels": tuple(word.casefold() for word, genre in found if genre is None),
    }


def _genre(text: str, programme: Programme) -> str:
    genre = programme.genre(text)
    if genre is None:
        known = tuple(genre.name for genre in programme.genres)
        raise BadGenre(text=text[:40], genres=known)
    return genre.key


def wanted_of(line: PurchaseLine) -> Wanted:
    """A purchase of a file as an order."""
    return Wanted(
        amount=line.amount,
        discount=line.discount,
        genres=line.genres,
        shop=line.shop,
        payment=line.payment,
        spend=0,
        lines=(),
    )
