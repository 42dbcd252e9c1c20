"""What staff type after a command, read into its parts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import phonenumbers
from phonenumbers import PhoneNumberType

from club.misreadings import BadAmount, BadPoints, CommandIncomplete, TooLong
from club.money import CURRENCIES, Money, parse_amount, plain_digits
from club.staff import Role

MAX_POINTS = 1_000_000  # A zero too many by hand is stopped here.
REASON_LENGTH = 120
AMOUNT_WORDS = 5  # "1 250 000 thousand toman" is the longest that anybody writes.
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
ROLES: Mapping[str, Role | None] = MappingProxyType(
    {
        "owner": Role.OWNER,
        "مالک": Role.OWNER,
        "manager": Role.MANAGER,
        "مدیر": Role.MANAGER,
        "cashier": Role.CASHIER,
        "صندوقدار": Role.CASHIER,
        "remove": None,
        "حذف": None,
    }
)
_MARKS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_POINTS = re.compile(r"(?P<sign>[+-]?)(?P<figure>[0-9]{1,3}(?:[,٬،][0-9]{3})+|[0-9]+)(?P<late>-?)")
_SIGNS = str.maketrans("−–—﹣－＋﹢", "-----++")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """Points to give or, below zero, to take; and why."""

    points: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Points to spend, and for what, where that was told."""

    points: int
    reason: str | None


def plain_line(text: str) -> str:
    """The words on one line: ASCII digits, Persian letters, no direction marks."""
    return " ".join(_MARKS.sub("", plain_digits(text)).split())


def split_member(text: str) -> tuple[str, str]:
    """The member's number or phone, which may hold spaces, and what follows; each may be empty."""
    words = plain_line(text).split(" ")
    size = _mobile_size(words)
    return "".join(words[:size]).strip(",،"), " ".join(words[size:])


def read_adjustment(text: str) -> Adjustment:
    """`<±points> <reason>`; raises CommandIncomplete, BadPoints, TooLong."""
    line = plain_line(text)
    signed = re.sub(r"^([+-])\s+(?=[0-9])", r"\1", line.translate(_SIGNS))
    typed, _, reason = signed.partition(" ")
    if not typed:
        raise CommandIncomplete(command="adjust")
    points = _points(typed)
    # The reason is taken as it was typed: its dashes are no signs.
    reason = line[len(line) - len(reason) :] if reason else ""
    if not reason:
        raise CommandIncomplete(command="adjust")
    if len(reason) > REASON_LENGTH:
        raise TooLong(limit=REASON_LENGTH, count=len(reason))
    return Adjustment(points=points, reason=reason)


def read_points(text: str) -> int:
    """Points above zero, and nothing else; raises BadPoints."""
    line = plain_line(text).translate(_SIGNS)
    if "-" in line:
        raise BadPoints(text=line[:32], limit=MAX_POINTS, signed=False)
    return _points(line, signed=False)


def read_payment(text: str) -> Payment:
    """`<points> [reason]`; raises CommandIncomplete, BadPoints, TooLong."""
    typed, _, reason = plain_line(text).partition(" ")
    if not typed:
        raise CommandIncomplete(command="spend")
    if len(reason) > REASON_LENGTH:
        raise TooLong(limit=REASON_LENGTH, count=len(reason))
    return Payment(points=read_points(typed), reason=reason or None)


def read_role(text: str) -> Role | None:
    """The role that a word means, in either language; None: take it away.

    Raises CommandIncomplete for any other word.
    """
    word = plain_line(text).replace(" ", "").replace("\u200c", "").casefold()
    if word not in ROLES:
        raise CommandIncomplete(command="staff")
    return ROLES[word]


def _mobile_size(words: Sequence[str]) -> int:
    """How many of the first words make one mobile number; 1 when they make none."""
    if not words[0].startswith(("+", "0", "(")):
        return 1
    for size in range(1, len(words) + 1):
        if not re.fullmatch(r"[+0-9()-]+", words[size - 1]):
            break
        try:
            phone = phonenumbers.parse("".join(words[:size]), "IR")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.number_type(phone) in MOBILE:
            return size
    return 1


def take_amount(words: list[str], currency: str, *, free: bool = False) -> tuple[Money, list[str]]:
    """The longest run of first words that is an amount, and the words after it.

    `free`: it may be nothing. Raises BadAmount.
    """
    for size in range(min(len(words), AMOUNT_WORDS), 0, -1):
        if not _one_figure(words[:size]):
            continue
        try:
            amount = parse_amount(" ".join(words[:size]), currency)
        except BadAmount:
            continue
        rest = words[size:]
        if (amount.minor == 0 and not free) or (rest and _is_unit(rest[0])):
            break
        return amount, rest
    raise BadAmount(text=" ".join(words[:2])[:64])


def _one_figure(words: Sequence[str]) -> bool:
    """Whether figures that stand side by side are groups of one number, like 1 250 000."""
    return all(
        re.fullmatch(r"[^0-9]*[0-9]{1,3}", left) and re.match(r"[0-9]{3}(?![0-9])", right)
        for left, right in pairwise(words)
        if left[-1].isdigit() and right[0].isdigit()
    )


def _is_unit(word: str) -> bool:
    """Whether the word names money of any currency: then it was not ours."""
    if word[0].isdigit():
        return False
    for currency in CURRENCIES:
        try:
            parse_amount(f"1 {word}", currency)
        except BadAmount:
            continue
        return True
    return False


def _points(text: str, *, signed: bool = True) -> int:
    """A signed whole number, its minus on either side: a Persian line shows both at the left."""
    match = _POINTS.fullmatch(text)
    points = int(re.sub("[,٬،]", "", match["figure"])) if match else 0
    if match is None or (match["sign"] and match["late"]) or not 0 < points <= MAX_POINTS:
        raise BadPoints(text=text[:32], limit=MAX_POINTS, signed=signed)
    return -points if "-" in match["sign"] + match["late"] else points
