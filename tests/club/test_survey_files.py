"""A survey's file is read whole, or refused with every fault, its line and a sample."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from club.audience import Audience
from club.misreadings import BadSurvey
from club.programme import parse_programme
from club.survey_files import MAX_BYTES, parse_survey
from club.surveys import Kind, Survey

ROOT = Path(__file__).parents[2]
BOOKS = parse_programme((ROOT / "programme.toml").read_text(encoding="utf-8"))
EXAMPLE = (ROOT / "examples/survey.toml").read_text(encoding="utf-8")
NOON = datetime(2025, 10, 4, 9, tzinfo=UTC)  # 12 Mehr 1404.
SMALL = """title = "x"
days = 7
audience = "all"
[[questions]]
kind = "one"
text = "?"
choices = [
  "a",
  { fa = "b", en = "c" },
]
"""


def read(text: str | bytes) -> Survey:
    content = text if isinstance(text, bytes) else text.encode()
    return parse_survey(content, BOOKS, NOON)


def faults(text: str | bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(BadSurvey) as refused:
        read(text)
    told = refused.value.facts["faults"]
    assert isinstance(told, tuple)
    return [(fault["line"], fault["place"], fault["problem"]) for fault in told]


def test_the_example_is_in_order() -> None:
    survey = read(EXAMPLE)
    assert [question.kind for question in survey.questions] == list(Kind)
    assert survey.audience == Audience(any_of=("fantasy", "history"))
    assert survey.closes_at == datetime(2025, 11, 3, 20, 30, tzinfo=UTC), "the day ends there"


def test_words_may_stand_once_for_both_languages() -> None:
    survey = read("\ufeff" + SMALL)
    assert survey.title == {"fa": "x", "en": "x"}
    assert survey.questions[0].choices == ({"fa": "a", "en": "a"}, {"fa": "b", "en": "c"})
    assert survey.audience == Audience()
    assert survey.points == 0


@pytest.mark.parametrize("closes", ["2025-10-04", '"2025-10-04"', '"۱۴۰۴/۰۷/۱۲"', '"1404-7-12"'])
def test_the_last_day_is_written_in_either_calendar(closes: str) -> None:
    survey = read(SMALL.replace("days = 7", f"closes = {closes}"))
    assert survey.closes_at == datetime(2025, 10, 4, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('title = "x"', 'title = ""'), (1, "title.fa", "wrong")),
        (('title = "x"\n', ""), (1, "title", "missing")),
        (('title = "x"', f'title = "{"x" * 61}"'), (1, "title.fa", "long")),
        (('title = "x"', 'title = { fa = "x" }'), (1, "title.en", "missing")),
        (("days = 7", "points = true\ndays = 7"), (2, "points", "wrong")),
        (("days = 7", "days = 0"), (2, "days", "wrong")),
        (("days = 7", ""), (1, "days", "missing")),
        (("days = 7", "days = 7\ncloses = 2025-12-01"), (2, "days", "both")),
        (("days = 7", "closes = 2025-10-03"), (2, "closes", "past")),
        (("days = 7", "closes = 2027-10-03"), (2, "closes", "wrong")),
        (("days = 7", 'closes = "1404/13/01"'), (2, "closes", "wrong")),
        (('"all"', '["fantasy",\n "cooking"]'), (4, "audience.2", "genre")),
        (('"all"', "[]"), (3, "audience", "wrong")),
        (('audience = "all"', 'audience = "all"\ncolour = 1'), (4, "colour", "unknown")),
        (('kind = "one"', 'kind = "maybe"'), (5, "questions.1.kind", "wrong")),
        (('kind = "one"', 'kind = "text"'), (7, "questions.1.choices", "needless")),
        (('  { fa = "b", en = "c" },\n', ""), (7, "questions.1.choices", "few")),
        (('en = "c"', 'en = "a"'), (7, "questions.1.choices", "twice")),
        (('fa = "b", ', ""), (9, "questions.1.choices.2.fa", "missing")),
        (('  "a",\n', '  "a",\n' * 8), (7, "questions.1.choices", "many")),
        (("]\n", "]\n[[questions]]\nkind = 'text'\ntext = '''a\nb'''\n"), (13, "", "wrong")),
        (('text = "?"', 'text = "?'), (6, "TOML", "not_toml")),
    ],
)
def test_each_fault_has_its_line(change: tuple[str, str], fault: tuple[int, str, str]) -> None:
    assert change[0] in SMALL, "the file has what the test changes"
    changed = SMALL[::-1].replace(change[0][::-1], change[1][::-1], 1)[::-1]
    line, place, problem = fault
    found = faults(changed)
    assert any((line, problem) == (one[0], one[2]) and one[1].startswith(place) for one in found), (
        found
    )


def test_all_faults_are_told_at_once() -> None:
    wrong = SMALL.replace("days = 7", 'days = "7"').replace('"one"', '"two"').replace("?", "")
    assert [line for line, _, _ in faults(wrong)] == [2, 5, 6, 6]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe", "not_text"),
        (b"x = " + b"[" * 5_000, "not_toml"),
        (b"x = " + b"9" * 5_000, "not_toml"),
        (b"#" * (MAX_BYTES + 1), "large"),
        (b"", "missing"),
        (b"questions = []\n", "few"),
        (b"questions = 5\n", "wrong"),
        (b"[questions]\nkind = 1\n", "wrong"),
    ],
)
def test_what_is_no_survey_at_all_is_told_so(content: bytes, problem: str) -> None:
    assert problem in [fault[2] for fault in faults(content)]
