"""Money in whole minor units, and how people write amounts."""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation

from club.misreadings import BadAmount

CURRENCIES = {"IRT": 0, "IRR": 0, "USD": 2, "EUR": 2}
"""Currency code → decimals of its minor unit. IRT is the toman of everyday prices."""

MAX_MINOR = 10**13
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_LETTERS = str.maketrans("يكى", "یکی")
_FACTORS = {
    "": 1,
    "k": 1_000,
    "m": 1_000_000,
    "thousand": 1_000,
    "million": 1_000_000,
    "هزار": 1_000,
    "میلیون": 1_000_000,
}
_UNITS = ("تومان", "toman", "tomans", "irt", "ریال", "rial", "rials", "irr", "$", "usd", "eur", "€")
_UNIT_CURRENCY = {
    **dict.fromkeys(("تومان", "toman", "tomans", "irt"), "IRT"),
    **dict.fromkeys(("ریال", "rial", "rials", "irr"), "IRR"),
    **dict.fromkeys(("$", "usd"), "USD"),
    **dict.fromkeys(("€", "eur"), "EUR"),
}
_AMOUNT = re.compile(r"(?P<number>[0-9][0-9.,]*)(?P<factor>[a-z]+|[ء-ی]+)?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """Whole minor units of one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert self.currency in CURRENCIES, "a currency the club knows"


def plain_digits(text: str) -> str:
    """The text with Persian and Arabic digits as ASCII and letters in their Persian form."""
    return text.translate(_DIGITS).translate(_LETTERS)


def parse_amount(text: str, currency: str) -> Money:
    """The amount a person typed: any digits, separators, "۲۵۰ هزار", "1.2m", with or without unit.

    A comma, `٬` or a dot before three digits separates thousands in a currency without decimals.
    Raises BadAmount for anything else, for another currency, and for parts of a minor unit.
    """
    refusal = BadAmount(text=text[:64])
    folded = plain_digits(text).lower().replace("٬", ",").replace("٫", ".").replace("،", ",")
    folded = re.sub(r"[\s\u200c\u2066-\u2069\u200e\u200f_]+", "", folded)
    for unit in sorted(_UNITS, key=len, reverse=True):
        if folded.endswith(unit) or folded.startswith(unit):
            if _UNIT_CURRENCY[unit] != currency:
                raise refusal
            folded = folded.removesuffix(unit) if folded.endswith(unit) else folded[len(unit) :]
            break
    match = _AMOUNT.fullmatch(folded)
    if match is None or (match["factor"] or "") not in _FACTORS:
        raise refusal
    factor = _FACTORS[match["factor"] or ""]
    number = _number(match["number"], decimals_expected=factor > 1 or CURRENCIES[currency] > 0)
    if number is None:
        raise refusal
    minor = number * factor * 10 ** CURRENCIES[currency]
    if minor != minor.to_integral_value(ROUND_DOWN) or not 0 <= minor <= MAX_MINOR:
        raise refusal
    return Money(int(minor), currency)


def _number(text: str, *, decimals_expected: bool) -> Decimal | None:
    """The digits with their separators taken out; None when these stand in the wrong places."""
    if "." in text and not decimals_expected:
        text = text.replace(".", ",")
    whole, _, part = text.partition(".")
    if "," in whole and not re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", whole):
        return None
    try:
        return Decimal(f"{whole.replace(',', '')}.{part or '0'}")
    except InvalidOperation:
        return None
