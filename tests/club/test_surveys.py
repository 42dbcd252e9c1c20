"""What a typed answer means, what answers add up to, and which questions are the same."""

from datetime import UTC, datetime

import pytest

from club.audience import Audience
from club.errors import ClubError
from club.misreadings import BadAnswer, NoText, TooLong
from club.surveys import (
    TEXT_LENGTH,
    Answer,
    Kind,
    Question,
    Survey,
    Tally,
    read_answer,
    read_questions,
    stored_questions,
    tally,
)

YES_NO = ({"fa": "بله", "en": "Yes"}, {"fa": "نه", "en": "No"})
STARS = tuple({"fa": str(star), "en": str(star)} for star in range(1, 6))
THINGS = (
    {"fa": "کتاب‌فروشی", "en": "Bookshop"},
    {"fa": "اینترنت، تلفن", "en": "Online, phone"},
    {"fa": "نمایشگاه", "en": "Fair"},
)
ASKED = {"fa": "؟", "en": "?"}


def question(kind: Kind) -> Question:
    own = THINGS if kind in (Kind.ONE, Kind.SEVERAL) else ()
    return Question(kind=kind, text=ASKED, choices=own)


@pytest.mark.parametrize(
    ("kind", "names", "typed", "choices"),
    [
        (Kind.YES_NO, YES_NO, "بله", (0,)),
        (Kind.YES_NO, YES_NO, " NO ", (1,)),
        (Kind.RATING, STARS, "۵", (4,)),
        (Kind.RATING, STARS, "1", (0,)),
        (Kind.ONE, THINGS, "كتاب فروشي", (0,)),
        (Kind.ONE, THINGS, "۳", (2,)),
        (Kind.ONE, THINGS, "online, phone", (1,)),  # A comma of its own does not part it.
        (Kind.SEVERAL, THINGS, "۳، bookshop", (0, 2)),
        (Kind.SEVERAL, THINGS, "1,1,", (0,)),
    ],
)
def test_typed_words_mean(
    kind: Kind, names: tuple[dict[str, str], ...], typed: str, choices: tuple[int, ...]
) -> None:
    assert read_answer(question(kind), names, typed) == Answer(choices=choices)


@pytest.mark.parametrize(
    ("kind", "names", "typed", "refusal"),
    [
        (Kind.RATING, STARS, "6", BadAnswer),
        (Kind.RATING, STARS, "0", BadAnswer),
        (Kind.ONE, THINGS, "1,2", BadAnswer),
        (Kind.SEVERAL, THINGS, "1,9", BadAnswer),
        (Kind.SEVERAL, THINGS, " ", BadAnswer),
        (Kind.YES_NO, YES_NO, "²", BadAnswer),
        (Kind.TEXT, (), " \n", NoText),
        (Kind.TEXT, (), "x" * (TEXT_LENGTH + 1), TooLong),
    ],
)
def test_other_words_are_refused(
    kind: Kind, names: tuple[dict[str, str], ...], typed: str, refusal: type[ClubError]
) -> None:
    with pytest.raises(refusal):
        read_answer(question(kind), names, typed)


def test_words_of_ones_own_are_kept() -> None:
    typed = "x" * TEXT_LENGTH
    assert read_answer(question(Kind.TEXT), (), f" {typed} "[:TEXT_LENGTH]).text is not None
    assert read_answer(question(Kind.TEXT), (), " خوب ") == Answer(text="خوب")


def test_answers_are_counted() -> None:
    several = [Answer(choices=(0, 2)), Answer(choices=(2,))]
    assert tally(question(Kind.SEVERAL), several) == Tally(answered=2, counts=(1, 0, 2))
    words = [Answer(text="x"), Answer(), Answer(text="y")]
    assert tally(question(Kind.TEXT), words) == Tally(answered=3, counts=(2, 1))
    assert tally(question(Kind.RATING), []) == Tally(answered=0, counts=(0,) * 5)


def test_the_same_questions_are_known_again() -> None:
    def survey(title: str, *kinds: Kind) -> Survey:
        return Survey(
            title={"fa": title, "en": title},
            points=1,
            closes_at=datetime(2025, 1, 1, tzinfo=UTC),
            audience=Audience(),
            questions=tuple(question(kind) for kind in kinds),
        )

    first = survey("a", Kind.ONE, Kind.TEXT)
    assert first.fingerprint == survey("b", Kind.ONE, Kind.TEXT).fingerprint
    assert first.fingerprint != survey("a", Kind.TEXT, Kind.ONE).fingerprint
    assert read_questions(stored_questions(first.questions)) == first.questions
