"""The file that defines a survey: TOML in, a survey out, or each fault with its line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Self

from persiantools.jdatetime import JalaliDate
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from club.audience import Audience
from club.calendar import day_end, local_day
from club.misreadings import BadSurvey
from club.money import plain_digits
from club.parts import Part
from club.programme import Programme
from club.surveys import Kind, Question, Survey

MAX_BYTES = 65_536
MAX_QUESTIONS, MAX_CHOICES = 12, 8
MAX_DAYS = 366
SHOWN_FAULTS = 12
SAMPLE_LENGTH = 120
JALALI_YEARS = range(1300, 1600)
OWN_CHOICES = (Kind.ONE, Kind.SEVERAL)
ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
WORDS = '{ fa = "…", en = "…" }'
SAMPLES = {
    "title": f"title = {WORDS}",
    "points": "points = 10",
    "days": "days = 30",
    "closes": "closes = 2026-03-20",
    "audience": 'audience = "all"',
    "questions": '[[questions]] kind = "text"',
    "kind": 'kind = "yes_no", "one", "several", "rating", "text"',
    "text": f"text = {WORDS}",
    "choices": f"choices = [{WORDS}, {WORDS}]",
}
PROBLEMS = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "string_too_long": "long",
    "too_long": "many",
    "too_short": "few",
    **{kind: kind for kind in ("few", "genre", "past", "twice", "needless", "both")},
}
"""pydantic's kind of fault, or our own → the problem that the words know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFault:
    """One thing that is wrong in the file, and a sample of how it is written right."""

    line: int  # Counted as editors count; 0 is the file as a whole.
    place: str
    problem: str
    sample: str
    limit: int = 0

    def facts(self) -> dict[str, object]:
        """As messages carry it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _both(value: object) -> object:
    """Words that stand once are the same in both languages."""
    return {"fa": value, "en": value} if isinstance(value, str) else value


class _Title(Part):
    fa: Annotated[str, Field(max_length=60, pattern=ONE_LINE)]
    en: Annotated[str, Field(max_length=60, pattern=ONE_LINE)]


class _Asked(Part):
    fa: Annotated[str, Field(max_length=200, pattern=ONE_LINE)]
    en: Annotated[str, Field(max_length=200, pattern=ONE_LINE)]


class _Choice(Part):
    fa: Annotated[str, Field(max_length=40, pattern=ONE_LINE)]
    en: Annotated[str, Field(max_length=40, pattern=ONE_LINE)]


class _Question(Part):
    kind: Kind
    text: Annotated[_Asked, BeforeValidator(_both)]
    choices: Annotated[
        tuple[Annotated[_Choice, BeforeValidator(_both)], ...], Field(max_length=MAX_CHOICES)
    ] = ()

    @model_validator(mode="after")
    def _choices_fit(self) -> Self:
        if self.kind in OWN_CHOICES and len(self.choices) < 2:
            raise _fault("few" if self.choices else "missing", "choices")
        if self.kind not in OWN_CHOICES and self.choices:
            raise _fault("needless", "choices")
        for language in ("fa", "en"):
            if len({getattr(choice, language) for choice in self.choices}) < len(self.choices):
                raise _fault("twice", "choices")
        return self


def _genre(spelling: str, info: ValidationInfo) -> str:
    programme: Programme = info.context["programme"]  # type: ignore[index]
    if (genre := programme.genre(spelling)) is None:
        raise _fault("genre", "audience")
    return genre.key


def _day(value: object, info: ValidationInfo) -> date:
    """A day as TOML writes it, or in quotes, where a Jalali year tells that it is Jalali."""
    day = value if type(value) is date else _typed_day(value)
    today: date = info.context["today"]  # type: ignore[index]
    if day is None or day > today + timedelta(days=MAX_DAYS):
        raise _fault("wrong", "closes")
    if day < today:
        raise _fault("past", "closes")
    return day


def _typed_day(value: object) -> date | None:
    typed = plain_digits(value) if isinstance(value, str) else ""
    if (parts := re.fullmatch(r"\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})\s*", typed)) is None:
        return None
    year, month, day = (int(part) for part in parts.groups())
    try:
        if year in JALALI_YEARS:
            gregorian: date = JalaliDate(year, month, day).to_gregorian()
            return gregorian
        return date(year, month, day)
    except ValueError:
        return None


def _everybody(value: object) -> object:
    return () if value == "all" else value or None  # An empty list is no audience.


def _some(value: object) -> object:
    if value == []:
        raise _fault("few", "questions")
    return value


class _File(Part):
    title: Annotated[_Title, BeforeValidator(_both)]
    points: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0
    days: Annotated[int, Field(ge=1, le=MAX_DAYS, strict=True)] | None = None
    closes: Annotated[Any, AfterValidator(_day)] = None
    audience: Annotated[
        tuple[Annotated[str, AfterValidator(_genre)], ...], BeforeValidator(_everybody)
    ]
    questions: Annotated[
        tuple[_Question, ...], BeforeValidator(_some), Field(max_length=MAX_QUESTIONS)
    ]

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if (self.days is None) == (self.closes is None):
            raise _fault("missing" if self.days is None else "both", "days")
        return self


def parse_survey(content: bytes, programme: Programme, now: datetime) -> Survey:
    """The survey that the file describes; raises BadSurvey with every fault and its line."""
    text, read = _toml(content)
    today = local_day(now, programme.zone)
    try:
        file = _File.model_validate(read, context={"programme": programme, "today": today})
    except ValidationError as error:
        faults = [_located(dict(fault), text, programme) for fault in error.errors()]
        raise refused(faults) from error
    last_day = file.closes or today + timedelta(days=file.days or 0)
    return Survey(
        title=file.title.model_dump(),
        points=file.points,
        closes_at=day_end(last_day, programme.zone),
        audience=Audience(any_of=tuple(dict.fromkeys(file.audience))),
        questions=tuple(
            Question(
                kind=question.kind,
                text=question.text.model_dump(),
                choices=tuple(choice.model_dump() for choice in question.choices),
            )
            for question in file.questions
        ),
    )


def refused(faults: Sequence[SurveyFault]) -> BadSurvey:
    """The refusal with the first faults by line, and how many there are."""
    ordered = sorted(faults, key=lambda fault: fault.line)
    shown = tuple(fault.facts() for fault in ordered[:SHOWN_FAULTS])
    return BadSurvey(faults=shown, count=len(ordered))


def _toml(content: bytes) -> tuple[str, dict[str, Any]]:
    if len(content) > MAX_BYTES:
        fault = SurveyFault(
            line=0, place="TOML", problem="large", sample="survey.toml", limit=MAX_BYTES // 1024
        )
        raise refused([fault])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise refused(
            [SurveyFault(line=line, place="UTF-8", problem="not_text", sample="survey.toml")]
        ) from error
    try:
        return text, tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        lines = text.splitlines() or [""]
        line = min(int(found[1]), len(lines)) if found else len(lines)
        sample = lines[line - 1].strip()[:SAMPLE_LENGTH] or "…"
        raise refused(
            [SurveyFault(line=line, place="TOML", problem="not_toml", sample=sample)]
        ) from error


def _fault(problem: str, key: str) -> PydanticCustomError:
    return PydanticCustomError(problem, "a survey's fault", {"key": key})


def _located(fault: Mapping[str, Any], text: str, programme: Programme) -> SurveyFault:
    """A fault of the model's in our words: its line, its problem, and a sample."""
    facts = fault.get("ctx", {})
    loc: tuple[str | int, ...] = fault["loc"]
    key = facts.get("key")
    if key is not None and key not in loc:
        loc = (*loc, key)
    problem = PROBLEMS.get(fault["type"], "wrong")
    named = [str(part) for part in loc if part in SAMPLES]
    sample = SAMPLES[named[-1]] if named else WORDS
    if problem == "unknown":
        inside = _Question if loc[0] == "questions" and len(loc) == 3 else _File
        sample = ", ".join(inside.model_fields) if len(named) < 2 else WORDS
    elif problem == "genre":
        sample = ", ".join(genre.key for genre in programme.genres)
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in loc)
    return SurveyFault(
        line=line_of(text, loc),
        place=place[:40],
        problem=problem,
        sample=sample[:SAMPLE_LENGTH],
        limit=int(facts.get("max_length", MAX_CHOICES)),
    )


