"""Reading the rows of a purchase file: the header names the columns, each column has a reader."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from club.calendar import day_end, local_day
from club.imports import Fault, PurchaseLine
from club.members import parse_phone
from club.misreadings import BadPhone
from club.money import CURRENCIES, MAX_MINOR, Money, plain_digits
from club.programme import Programme

REQUIRED = ("receipt", "customer", "at", "amount")
OPTIONAL = ("phone", "items", "title", "genres", "currency", "discount", "shop", "payment")
ID_LENGTH = 64
TITLE_LENGTH = 200
WORD_LENGTH = 40
MAX_ITEMS = 1_000_000
FIRST_YEAR = 1970
MIDDAY = time(12)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_AMOUNT = re.compile(r"([0-9]{1,14})(?:\.([0-9]{1,6}))?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_MARKS = {0x200E: None, 0x200F: None}  # Spreadsheets sprinkle them; nobody sees them.
_HOW_MOMENT = "write it like 2018-09-22, 2018-09-22T20:56:15Z or 2018-09-22T20:56:15+03:30"


class BadCell(ValueError):
    """A cell cannot be read."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(reason)


class BadHeader(ValueError):
    """The first line does not name the columns of a purchase file."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.fault = Fault(line=1, column=None, reason=reason, remedy=remedy)
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What reading a row of one file needs; spellings and phones that were read are kept."""

    columns: tuple[str, ...]
    programme: Programme
    zone: ZoneInfo
    tomorrow: datetime
    genres: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)


def read_header(cells: Sequence[str], programme: Programme, now: datetime) -> Sheet:
    """The columns of the file; raises BadHeader for unknown, missing or doubled ones."""
    columns = tuple(cell.strip().lower() for cell in cells)
    known = (*REQUIRED, *OPTIONAL)
    remedy = (
        f"the first line names the columns, with commas between them: {', '.join(REQUIRED)}, "
        f"and where there are such: {', '.join(OPTIONAL)}"
    )
    for trouble, names in (
        ("unknown columns", [name for name in columns if name not in known]),
        ("missing columns", [name for name in REQUIRED if name not in columns]),
        ("columns that stand there twice", [name for name in columns if columns.count(name) > 1]),
    ):
        if names:
            listed = ", ".join(repr(name[:40]) for name in dict.fromkeys(names[:10]))
            raise BadHeader(f"{trouble}: {listed}", remedy)
    zone = programme.zone
    tomorrow = day_end(local_day(now, zone), zone)
    return Sheet(columns=columns, programme=programme, zone=zone, tomorrow=tomorrow)


def read_row(sheet: Sheet, line: int, cells: Sequence[str]) -> PurchaseLine | list[Fault]:
    """The purchase that a row tells, or everything that is wrong with it."""
    if len(cells) != len(sheet.columns):
        reason = f"the row has {len(cells)} cells, the header {len(sheet.columns)}"
        remedy = "put a text that holds commas into double quotes"
        return [Fault(line=line, column=None, reason=reason, remedy=remedy)]
    values: dict[str, Any] = {"line": line}
    faults = []
    for column, cell in zip(sheet.columns, cells, strict=True):
        try:
            values[column] = _READERS[column](cell.strip(), sheet)
        except BadCell as bad:
            faults.append(Fault(line=line, column=column, reason=bad.reason, remedy=bad.remedy))
    if faults:
        return faults
    values.pop("currency", None)  # It has been checked; the amount carries it.
    return PurchaseLine(**values)


def _identifier(text: str, _: Sheet) -> str:
    if not text:
        raise BadCell("it is empty", "every purchase needs it")
    if len(text) > ID_LENGTH or _CONTROLS.search(text):
        raise BadCell(
            f"{_quoted(text)} is no number of a receipt or customer",
            f"write at most {ID_LENGTH} letters and digits",
        )
    return text


def _moment(text: str, sheet: Sheet) -> datetime:
    """A plain day means its midday in the club's zone: far from both of its ends."""
    written = text if text.isascii() else plain_digits(text)
    plain_day = _DAY.fullmatch(written) is not None
    if not plain_day and not _MOMENT.fullmatch(written):
        zone = " without its zone" if _MOMENT.fullmatch(f"{written.replace(' ', 'T')}Z") else ""
        raise BadCell(f"{_quoted(text)} is no day or moment{zone}", _HOW_MOMENT)
    if int(written[:4]) < FIRST_YEAR:
        raise BadCell(f"{_quoted(text)} is before {FIRST_YEAR}", _how_gregorian(written))
    try:
        if plain_day:
            at = datetime.combine(date.fromisoformat(written), MIDDAY, sheet.zone)
        else:
            at = datetime.fromisoformat(written)
    except ValueError as error:
        raise BadCell(f"{_quoted(text)} is not in the calendar", _HOW_MOMENT) from error
    if at >= sheet.tomorrow:
        raise BadCell(f"{_quoted(text)} is still to come", "a purchase file tells what was")
    return at.astimezone(UTC)


