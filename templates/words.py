"""How figures, days and foreign words look in a sentence, in Persian and in English."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from club.calendar import Calendar
from club.money import CURRENCIES, Money
from club.parts import Language, Words

LANGUAGES: tuple[Language, ...] = ("fa", "en")
CALENDARS: tuple[Calendar, ...] = ("jalali", "gregorian")

FSI, PDI = "\u2068", "\u2069"  # First-strong isolate … pop: a foreign run keeps its own direction.
LRM, RLM = "\u200e", "\u200f"
BAR_CELLS = 14
COMMA: dict[Language, str] = {"fa": "، ", "en": ", "}
PERCENT: dict[Language, str] = {"fa": "٪", "en": "%"}

_TO_PERSIAN = str.maketrans("0123456789٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹" * 2)
_TO_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2)
_TO_PERSIAN_MARKS = str.maketrans({",": "٬", ".": "٫"})

MONTHS: dict[tuple[Calendar, Language], tuple[str, ...]] = {
    ("jalali", "fa"): (
        *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
        *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
    ),
    ("jalali", "en"): (
        *("Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar"),
        *("Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"),
    ),
    ("gregorian", "fa"): (
        *("ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن"),
        *("ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"),
    ),
    ("gregorian", "en"): (
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
        *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ),
}
MONEY_WORDS: dict[tuple[str, Language], str] = {
    ("IRT", "fa"): "{} تومان",
    ("IRT", "en"): "{} toman",
    ("IRR", "fa"): "{} ریال",
    ("IRR", "en"): "{} rial",
    ("USD", "fa"): "{} دلار",
    ("USD", "en"): "${}",
    ("EUR", "fa"): "{} یورو",
    ("EUR", "en"): "€{}",
}

# What belongs to letters written from right to left; every other letter runs from left to right.
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
RTL_LETTER = rf"(?:(?=[{_RTL}])[^\W\d_])"
LTR_LETTER = rf"[^\W\d_{_RTL}]"
FOREIGN_LETTER: dict[Language, re.Pattern[str]] = {
    "fa": re.compile(LTR_LETTER),
    "en": re.compile(RTL_LETTER),
}
# Handles, commands and addresses become links by themselves; another digit would break them.
LINK = re.compile(
    r"(?:https?://|tg://|t\.me/)[!-~]+|(?<![\w/])[@/#][A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*"
)
_LTR_GAP = r"[ -/:-@\[-^`{-~–—‘’“”…]"
_RTL_GAP = r"[ .,:;'\"()!?«»،؛؟–—’-]"
_LTR_WORD = rf"(?:{LTR_LETTER}|[0-9_\u0300-\u036f])"
_RTL_WORD = rf"[{_RTL}\u200c0-9_]"
_FOREIGN_RUN: dict[Language, re.Pattern[str]] = {
    "fa": re.compile(
        rf"(?:https?|tg)://[!-~]+"
        rf"|[@#/]?[0-9_]{{0,9}}{LTR_LETTER}{_LTR_WORD}*(?:{_LTR_GAP}*{_LTR_WORD}+)*\)?"
    ),
    "en": re.compile(rf"#?{RTL_LETTER}{_RTL_WORD}*(?:{_RTL_GAP}*{RTL_LETTER}{_RTL_WORD}*)*\)?"),
}
_FOREIGN_DIGIT = re.compile("[0-9٠-٩]")
_LINE_ENDS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def grouped(value: int, language: Language) -> str:
    """A whole number with its thousands apart: ۱۲٬۳۴۵ and 12,345."""
    return _figure(value, 0, language)


def signed(value: int, language: Language) -> str:
    """A change: its sign is always shown, on the left also between Persian words."""
    plus = "+" if value > 0 else ""
    if plus and language == "fa":
        plus = LRM + plus
    return plus + grouped(value, language)


def points(value: int, language: Language, *, with_sign: bool = False) -> str:
    """Points with their unit: ۱۰ امتیاز, 10 points, 1 point."""
    figure = signed(value, language) if with_sign else grouped(value, language)
    if language == "fa":
        return f"{figure} امتیاز"
    return f"{figure} point" if abs(value) == 1 else f"{figure} points"


def money(amount: Money, language: Language) -> str:
    """An amount with its currency: ۲۵۰٬۰۰۰ تومان, 250,000 toman, $12.50."""
    figure = _figure(abs(amount.minor), CURRENCIES[amount.currency], language)
    sign = _minus(language) if amount.minor < 0 else ""
    return sign + MONEY_WORDS[amount.currency, language].format(figure)


def counted(value: int, language: Language, noun: str, nouns: str | None = None) -> str:
    """A number of things: ۳ خرید, 1 purchase, 3 purchases."""
    many = nouns is not None and abs(value) != 1
    return f"{grouped(value, language)} {nouns if many else noun}"


def progress(percent: int, language: Language) -> str:
    """How far something has come: ▓▓▓▓▓▓▓░░░░░░░ 52%, growing from the reader's side."""
    assert 0 <= percent <= 100, f"{percent} is no percentage"
    full = BAR_CELLS * percent // 100
    bar = "▓" * full + "░" * (BAR_CELLS - full)
    # Neither signs nor figures say in which direction the line runs.
    side = RLM if language == "fa" else LRM
    return f"{side}{bar} {grouped(percent, language)}{PERCENT[language]}"


