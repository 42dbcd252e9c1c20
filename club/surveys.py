"""Surveys: what is asked, what an answer means, and what the answers add up to."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from club.audience import Audience
from club.misreadings import BadAnswer, NoText, TooLong
from club.money import plain_digits

TEXT_LENGTH = 700  # Of an answer in a member's own words.
RATINGS = 5

Phrase = Mapping[str, str]
"""What staff wrote, in both languages."""


class Kind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    ONE = "one"
    SEVERAL = "several"
    RATING = "rating"
    TEXT = "text"


class SurveyState(StrEnum):
    """A draft is only a preview; a running one is being answered until it closes."""

    DRAFT = "draft"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; `choices` are its own, where its kind has not its fixed ones."""

    kind: Kind
    text: Phrase
    choices: tuple[Phrase, ...] = ()

    @property
    def options(self) -> int:
        """Between how many things an answer chooses."""
        match self.kind:
            case Kind.YES_NO:
                return 2
            case Kind.RATING:
                return RATINGS
            case _:
                return len(self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a survey asks, of whom, until when, and what answering all of it brings."""

    title: Phrase
    points: int
    closes_at: datetime
    audience: Audience
    questions: tuple[Question, ...]

    @property
    def fingerprint(self) -> str:
        """The same for the same questions: who has answered them is not asked again."""
        asked = json.dumps(stored_questions(self.questions), sort_keys=True)
        return sha256(asked.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody answered: the choices by their place from 0, or words of their own.

    Neither: a question for words that was passed over.
    """

    choices: tuple[int, ...] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The answers to one question, counted. For words: how many wrote, and how many passed."""

    answered: int
    counts: tuple[int, ...]


def tally(question: Question, answers: Iterable[Answer]) -> Tally:
    """Count the answers to a question."""
    given = list(answers)
    if question.kind is Kind.TEXT:
        wrote = sum(answer.text is not None for answer in given)
        return Tally(answered=len(given), counts=(wrote, len(given) - wrote))
    counts = [0] * question.options
    for answer in given:
        for choice in answer.choices:
            counts[choice] += 1
    return Tally(answered=len(given), counts=tuple(counts))


def read_answer(question: Question, names: Sequence[Phrase], typed: str) -> Answer:
    """What a typed answer means; `names` are the words of all options, in their order.

    An option is meant by its name in either language or by its number from 1; several stand
    with commas between them. Raises BadAnswer, NoText, TooLong.
    """
    if question.kind is Kind.TEXT:
        if not typed.strip():
            raise NoText()
        if len(typed) > TEXT_LENGTH:
            raise TooLong(limit=TEXT_LENGTH, count=len(typed))
        return Answer(text=typed.strip())
    whole = _meant(names, typed)
    if whole is not None:
        return Answer(choices=(whole,))
    parts = [part for part in re.split(r"[,،;؛\n]", typed) if part.strip()]
    found = [_meant(names, part) for part in parts]
    if question.kind is not Kind.SEVERAL or not found or None in found:
        raise BadAnswer(choices=tuple(names))
    return Answer(choices=tuple(sorted({place for place in found if place is not None})))


def _meant(names: Sequence[Phrase], typed: str) -> int | None:
    """The place of the option that is meant."""
    wanted = _folded(typed)
    for place, name in enumerate(names):
        if wanted in {_folded(words) for words in name.values()}:
            return place
    if wanted.isdecimal() and 1 <= int(wanted[:9]) <= len(names):
        return int(wanted) - 1
    return None


def _folded(text: str) -> str:
    """Without half-spaces and outer blanks, in plain digits and lower case."""
    return plain_digits(text.replace("\u200c", " ")).strip().casefold()


def stored_questions(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """As JSON."""
    return [
        {
            "kind": question.kind.value,
            "text": dict(question.text),
            "choices": [dict(choice) for choice in question.choices],
        }
        for question in questions
    ]


def read_questions(stored: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """What stored_questions() gave."""
    return tuple(
        Question(
            kind=Kind(question["kind"]),
            text=question["text"],
            choices=tuple(question["choices"]),
        )
        for question in stored
    )
