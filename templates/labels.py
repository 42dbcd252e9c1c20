"""The words on buttons and in menus: a key and facts → one short line without HTML."""

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from club.money import Money
from club.parts import Language
from templates import words

FILE = Path(__file__).with_name("labels.toml")
MAX_LENGTH = 64

Labels = Mapping[str, Mapping[str, str]]


def label(key: str, language: Language, /, **facts: object) -> str:
    """The label `key` with these facts; a key or a fact that is missing is an error."""
    return worded(read(FILE)[key][language], language, facts)


@cache
def read(file: Path) -> Labels:
    """All labels of a file: key → language → words."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def worded(pattern: str, language: Language, facts: Mapping[str, object]) -> str:
    """The words with their facts in the digits and directions of the language."""
    shown = {name: _shown(fact, language) for name, fact in facts.items()}
    return words.spoken(pattern.format(**shown), language)


def names_in(pattern: str) -> set[str]:
    """The facts that the words of a label ask for."""
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


def _shown(fact: object, language: Language) -> str:
    match fact:
        case bool():
            raise TypeError("a label has no words for a truth value: make two labels")
        case int():
            return words.grouped(fact, language)
        case Money():
            return words.money(fact, language)
        case _:
            if (name := words.named(fact, language)) is not None:
                return words.isolated(name, language)
            raise TypeError(f"a label cannot show {fact!r}")
