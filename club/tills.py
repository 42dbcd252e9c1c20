"""Orders as staff type them at the till: one line, or one more for each thing that was bought."""

import re
from dataclasses import dataclass, field

from club.misreadings import BadAmount, BadLine, BadMark, BadReceipt, LinesDiffer
from club.money import MAX_MINOR, Money
from club.orders import plain_line, split_member, take_amount

RECEIPT_LENGTH = 40
MARK_LENGTH = 40
MAX_LINES = 50
MAX_QUANTITY = 9_999
_RECEIPT = re.compile(r"#\s*([^\s,،]*)")
_RECEIPT_NUMBER = re.compile(rf"[\w/.-]{{1,{RECEIPT_LENGTH}}}")
_LIST_COMMA = re.compile(r"(?<![0-9])[,،]|[,،](?![0-9])")  # Between digits it parts thousands.
_MARK = re.compile(r"(?<!\S)([@!*])\s*([^\s,،]*)")
_WORD = re.compile(rf"[\w./-]{{1,{MARK_LENGTH}}}")
_POINTS = re.compile(r"[0-9]{1,7}")
_DASHES = str.maketrans("−–—‒➖⁻﹣－＊＃＋", "--------*#+")
_DISCOUNT = re.compile(r"(?<!\S)-\s*(?=[0-9])")
_LATE_DISCOUNT = re.compile(r"(?<!\S)([0-9][0-9.,٬،]*)-(?!\S)")  # As a Persian line shows it.
_SIGNED = re.compile(  # What belongs on the first line, or is no quantity.
    r"(?<!\S)(?:[@!*#+-]|[x×]\s*[0-9]+(?!\S))", re.IGNORECASE
)
_QUANTITY = re.compile(r"[x×]\s*([0-9]{1,4})(?![^\s,])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """One thing that was bought; the words are genres or labels that nobody checked yet."""

    sku: str
    amount: Money  # Of all its pieces, before discounts.
    quantity: int = 1
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What may be told of an order beside its amount, genres and receipt."""

    shop: str | None = None
    payment: str | None = None
    discount: Money | None = None
    spend: int = 0  # Points that pay a part of it.
    lines: tuple[TypedLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What was bought, as staff tell it; the genres are spellings that nobody checked yet."""

    amount: Money  # What the things cost, before discounts.
    genres: tuple[str, ...] = ()
    receipt: str | None = None
    details: Details = field(default_factory=Details)


def split_order(text: str) -> tuple[str, str]:
    """The member's number or phone and what follows, line by line; each may be empty."""
    first, *more = [line for line in text.split("\n") if plain_line(line)] or [""]
    who, rest = split_member(first)
    return who, "\n".join([rest, *more])


def read_basket(text: str, currency: str) -> Basket:
    """`[amount] [genre,…] [#receipt] [@shop] [!payment] [-discount] [*points]`, then the lines.

    Without an amount the lines are summed. Raises BadAmount, BadReceipt, BadMark, BadLine and
    LinesDiffer.
    """
    first, *more = text.split("\n")
    if len(more) == 1 and not plain_line(first) and _is_amount(more[0], currency):
        first, more = more[0], []  # It stands under the member.
    if len(more) > MAX_LINES:
        raise BadLine(text=plain_line(more[MAX_LINES])[:64])
    lines = tuple(_line(line, currency) for line in more if plain_line(line))
    line = plain_line(first.translate(_DASHES))
    receipts: list[str] = _RECEIPT.findall(line)
    marks, rest = _take_marks(_RECEIPT.sub(" ", line))
    discount, rest = _take_discount(rest, currency)
    amount, genres = _amount_and_words(rest, currency, lines)
    if discount is not None and discount >= amount:
        raise BadMark(text=f"-{discount.minor}")
    return Basket(
        amount=amount,
        genres=genres,
        receipt=_one_receipt(receipts) if receipts else None,
        details=Details(
            shop=marks.get("@"),
            payment=marks.get("!"),
            discount=discount,
            spend=int(marks.get("*", "0")),
            lines=lines,
        ),
    )


def _amount_and_words(
    text: str, currency: str, lines: tuple[TypedLine, ...]
) -> tuple[Money, tuple[str, ...]]:
    """What the order costs by its first line, or by the sum of its lines, and the genres."""
    listed = _LIST_COMMA.sub(" , ", text).strip(" ,").split()
    if not lines:
        amount, words = take_amount(listed, currency)
        return amount, _listed(words)
    total = Money(sum(line.amount.minor for line in lines), currency)
    try:
        amount, words = take_amount(listed, currency)
    except BadAmount:
        if listed and listed[0][0].isdigit():
            raise
        amount, words = total, listed
    if amount != total:
        raise LinesDiffer(amount=amount, total=total)
    if not 0 < amount.minor <= MAX_MINOR:
        raise BadAmount(text=str(amount.minor))
    return amount, _listed(words)


def _take_marks(text: str) -> tuple[dict[str, str], str]:
    """Shop, payment and points by their marks, each once, and what is left of the line."""
    marks: dict[str, str] = {}
    for mark, word in _MARK.findall(text):
        fits = _POINTS if mark == "*" else _WORD
        if mark in marks or not fits.fullmatch(word) or (mark == "*" and int(word) == 0):
            raise BadMark(text=f"{mark}{word}"[:64])
        marks[mark] = word.casefold()
    return marks, _MARK.sub(" ", text)


def _take_discount(text: str, currency: str) -> tuple[Money | None, str]:
    """The amount behind a minus that stands alone, and what is left of the line."""
    before, *behind = _DISCOUNT.split(_LATE_DISCOUNT.sub(r"-\1", text))
    if not behind:
        return None, text
    if len(behind) > 1:
        raise BadMark(text=f"-{behind[1]}"[:64])
    try:
        discount, words = take_amount(_LIST_COMMA.sub(" , ", behind[0]).split(), currency)
    except BadAmount:
        raise BadMark(text=f"-{behind[0]}"[:64]) from None
    return discount, f"{before} {' '.join(words)}"


def _line(text: str, currency: str) -> TypedLine:
    """`<sku> <amount> [x<quantity>] [genre or label, …]`; raises BadLine."""
    plain = _LIST_COMMA.sub(" , ", plain_line(text.translate(_DASHES)))
    sku, _, rest = plain.partition(" ")
    try:
        amount, words = take_amount(rest.strip(" ,").split(), currency, free=True)
    except BadAmount:
        raise BadLine(text=plain[:64]) from None
    if not _WORD.fullmatch(sku) or not sku.strip("./-"):
        raise BadLine(text=plain[:64])
    quantity, joined = 1, " ".join(words)
    if match := _QUANTITY.match(joined):
        quantity, joined = int(match[1]), joined[match.end() :]
    if not 1 <= quantity <= MAX_QUANTITY or _SIGNED.search(joined):
        raise BadLine(text=plain[:64])
    return TypedLine(
        sku=sku.casefold(), amount=amount, quantity=quantity, words=_listed(joined.split())
    )


def _is_amount(text: str, currency: str) -> bool:
    """Whether a line tells the amount of an order, and not a thing with its own."""
    try:
        _line(text, currency)
    except BadLine:
        return plain_line(text)[:1].isdigit()
    return False


def _listed(words: list[str]) -> tuple[str, ...]:
    """The words between commas, each once."""
    parts = (" ".join(part.split()) for part in " ".join(words).split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _one_receipt(receipts: list[str]) -> str:
    if len(receipts) > 1 or not _RECEIPT_NUMBER.fullmatch(receipts[0]):
        raise BadReceipt(text="#" + " #".join(receipts)[:63], limit=RECEIPT_LENGTH)
    return receipts[0]
