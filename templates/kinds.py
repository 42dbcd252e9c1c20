"""The kinds of facts: how a name may be printed, and the samples that prove a message with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from club.money import MAX_MINOR, Money

HOSTILE = "<b>&\"'\u202e</code>{{ x }} 😀"  # A person may be called anything.
MAX_POINTS = 9_999_999_999
MAX_NUMBER = 9_999_999_999
NEVER: frozenset[str] = frozenset()  # It chooses sentences and is not printed.


@dataclass(frozen=True, slots=True)
class Fact:
    """What a name stands for in every message, and how it may be printed."""

    name: str
    meaning: str
    usual: object
    longest: object
    sparsest: object
    filters: frozenset[str] | None = None  # One must come first; empty: never printed; None: any.

    def or_none(self) -> "Fact":
        """The same fact where it may be missing: templates ask `{% if … %}` before they use it."""
        return replace(self, sparsest=None)


def text(name: str, meaning: str, usual: str, longest: int | str) -> Fact:
    """Words from outside: a length stands for hostile words of that length."""
    if isinstance(longest, int):
        longest = (HOSTILE + "Wq" * longest)[:longest]
    return Fact(name, meaning, usual, longest, usual)


def points(name: str, meaning: str, usual: int = 120) -> Fact:
    """Whole points; the filter names the unit."""
    return Fact(name, meaning, usual, MAX_POINTS, 0, frozenset({"points"}))


def number(name: str, meaning: str, usual: int, longest: int = MAX_NUMBER) -> Fact:
    """How many of something the sentence names."""
    return Fact(name, meaning, usual, longest, 0, frozenset({"number", "signed", "counted"}))


def money(name: str, meaning: str) -> Fact:
    """An amount with its currency."""
    usual, longest = Money(250_000, "IRT"), Money(MAX_MINOR - 1, "IRT")
    return Fact(name, meaning, usual, longest, Money(0, "IRT"), frozenset({"money"}))


def moment(name: str, meaning: str) -> Fact:
    """A day or a moment."""
    usual = datetime(2025, 10, 4, 11, 0, tzinfo=UTC)
    longest = datetime(2026, 5, 20, 20, 59, tzinfo=UTC)
    return Fact(name, meaning, usual, longest, usual, frozenset({"date", "datetime"}))


def code(name: str, meaning: str, usual: str, longest: int) -> Fact:
    """ASCII to tap and copy."""
    return Fact(name, meaning, usual, ("W-7&" * longest)[:longest], usual, frozenset({"code"}))


def written(name: str, meaning: str, usual: str, longest: int) -> Fact:
    """What staff wrote and members read as it is."""
    filled = (HOSTILE + " متن" * longest)[:longest]
    return Fact(name, meaning, usual, filled, usual, frozenset({"verbatim"}))


def quoted(name: str, meaning: str, usual: str, longest: int) -> Fact:
    """The beginning of what somebody wrote: its digits stay as they were written."""
    return replace(text(name, meaning, usual, longest), filters=frozenset({"quoted"}))


def truth(name: str, meaning: str) -> Fact:
    """Yes or no: it chooses sentences and is never printed."""
    return Fact(name, meaning, True, True, False, frozenset())


def names(name: str, meaning: str, usual: tuple[str, ...], longest: int, most: int) -> Fact:
    """Several words from outside."""
    each = (HOSTILE + "Wq" * longest)[:longest]
    return Fact(name, meaning, usual, (each,) * most, (), frozenset({"listed", "length"}))


def people(name: str, meaning: str, usual: tuple[str, ...], longest: int, most: int) -> Fact:
    """The names of several people: their digits stay as they were given."""
    filters = frozenset({"people", "length"})
    return replace(names(name, meaning, usual, longest, most), filters=filters)


def rows(name: str, meaning: str, of: tuple[Fact, ...], most: int) -> Fact:
    """A page of at most `most` rows; each carries the facts `of` and is walked with `for`."""
    samples: list[Mapping[str, object]] = [
        MappingProxyType({fact.name: getattr(fact, size) for fact in of})
        for size in ("usual", "sparsest", "longest")
    ]
    usual, longest = tuple(samples[:2]), (samples[2],) * most
    return Fact(name, meaning, usual, longest, (), frozenset({"length"}))
