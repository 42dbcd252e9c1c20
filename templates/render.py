"""A message name and facts → the text a person reads, in Telegram's HTML."""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from markupsafe import Markup, escape

from club.calendar import Calendar
from club.parts import Language
from templates import words
from templates.words import FSI, PDI

FOLDER = Path(__file__).parent
TEHRAN = ZoneInfo("Asia/Tehran")
MAX_ENGINES = 32  # One for each language, calendar and zone in use.

# Unicode promises that these never stand in a text: they mark what must stay as it was written.
VERBATIM_START, VERBATIM_END = "\ufdd0", "\ufdd1"
_MARKS = re.compile(f"[{VERBATIM_START}{VERBATIM_END}]")
_ISOLATES = re.compile(f"[{FSI}{PDI}]")
_PIECES = re.compile(
    rf"(?P<verbatim>{VERBATIM_START}[^{VERBATIM_END}]*{VERBATIM_END})"
    r"|(?P<kept><(?P<name>code|pre|a)\b[^>]*>.*?</(?P=name)>)"
    r"|(?P<tag><[^>]*>)"
    rf"|(?P<isolate>{FSI}[^<{PDI}]*{PDI})"
    rf"|(?P<text>[^<{FSI}{VERBATIM_START}]+)"
    r"|(?P<rest>.)",
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]*>")
_FIGURES_OR_LATIN = re.compile(rf"[0-9]|{words.LTR_LETTER}")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a message is written."""

    language: Language
    calendar: Calendar = "jalali"
    zone: ZoneInfo = TEHRAN


def render(name: str, reader: Reader, /, **facts: object) -> str:
    """The message `<subject>/<message>` with these facts; a missing fact is an error."""
    return _MARKS.sub("", compose(FOLDER, name, reader, facts))


def compose(folder: Path, name: str, reader: Reader, facts: Mapping[str, object]) -> str:
    """What `render` gives, from any folder, with the marks around verbatim text left in."""
    text = engine(folder, reader).get_template(f"{name}.html").render(facts)
    spoken = _PIECES.sub(lambda piece: _speak(piece, reader.language), text)
    tidy = re.sub(r"[ \t]+\n", "\n", spoken)
    return re.sub(r"\n{3,}", "\n\n", tidy).strip()


def plain(message: str) -> str:
    """The words of a rendered message alone, for toasts and other places that know no HTML."""
    return html.unescape(_TAG.sub("", message))


@lru_cache(maxsize=MAX_ENGINES)
def engine(folder: Path, reader: Reader) -> Environment:
    """The messages of one language, compiled at first use, and the filters for this reader."""
    environment = Environment(
        loader=FileSystemLoader(folder / reader.language),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        finalize=lambda value: _print(value, reader.language),
    )
    environment.filters.update(filters_for(reader))
    return environment


def filters_for(reader: Reader) -> dict[str, Callable[..., str]]:
    """What a template may do with a fact; each result is ready to be read."""
    language, calendar, zone = reader.language, reader.calendar, reader.zone
    return {
        "number": lambda value: words.grouped(value, language),
        "signed": lambda value: words.signed(value, language),
        "points": lambda value, signed=False: words.points(value, language, with_sign=signed),
        "money": lambda amount: words.money(amount, language),
        "counted": lambda value, *nouns: words.counted(value, language, *nouns),
        "progress": lambda percent: words.progress(percent, language),
        "date": lambda moment: words.day(moment, language, calendar, zone),
        "datetime": lambda moment: words.day_and_time(moment, language, calendar, zone),
        "listed": lambda items: escape(words.listed(items, language)),
        "quoted": lambda value: _quoted(value, language),
        "people": lambda names: _people(names, language),
        "code": _code,
        "verbatim": _verbatim,
    }


def _code(value: str) -> Markup:
    """A code to tap and copy: always in the digits that machines read."""
    line = " ".join(_MARKS.sub("", value).split())
    return Markup("<code>{}</code>").format(words.ascii_digits(line))


def _people(names: Iterable[str], language: Language) -> Markup:
    """Names of people in one sentence, each with the digits that it was given."""
    return escape(words.COMMA[language]).join(_quoted(name, language) for name in names)


def _quoted(value: str, language: Language) -> Markup:
    """Words of somebody's in a sentence of ours: one piece, with the digits that they have."""
    return _verbatim(words.isolated(value, language))


def _verbatim(value: str) -> Markup:
    """What staff wrote, letter by letter."""
    return Markup(f"{VERBATIM_START}{escape(_MARKS.sub('', value))}{VERBATIM_END}")  # noqa: S704


def _print(value: object, language: Language) -> object:
    """What `{{ … }}` puts into a message: text only, foreign names isolated."""
    if isinstance(value, Markup | Undefined):
        return value
    if (name := words.named(value, language)) is not None:
        return words.isolated(_MARKS.sub("", name), language)
    raise TypeError(f"{value!r} is printed without a filter that says how it is written")


def _speak(piece: re.Match[str], language: Language) -> str:
    """One piece of the message in the reader's digits and directions."""
    match piece.lastgroup:
        case "text" | "isolate":
            said = html.unescape(piece.group())
            # An isolate is a piece of its own: only its digits change.
            return html.escape(words.spoken(said, language), quote=False)
        case "kept":
            return _isolate_element(_ISOLATES.sub("", piece.group()), piece["name"], language)
        case "tag":
            return _ISOLATES.sub("", piece.group())
        case "verbatim":
            return piece.group()
        case _:
            return "" if piece.group() in (FSI, PDI) else piece.group()


def _isolate_element(element: str, name: str, language: Language) -> str:
    """Codes and links keep their figures and, from outside, get their own direction."""
    said = plain(element)
    pattern = _FIGURES_OR_LATIN if language == "fa" else words.FOREIGN_LETTER["en"]
    if name == "pre" or not pattern.search(said):
        return element  # A block stands in lines of its own.
    return f"{FSI}{element}{PDI}"
