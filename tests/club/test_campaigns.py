"""What a promotion may say."""

import pytest

from club.campaigns import (
    CAPTION_LENGTH,
    ENDED,
    LABEL_LENGTH,
    LONGEST_NAME,
    TEXT_LENGTH,
    BadLabel,
    BadLink,
    CampaignState,
    Link,
    addressed,
    check_text,
    end_of,
    ends,
    language_of,
    may_go,
    read_label,
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


def test_ends_are_told_by_their_names() -> None:
    counts = {LetterState.SENT: 3, LetterState.FAILED: 1, LetterState.EXPIRED: 2}
    told = {"sent": 3, "unreachable": 0, "failed": 1, "unknown": 0, "missed": 2, "skipped": 0}
    assert ends(counts) == told


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("کتاب تازه رسید", ("کتاب تازه رسید",)),
        ("{name}, new books", ("", ", new books")),
        ("سلام {نام}! {نام} جان", ("سلام ", "! ", " جان")),
        ("Dear { Name }: {names} {}", ("Dear ", ": {names} {}")),
    ],
)
def test_a_text_is_the_pieces_around_the_name(text: str, pieces: tuple[str, ...]) -> None:
    assert addressed(text) == pieces


def test_each_name_takes_the_room_of_the_longest() -> None:
    room = "ا" * (TEXT_LENGTH - 2 * LONGEST_NAME)
    assert check_text(f"{{name}}{room}{{نام}}", with_picture=False)
    with pytest.raises(TooLong) as refused:
        check_text(f"{{name}}{room}{{نام}}.", with_picture=False)
    assert refused.value.facts == {"limit": TEXT_LENGTH, "count": TEXT_LENGTH + 1}


def test_a_buttons_words_are_one_line_of_at_most_forty() -> None:
    assert read_label(" می‌آیم \n حتماً ") == "می‌آیم حتماً"
    assert read_label("x" * LABEL_LENGTH)
    for text in ("", " \n", "x" * (LABEL_LENGTH + 1), "😀" * (LABEL_LENGTH // 2 + 1)):
        with pytest.raises(BadLabel):
            read_label(text)


def test_nothing_comes_back_from_its_end() -> None:
    assert set(ENDED) == {CampaignState.DONE, CampaignState.CANCELLED, CampaignState.MISSED}
    for state in CampaignState:
        assert not may_go(state, state)
        assert may_go(state, CampaignState.CANCELLED) == (state not in ENDED)
        assert not any(may_go(end, state) for end in ENDED)


def test_only_what_was_previewed_is_sent() -> None:
    sent = (CampaignState.SUBMITTED, CampaignState.SCHEDULED, CampaignState.RUNNING)
    assert not any(may_go(CampaignState.DRAFT, state) for state in sent)
    assert all(may_go(CampaignState.PREVIEWED, state) for state in sent)


@pytest.mark.parametrize(
    ("letters", "counts", "end"),
    [
        (0, {}, CampaignState.DONE),
        (3, {LetterState.SENT: 2}, None),
        (3, {LetterState.SENT: 2, LetterState.SKIPPED: 1}, CampaignState.DONE),
        (3, {LetterState.SENT: 1, LetterState.EXPIRED: 2}, CampaignState.DONE),
        (3, {LetterState.EXPIRED: 3}, CampaignState.MISSED),
        (3, {LetterState.EXPIRED: 2}, None),
    ],
)
def test_a_campaign_ends_with_its_last_letter(
    letters: int, counts: dict[LetterState, int], end: CampaignState | None
) -> None:
    assert end_of(letters, counts) is end
