"""Members addressed by name in what staff wrote."""

from club.campaigns import addressed
from club.parts import Language
from templates.labels import label
from templates.words import isolated


def address(text: str, name: str | None, language: Language) -> str:
    """The text with the name where it stands in it; whoever has none is a friend."""
    pieces = addressed(text)
    return isolated(name or label("friend", language), language).join(pieces)
