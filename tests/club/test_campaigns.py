"""What a promotion may say."""

import pytest

from club.campaigns import (
    CAPTION_LENGTH,
    TEXT_LENGTH,
    BadLink,
    Link,
    check_text,
    ends,
    language_of,
    read_link,
)
from club.letters import LetterState
from club.misreadings import NoText, TooLong


@pytest.mark.parametrize(
    ("text", "language"),
    [("کتاب تازه رسید", "fa"), ("New books", "en"), ("کتاب Harry", "en"), ("🎉", "fa")],
)
def test_a_text_is_in_the_language_of_most_of_its_letters(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(("with_picture", "limit"), [(False, TEXT_LENGTH), (True, CAPTION_LENGTH)])
def test_there_is_less_room_under_a_picture(with_picture: bool, limit: int) -> None:
    assert check_text("ا" * limit, with_picture=with_picture)
    with pytest.raises(TooLong):
        check_text("ا" * (limit + 1), with_picture=with_picture)
    with pytest.raises(TooLong):  # The messenger counts an emoji twice.
        check_text("😀" * (limit // 2 + 1), with_picture=with_picture)


def test_nothing_is_no_text() -> None:
    with pytest.raises(NoText):
        check_text(" \n", with_picture=False)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (
            "See the books https://example.com/a?b=1",
            Link("See the books", "https://example.com/a?b=1"),
        ),
        ("دیدن کتاب‌ها | t.me/shop", Link("دیدن کتاب‌ها", "https://t.me/shop")),
        ("https://example.com\nOpen", Link("Open", "https://example.com")),
    ],
)
def test_a_link_has_words_and_an_address(text: str, link: Link) -> None:
    assert read_link(text) == link


@pytest.mark.parametrize(
    "text",
    ["", "only words", "https://example.com", "x" * 41 + " https://example.com", "a https://[x/y"],
)
def test_half_a_link_is_refused(text: str) -> None:
    with pytest.raises(BadLink):
        read_link(text)


def test_what_expired_unsent_counts_as_failed() -> None:
    counts = {LetterState.SENT: 3, LetterState.FAILED: 1, LetterState.EXPIRED: 2}
    assert ends(counts) == {"sent": 3, "unreachable": 0, "failed": 3, "unknown": 0}
