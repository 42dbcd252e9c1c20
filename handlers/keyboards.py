"""Buttons under messages, and the menu below the chat."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from club.facts import Facts
from club.parts import Language
from handlers.signing import Press, Signer
from templates.labels import label

MENU = (("card", "points"), ("genres", "settings"), ("help", "privacy"))
"""The member's menu, rows as a left-to-right reader sees them; each name is a command too."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: the key of its words, and what its press means."""

    label: str
    subject: str
    verb: str
    id: str | int = ""
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens an address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class WrittenLink:
    """A button that opens an address, in words that staff wrote."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class WrittenButton:
    """A button in words that staff wrote, and what its press means."""

    words: str
    subject: str
    verb: str
    id: str | int = ""


Key = Button | Link | WrittenLink | WrittenButton
Row = Sequence[Key]
Rows = Sequence[Row]
T = TypeVar("T")


def inline(rows: Rows, language: Language, signer: Signer, bound_to: int) -> InlineKeyboardMarkup:
    """Buttons under a message; rows run right to left for a Persian reader."""
    return InlineKeyboardMarkup(
        [
            [_made(button, language, signer, bound_to) for button in directed(row, language)]
            for row in rows
        ]
    )


def _made(button: Key, language: Language, signer: Signer, bound_to: int) -> InlineKeyboardButton:
    if isinstance(button, WrittenLink):
        return InlineKeyboardButton(button.words, url=button.url)
    if isinstance(button, Link):
        return InlineKeyboardButton(label(button.label, language), url=button.url)
    if isinstance(button, WrittenButton):
        words = button.words
    else:
        words = label(button.label, language, **button.facts)
    press = Press(button.subject, button.verb, str(button.id))
    return InlineKeyboardButton(words, callback_data=signer.sign(press, bound_to))


def directed(row: Sequence[T], language: Language) -> list[T]:
    """The row as the messenger wants it: it lays rows out from the left, whatever the language."""
    return list(reversed(row)) if language == "fa" else list(row)


def menu(language: Language) -> ReplyKeyboardMarkup:
    """The member's menu below the chat."""
    return ReplyKeyboardMarkup(
        [[KeyboardButton(label(key, language)) for key in directed(row, language)] for row in MENU],
        resize_keyboard=True,
        is_persistent=True,
    )


def contact_request(language: Language) -> ReplyKeyboardMarkup:
    """The button that shares one's own phone, and the one that leaves it out."""
    return ReplyKeyboardMarkup(
        [
            [KeyboardButton(label("share_contact", language), request_contact=True)],
            [KeyboardButton(label("skip", language))],
        ],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def pressed_label(text: str, keys: Sequence[str]) -> str | None:
    """Which of these labels a text is, in either language."""
    return next((key for key in keys if text in (label(key, "fa"), label(key, "en"))), None)
