"""The programmes that come with the club say what its pages promise."""

import pytest

from club.baskets import Order
from club.earning import awards_for, points_of
from club.money import Money
from club.programme import Programme, parse_programme
from tests.club.programmes import KNOWN, NOON
from tests.data.purchases import EXAMPLES, GENRES, Shop

BOOKS = parse_programme((EXAMPLES.parent / "programme.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("programme", "minor", "points"),
    [
        (BOOKS, 99_999, 9),  # Ten points per 100,000 toman is one for each whole 10,000.
        (BOOKS, 100_000, 10),
        (Shop("cd-shop").programme, 1_177, 11),
        (Shop("cd-shop").programme, 99, 0),
        (Shop("film-shop").programme, 100, 10),
    ],
)
def test_a_purchase_brings(programme: Programme, minor: int, points: int) -> None:
    order = Order(amount=Money(minor, programme.club.currency), at=NOON)
    assert points_of(awards_for(order, programme, KNOWN)) == points


def test_the_bookshop_is_the_one_of_the_founding_articles() -> None:
    assert [(tier.key, tier.threshold) for tier in BOOKS.tiers[1:]] == [
        ("silver", 500),
        ("gold", 1000),
    ]
    assert (BOOKS.brings("profile"), BOOKS.expiry.months, BOOKS.club.currency) == (5, 12, "IRT")
    for spelling in ("فانتزی", "تاریخ", "رمان", "شعر", "کودک", "کنکور", "روانشناسی", "علمی تخیلی"):
        assert BOOKS.genre(spelling) is not None


def test_the_film_shop_knows_each_genre_of_its_file_in_both_languages() -> None:
    programme = Shop("film-shop").programme
    assert len(programme.genres) == len(GENRES)
    for name in GENRES:
        genre = programme.genre(name)
        assert genre is not None
        assert programme.genre(genre.name.fa) == genre
