"""How people write amounts."""

import pytest

from club.misreadings import BadAmount
from club.money import Money, parse_amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("250000", 250_000),
        ("250,000", 250_000),
        ("250.000", 250_000),
        ("۲۵۰٬۰۰۰", 250_000),
        ("٢٥٠٠٠٠", 250_000),
        ("۲۵۰ هزار", 250_000),
        ("۲۵۰ هزار تومان", 250_000),
        ("250k", 250_000),
        ("1.2m", 1_200_000),
        ("۱٫۲ میلیون", 1_200_000),
        ("۱٬۲۵۰٬۰۰۰ تومان", 1_250_000),
        ("toman 90000", 90_000),
        ("٤٥ هزار", 45_000),
        ("۱۲ ميليون", 12_000_000),  # Arabic letters.
        ("0", 0),
        ("\u2068250000\u2069", 250_000),  # Copied out of a message.
    ],
)
def test_tomans_are_read(text: str, minor: int) -> None:
    assert parse_amount(text, "IRT") == Money(minor, "IRT")


@pytest.mark.parametrize(
    ("text", "minor"), [("12.5", 1250), ("$11.77", 1177), ("1,200.50", 120_050), ("3 usd", 300)]
)
def test_dollars_are_read(text: str, minor: int) -> None:
    assert parse_amount(text, "USD") == Money(minor, "USD")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "-5",
        "12,5",
        "1.5",
        "250000 ریال",
        "$5",
        "1.2.3",
        "12,34,567",
        "1e5",
        "هزار",
        "99999999999999",
        "۲۵۰هزارهزار",
        "1.2345678m",
    ],
)
def test_what_is_no_amount_in_tomans_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_amount(text, "IRT")


def test_parts_of_a_cent_are_refused() -> None:
    with pytest.raises(BadAmount):
        parse_amount("1.234", "USD")