def _how_gregorian(written: str) -> str:
    """A year of the 1300s is a Jalali one; its owner is told the Gregorian day."""
    try:
        jalali = JalaliDate(int(written[:4]), int(written[5:7]), int(written[8:10]))
    except ValueError:
        return _HOW_MOMENT
    return f"write Gregorian days; the Jalali {jalali} is {jalali.to_gregorian()}"


def _amount(text: str, sheet: Sheet) -> Money:
    currency = sheet.programme.club.currency
    decimals = CURRENCIES[currency]
    match = _AMOUNT.fullmatch(text if text.isascii() else plain_digits(text))
    if match:
        whole, part = match[1], match[2] or ""
        minor = int(whole + part[:decimals].ljust(decimals, "0"))
        if not part[decimals:].strip("0") and minor <= MAX_MINOR:
            return Money(minor, currency)
    raise BadCell(
        f"{_quoted(text)} is no amount in {currency}",
        f"write it like {'1250.50' if decimals else '250000'}, without separators and unit; "
        "what was given back is no purchase",
    )


def _currency(text: str, sheet: Sheet) -> str:
    currency = sheet.programme.club.currency
    if text.upper() != currency:
        raise BadCell(f"{_quoted(text)} is not the club's currency", f"write {currency}")
    return currency


def _phone(text: str, sheet: Sheet) -> str | None:
    if not text:
        return None
    if text not in sheet.phones:
        try:
            sheet.phones[text] = parse_phone(text)
        except BadPhone as error:
            remedy = "write it like +989121234567, or leave it empty"
            raise BadCell("the phone number cannot be read", remedy) from error
    return sheet.phones[text]


def _items(text: str, _: Sheet) -> int | None:
    if not text:
        return None
    written = plain_digits(text)
    if not re.fullmatch(r"[0-9]{1,7}", written) or int(written) > MAX_ITEMS:
        raise BadCell(f"{_quoted(text)} is no count", "write a whole number, or leave it empty")
    return int(written)


def _title(text: str, _: Sheet) -> str | None:
    title = " ".join(text.translate(_MARKS).split())
    if len(title) > TITLE_LENGTH or _CONTROLS.search(title):
        raise BadCell(
            f"{_quoted(title)} is no title", f"write at most {TITLE_LENGTH} letters on one line"
        )
    return title or None


def _genres(text: str, sheet: Sheet) -> tuple[str, ...]:
    if not text:
        return ()
    parts = [part.strip() for part in text.split("|")]
    return tuple(dict.fromkeys(_genre(part, sheet) for part in parts if part))


def _genre(spelling: str, sheet: Sheet) -> str:
    if spelling in sheet.genres:
        return sheet.genres[spelling]
    genre = sheet.programme.genre(spelling)
    if genre is None:
        raise BadCell(f"{_quoted(spelling)} is no genre of the programme", _near(spelling, sheet))
    sheet.genres[spelling] = genre.key
    return genre.key


def _near(spelling: str, sheet: Sheet) -> str:
    """The names that look most like the spelling."""
    names = {
        name.casefold(): name
        for genre in sheet.programme.genres
        for name in (genre.key, *genre.also, genre.name.fa, genre.name.en)
    }
    near = get_close_matches(spelling[:40].casefold(), names, n=3, cutoff=0.0)
    if not near:
        return "leave the column out: this programme has no genres"
    return f"the nearest it knows: {', '.join(names[name] for name in near)}"


def _quoted(text: str) -> str:
    """A cell as a fault shows it: short, and with nothing in it that moves a terminal's cursor."""
    return f"'{_CONTROLS.sub('�', text[:40])}'"


def _discount(text: str, sheet: Sheet) -> Money | None:
    discount = _amount(text, sheet) if text else None
    return discount if discount and discount.minor else None


def _word(text: str, _: Sheet) -> str | None:
    if not text:
        return None
    if len(text) > WORD_LENGTH or not re.fullmatch(r"[\w ./-]+", text):
        raise BadCell(
            f"{_quoted(text)} is no name of a shop or way to pay",
            f"write at most {WORD_LENGTH} letters, digits and dashes, or leave it empty",
        )
    return text.casefold()


_READERS: dict[str, Callable[[str, Sheet], object]] = {
    "receipt": _identifier,
    "customer": _identifier,
    "at": _moment,
    "amount": _amount,
    "phone": _phone,
    "items": _items,
    "title": _title,
    "genres": _genres,
    "currency": _currency,
    "discount": _discount,
    "shop": _word,
    "payment": _word,
}