def day(moment: dt.date, language: Language, calendar: Calendar, zone: ZoneInfo) -> str:
    """The day of a moment in the reader's zone and calendar: ۱۲ مهر ۱۴۰۴, 4 Oct 2025."""
    local = _local(moment, zone).date() if isinstance(moment, dt.datetime) else moment
    year = JalaliDate(local).year if calendar == "jalali" else local.year
    return f"{day_of_year(local, language, calendar)} {in_digits(str(year), language)}"


def day_of_year(date: dt.date, language: Language, calendar: Calendar) -> str:
    """A day without its year: ۱۲ مهر, 4 Oct."""
    shown = JalaliDate(date) if calendar == "jalali" else date
    return in_digits(f"{shown.day} {MONTHS[calendar, language][shown.month - 1]}", language)


def day_and_time(
    moment: dt.datetime, language: Language, calendar: Calendar, zone: ZoneInfo
) -> str:
    """A moment to the minute: ۱۲ مهر ۱۴۰۴، ساعت ۱۴:۳۰ and 4 Oct 2025, 14:30."""
    time = in_digits(f"{_local(moment, zone):%H:%M}", language)
    joint = "، ساعت " if language == "fa" else ", "
    return day(moment, language, calendar, zone) + joint + time


def named(value: object, language: Language) -> str | None:
    """A name from outside, chosen by language where both are given; None for what is no name."""
    if isinstance(value, Words):
        return value.in_language(language)
    if isinstance(value, Mapping) and value.keys() == set(LANGUAGES):
        return str(value[language])
    return value if isinstance(value, str) else None


def listed(items: Iterable[object], language: Language) -> str:
    """Several names in one sentence, each in its own direction."""
    names = [named(item, language) for item in items]
    assert None not in names, "a list of names holds names only"
    return COMMA[language].join(isolated(name, language) for name in names if name is not None)


def ascii_digits(text: str) -> str:
    """The same text as machines read it, for codes that are copied."""
    return text.translate(_TO_ASCII)


def in_digits(text: str, language: Language) -> str:
    """The text in the language's digits; links keep theirs."""
    if language == "en" or not _FOREIGN_DIGIT.search(text):
        return text
    pieces, start = [], 0
    for link in LINK.finditer(text):
        pieces += [text[start : link.start()].translate(_TO_PERSIAN), link.group()]
        start = link.end()
    return "".join(pieces) + text[start:].translate(_TO_PERSIAN)


def isolated(fact: str, language: Language) -> str:
    """A name or title from outside: kept together as one piece when its letters are foreign.

    It stays on one line, and direction marks that came with it are dropped: either could turn the
    sentence around it.
    """
    bare = _BIDI_CONTROLS.sub("", _LINE_ENDS.sub(" ", fact))
    return f"{FSI}{bare}{PDI}" if FOREIGN_LETTER[language].search(bare) else bare


def isolate_foreign(text: str, language: Language) -> str:
    """Our own sentence with each foreign run in it isolated."""

    def wrap(run: re.Match[str]) -> str:
        words, rest = _split_brackets(run.group())
        return f"{FSI}{words}{PDI}{isolate_foreign(rest, language)}"

    return _FOREIGN_RUN[language].sub(wrap, text)


def spoken(text: str, language: Language) -> str:
    """A plain text as a reader of this language sees it: isolates and digits; never twice."""
    parts = re.split(f"({FSI}[^{PDI}]*{PDI})", text)
    parts[::2] = [isolate_foreign(part, language) for part in parts[::2]]
    return in_digits("".join(parts), language)


def _split_brackets(run: str) -> tuple[str, str]:
    """The run up to a bracket that was opened before it, and what follows."""
    depth = 0
    for at, sign in enumerate(run):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return run[:at], run[at:]
    return run, ""


def _figure(value: int, decimals: int, language: Language) -> str:
    assert isinstance(value, int), f"{value!r} is not a whole number"
    whole, part = divmod(abs(value), 10**decimals)
    figure = f"{whole:,}" + (f".{part:0{decimals}}" if decimals else "")
    if language == "fa":
        figure = figure.translate(_TO_PERSIAN_MARKS).translate(_TO_PERSIAN)
    return (_minus(language) if value < 0 else "") + figure


def _minus(language: Language) -> str:
    # The mark keeps the sign on the left of the figure, where Persian writes it too.
    return f"{LRM}\u2212" if language == "fa" else "\u2212"


def _local(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    assert moment.tzinfo is not None, "times carry their zone"
    return moment.astimezone(zone)
