"""An audience as a value: pressed together, stored, read back, described."""

import pytest

from club.audience import NAMES_SHOWN, Audience, Part, in_words, mark_of
from club.tags import BadTag, read_tag
from tests.handlers.people import BOOKSHOP


def test_a_press_asks_and_the_same_press_takes_it_back() -> None:
    presses: tuple[tuple[Part, str], ...] = (
        ("any_of", "fantasy"),
        ("tiers", "silver"),
        ("languages", "en"),
        ("bought", "30"),
        ("quiet", "7"),
    )
    audience = Audience()
    for part, value in presses:
        audience = audience.flipped(part, value)
        assert audience.has(part, value)
    for part, value in presses:
        audience = audience.flipped(part, value)
    assert audience == Audience()


def test_a_tag_stands_in_one_part_only() -> None:
    audience = Audience(any_of=("fantasy", "crime")).flipped("none_of", "fantasy")
    assert audience == Audience(any_of=("crime",), none_of=("fantasy",))


def test_an_audience_is_read_back_as_it_was() -> None:
    audience = Audience(any_of=("a",), tiers=("gold",), bought_within_days=30)
    assert Audience.read(audience.stored()) == audience
    assert Audience.read({"any_of": ["a"]}) == Audience(any_of=("a",)), "as it was stored once"


def test_an_audience_is_described_by_names() -> None:
    facts = in_words(Audience(any_of=("fantasy", "vip"), languages=("fa",)), BOOKSHOP)
    assert facts["genres"] == ({"fa": "فانتزی", "en": "Fantasy"}, "vip")
    assert facts["language_meant"] == "fa"
    many = in_words(Audience(none_of=tuple(f"t{n}" for n in range(NAMES_SHOWN + 1))), BOOKSHOP)
    assert many["genres_none"] == (*(f"t{n}" for n in range(NAMES_SHOWN)), "…")


def test_marks_tell_genres_and_tiers_apart() -> None:
    keys = [genre.key for genre in BOOKSHOP.genres] + [tier.key for tier in BOOKSHOP.tiers]
    assert len({mark_of(key) for key in keys}) == len(keys)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("#VIP", "vip"),
        ("book_club ۲", "book-club-2"),
        ("كتاب‌خوان", "کتاب-خوان"),
        ("خیال‌پردازی", "fantasy"),
        ("Sci-Fi", "sci-fi"),
    ],
)
def test_a_tag_is_the_same_however_it_is_typed(text: str, tag: str) -> None:
    assert read_tag(text, BOOKSHOP) == tag


@pytest.mark.parametrize("text", ["", "#", "x" * 25, "a:b", "<b>", "😀"])
def test_what_is_no_tag_is_refused(text: str) -> None:
    with pytest.raises(BadTag):
        read_tag(text, BOOKSHOP)
