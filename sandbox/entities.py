"""Texts with entities: lengths as the messenger counts them, and what it finds by itself."""

import re
from dataclasses import dataclass

from sandbox.state import Json

FOUND = re.compile(
    r"(?P<url>(?:https?://|tg://)[^\s<>\"]+|(?<![\w@./-])(?:[a-z0-9-]+\.)+"
    r"(?:com|org|net|ir|me|ble|io|dev|info|app)(?![\w.-]*@)(?:/[^\s<>\"]*)?(?![\w-]))"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@]))"
    r"|(?P<mention>(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w))"
    r"|(?P<hashtag>(?<!\w)\#(?=\w*[^\W\d])\w{1,256})"
    r"|(?P<phone_number>(?<![\w+])\+[0-9](?:[ ()-]?[0-9]){7,14}(?!\w))",
    re.IGNORECASE,
)
HINT = re.compile(r"[/@#+]|\w\.\w")  # Without one of these there is nothing to find.
TRAILING = ".,;:!?)]}'\"»،؛؟"
CLOSED = {"code", "pre", "text_link"}  # Nothing is found inside these.
ORDER = ("expandable_blockquote", "blockquote", "pre", "code", "text_link")
RANKS = {kind: rank for rank, kind in enumerate(ORDER)}
JOINED = {"bold", "italic", "underline", "strikethrough", "spoiler"}


class EntitiesBroken(Exception):
    """The markup cannot be read."""


@dataclass(slots=True)
class Formatted:
    """A text and its entities, offsets in UTF-16 units."""

    text: str
    entities: list[Json]


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def trimmed(formatted: Formatted) -> Formatted:
    """The text without spaces around it, entities moved along; spaces that are marked up stay."""
    text = formatted.text.rstrip()
    if text and len(text) == len(formatted.text) and not text[0].isspace():
        return formatted
    leading = len(text) - len(text.lstrip())
    if formatted.entities and leading:
        leading = min(leading, min(entity["offset"] for entity in formatted.entities))
    text = text[leading:]
    length = utf16_length(text)
    entities: list[Json] = []
    for entity in formatted.entities:
        offset = entity["offset"] - leading
        rest = min(entity["length"], length - offset)
        if rest > 0:
            entities.append({**entity, "offset": offset, "length": rest})
    return Formatted(text, entities)


def with_found(formatted: Formatted) -> Formatted:
    """Adds the commands, links, mentions and numbers that the messenger finds by itself."""
    text, given = formatted.text, formatted.entities
    entities = list(given)
    if HINT.search(text):
        for found in FOUND.finditer(text):
            kind = str(found.lastgroup)
            value = found.group()
            if kind in ("url", "email"):
                value = value.rstrip(TRAILING)
            offset = utf16_length(text[: found.start()])
            entity = {"type": kind, "offset": offset, "length": utf16_length(value)}
            if not any(overlaps(entity, other) for other in given if other["type"] in CLOSED):
                entities.append(entity)
    return Formatted(text, in_order(entities))


def overlaps(one: Json, other: Json) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"]
        and other["offset"] < one["offset"] + one["length"]
    )


def in_order(entities: list[Json]) -> list[Json]:
    """From the left, the outer before the inner; touching ones of the same kind become one."""
    if len(entities) < 2:
        return entities
    joined: list[Json] = []
    open_ones: dict[str, Json] = {}
    for entity in sorted(entities, key=_place):
        kind = entity["type"]
        before = open_ones.get(kind)
        if before is None or entity["offset"] > before["offset"] + before["length"]:
            joined.append(entity)
            if kind in JOINED:
                open_ones[kind] = entity
        else:
            end = max(before["offset"] + before["length"], entity["offset"] + entity["length"])
            before["length"] = end - before["offset"]
    return joined


def _place(entity: Json) -> tuple[int, int, int]:
    return entity["offset"], -entity["length"], RANKS.get(entity["type"], len(ORDER))


def part(text: str, entity: Json) -> str:
    """The words an entity covers."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    begin, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    return encoded[begin:end].decode("utf-16-le", "replace")
