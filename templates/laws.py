"""What must be true of every rendered message: whole HTML, short enough, digits and directions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from club.parts import Language
from templates.render import VERBATIM_END, VERBATIM_START, plain
from templates.words import FOREIGN_LETTER, FSI, LINK, PDI

MESSAGE_UNITS, CAPTION_UNITS, TOAST_UNITS = 4096, 1024, 200
MAX_ENTITIES = 100
TAGS = frozenset({"a", "b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler"})
KEPT = frozenset({"a", "code", "pre"})  # Their digits are the machine's.

_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-z-]+)(?P<rest>[^<>]*)>|(?P<text>[^<]+)|(?P<bare><)")
_ATTRIBUTES = {
    "a": re.compile(r' href="[^"]+"'),
    "code": re.compile(r'( class="language-[\w-]+")?'),
    "blockquote": re.compile(r"( expandable)?"),
}
_NO_ATTRIBUTES = re.compile("")
_ENTITY = re.compile(r"&([a-zA-Z]\w*);")
_ENTITIES = frozenset({"lt", "gt", "amp", "quot"})
_VERBATIM = re.compile(f"{VERBATIM_START}[^{VERBATIM_END}]*{VERBATIM_END}")
_ASCII_DIGITS = re.compile(r"[0-9][0-9.,:/]*")
_LONG_NUMBER: dict[Language, re.Pattern[str]] = {
    "fa": re.compile(r"(?<![۰-۹٬٫])[۰-۹]{4,}"),
    "en": re.compile(r"(?<![\w,.])[0-9]{4,}(?!\w)"),
}
_YEAR = re.compile(r"[1۱][3-4۳-۴]..|[1۱][9۹]..|[2۲][0۰]..")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the words, where it is and how to mend it."""

    place: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what} → {self.mend}"


def broken(place: str, message: str, language: Language, limit: int) -> Iterator[Fault]:
    """Each law that a composed message, its marks still in it, breaks."""
    yield from _length(place, message, limit)
    yield from _html(place, message)
    said = _VERBATIM.sub("", message)
    yield from _digits(place, said, language)
    yield from _directions(place, said, language)


def limit_of(name: str) -> int:
    """How long a message may be: the end of its name says where it is shown."""
    if name.endswith("_toast"):
        return TOAST_UNITS
    return CAPTION_UNITS if name.endswith("_caption") else MESSAGE_UNITS


def units(text: str) -> int:
    """The length as the messenger counts it: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _length(place: str, message: str, limit: int) -> Iterator[Fault]:
    text = re.sub(f"[{VERBATIM_START}{VERBATIM_END}]", "", plain(message))
    if not text.strip():
        yield Fault(place, "says nothing", "the messenger refuses an empty message")
    if units(text) > limit:
        yield Fault(place, f"is {units(text)} units long, {limit} are allowed", "say it shorter")
    if limit == TOAST_UNITS and "<" in message:
        yield Fault(place, "has tags, and a toast is plain text", "leave them out")


def _html(place: str, message: str) -> Iterator[Fault]:
    """What the messenger's parser would refuse or show as it stands."""
    opened: list[str] = []
    entities = 0
    for token in _TOKEN.finditer(message):
        if token["bare"]:
            yield Fault(place, "has a bare <", "write &lt;")
        elif token["tag"]:
            entities += not token["end"]
            if what := _tag_fault(token, opened):
                yield Fault(place, what, "write whole tags that the messenger knows")
        for entity in _ENTITY.findall(token["text"] or ""):
            if entity not in _ENTITIES:
                yield Fault(place, f"&{entity}; is unknown to the messenger", "write the sign")
    if opened:
        yield Fault(place, f"<{opened[-1]}> is never closed", f"write </{opened[-1]}>")
    if entities > MAX_ENTITIES:
        yield Fault(place, f"has {entities} entities, {MAX_ENTITIES} count", "use fewer tags")


def _tag_fault(token: re.Match[str], opened: list[str]) -> str | None:
    """What is wrong with this tag; `opened` is kept up to date."""
    tag = token["tag"]
    if tag not in TAGS:
        return f"<{tag}> is no tag of ours"
    if token["end"]:
        return None if opened and opened.pop() == tag else f"</{tag}> closes what is not open"
    opened.append(tag)
    whole = _ATTRIBUTES.get(tag, _NO_ATTRIBUTES).fullmatch(token["rest"])
    return None if whole else f"{token.group()} has attributes that are not allowed"


def _digits(place: str, said: str, language: Language) -> Iterator[Fault]:
    """Persian digits in Persian prose, thousands apart in both languages."""
    kept = "|".join(sorted(KEPT))
    prose = LINK.sub("", plain(re.sub(rf"(?s)<({kept})\b[^>]*>.*?</\1>", " ", said)))
    if language == "fa":
        for found in _ASCII_DIGITS.findall(prose):
            yield Fault(place, f"“{found}” has digits that are not Persian", "print it by a filter")
    for found in _LONG_NUMBER[language].findall(prose):
        if len(found) > 4 or not _YEAR.fullmatch(found):
            yield Fault(place, f"“{found}” has no separators", "print it by a filter, or as code")


def _directions(place: str, said: str, language: Language) -> Iterator[Fault]:
    """Each foreign letter stands in exactly one isolate, which ends on its own line."""
    text = plain(re.sub(r"(?s)<pre\b[^>]*>.*?</pre>", "", said))
    for line in text.split("\n"):
        depth = 0
        for at, sign in enumerate(line):
            depth += (sign == FSI) - (sign == PDI)
            if depth not in (0, 1):
                yield Fault(place, f"“{line}” isolates twice or not at all", "leave it to render")
                break
            if depth == 0 and FOREIGN_LETTER[language].match(sign):
                yield Fault(place, f"“{line[at:][:24]}” is not isolated", "leave it to render")
                break
        else:
            if depth:
                yield Fault(place, f"“{line}” never ends its isolate", "leave it to render")