def line_of(text: str, loc: Sequence[str | int]) -> int:
    """The line of the text where that place stands; for what is missing, where it belongs."""
    lines = text.splitlines()
    start, end = 0, len(lines)
    heads = [at for at, line in enumerate(lines) if re.match(r"\s*\[\[\s*questions\s*\]\]", line)]
    rest = list(loc)
    found = 1
    if len(rest) > 1 and rest[0] == "questions" and isinstance(rest[1], int) and heads:
        number = min(rest[1], len(heads) - 1)
        start, end = heads[number], [*heads, len(lines)][number + 1]
        found, rest = start + 1, rest[2:]
    elif heads and rest[:1] != ["questions"]:
        end = heads[0]
    elif heads:
        return heads[0] + 1
    if not rest:
        return found
    key = re.compile(rf"\s*[\"']?{re.escape(str(rest[0]))}[\"']?\s*[=.]|\s*\[+{rest[0]}\]")
    for at in range(start, end):
        if key.match(lines[at]):
            item = rest[1] if len(rest) > 1 and isinstance(rest[1], int) else None
            return at + 1 if item is None else _item_line(lines[:end], at, item)
    return found


def _item_line(lines: Sequence[str], start: int, item: int) -> int:
    """The line on which an array that begins at `start` has its item."""
    for at in range(start, len(lines)):
        said = "\n".join(lines[start : at + 1])
        for whole in (said, f"{said}\n]"):
            try:
                (array,) = tomllib.loads(whole).values()
            except ValueError:
                continue
            if isinstance(array, list) and len(array) > item:
                return at + 1
    return start + 1
