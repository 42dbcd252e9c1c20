"""What staff type, in every way they type it."""

import pytest

from club.discretion import phone_for
from club.errors import BadAmount, BadPoints, BadReceipt, CommandIncomplete, TooLong
from club.money import Money
from club.orders import (
    MAX_POINTS,
    REASON_LENGTH,
    Adjustment,
    Basket,
    plain_line,
    read_adjustment,
    read_basket,
    read_role,
    split_member,
)
from club.staff import Role

TOMAN = Money(250_000, "IRT")


@pytest.mark.parametrize(
    ("text", "who", "rest"),
    [
        ("100016 250000", "100016", "250000"),
        ("۱۰۰۰۱۶ ۲۵۰۰۰۰", "100016", "250000"),
        ("١٠٠٠١٦ 1", "100016", "1"),
        ("100016", "100016", ""),
        ("", "", ""),
        ("100016، 250000", "100016", "250000"),
        ("\u2068100016\u2069\n250000  x", "100016", "250000 x"),
        ("09121234567 250000", "09121234567", "250000"),
        ("0912 123 4567 250000", "09121234567", "250000"),
        ("۰۹۱۲ ۱۲۳ ۴۵ ۶۷ ۲۵۰ هزار", "09121234567", "250 هزار"),
        ("+98 912 123 4567 250 000", "+989121234567", "250 000"),
        ("0098 912 123 4567 5", "00989121234567", "5"),
        ("0912-123-4567 5", "0912-123-4567", "5"),
        ("+1 415 555 2671 5", "+14155552671", "5"),
        ("02188888888 5", "02188888888", "5"),
        ("0912 250000", "0912", "250000"),  # Too short for a phone: its refusal says so.
        ("+ x", "+", "x"),
    ],
)
def test_the_member_comes_first(text: str, who: str, rest: str) -> None:
    assert split_member(text) == (who, rest)


@pytest.mark.parametrize(
    ("text", "basket"),
    [
        ("250000", Basket(amount=TOMAN)),
        ("۲۵۰۰۰۰", Basket(amount=TOMAN)),
        ("٢٥٠٠٠٠", Basket(amount=TOMAN)),
        ("۲۵۰٬۰۰۰", Basket(amount=TOMAN)),
        ("250,000", Basket(amount=TOMAN)),
        ("۲۵۰،۰۰۰ تومان", Basket(amount=TOMAN)),
        ("250.000", Basket(amount=TOMAN)),
        ("250 000", Basket(amount=TOMAN)),
        ("۲۵۰ هزار", Basket(amount=TOMAN)),
        ("۲۵۰هزار تومان", Basket(amount=TOMAN)),
        ("۲۵۰ هزار تومان", Basket(amount=TOMAN)),
        ("250k", Basket(amount=TOMAN)),
        ("250 k", Basket(amount=TOMAN)),
        ("1.2m", Basket(amount=Money(1_200_000, "IRT"))),
        ("۱٫۲ میلیون تومان", Basket(amount=Money(1_200_000, "IRT"))),
        ("1 250 000 toman", Basket(amount=Money(1_250_000, "IRT"))),
        ("250000 fantasy", Basket(amount=TOMAN, genres=("fantasy",))),
        ("250000, fantasy", Basket(amount=TOMAN, genres=("fantasy",))),
        ("250000،فانتزی", Basket(amount=TOMAN, genres=("فانتزی",))),
        ("250,000 exam prep,fantasy", Basket(amount=TOMAN, genres=("exam prep", "fantasy"))),
        ("۲۵۰ هزار علمی تخیلی، شعر", Basket(amount=TOMAN, genres=("علمی تخیلی", "شعر"))),
        ("250000 شعر،شعر, ,", Basket(amount=TOMAN, genres=("شعر",))),
        ("250000 1984", Basket(amount=TOMAN, genres=("1984",))),  # No genre: refused by name.
        ("250000 50", Basket(amount=TOMAN, genres=("50",))),  # Not twenty-five million.
        ("250000 #R-2041", Basket(amount=TOMAN, receipt="R-2041")),
        ("250000 #۲۰۴۱", Basket(amount=TOMAN, receipt="2041")),
        ("250000 # 2041", Basket(amount=TOMAN, receipt="2041")),
        ("250000 #۱۴۰۴/الف.۱_۲", Basket(amount=TOMAN, receipt="1404/الف.1_2")),
        ("#7 250000 شعر", Basket(amount=TOMAN, genres=("شعر",), receipt="7")),
        ("250000 شعر #7, رمان", Basket(amount=TOMAN, genres=("شعر", "رمان"), receipt="7")),
        (f"250000 #{'9' * 40}", Basket(amount=TOMAN, receipt="9" * 40)),
    ],
)
def test_a_basket_is_read(text: str, basket: Basket) -> None:
    assert read_basket(text, "IRT") == basket


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", BadAmount),
        ("fantasy", BadAmount),
        ("0", BadAmount),
        ("-250000", BadAmount),
        ("250000 ریال", BadAmount),  # Ten times too much in toman.
        ("250000 rial شعر", BadAmount),
        ("$25", BadAmount),
        ("2,50", BadAmount),
        ("250000 #", BadReceipt),
        ("250000 #a #b", BadReceipt),
        ("250000 #<b>", BadReceipt),
        (f"250000 #{'9' * 41}", BadReceipt),
    ],
)
def test_a_wrong_basket_is_refused(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_basket(text, "IRT")


@pytest.mark.parametrize(
    ("text", "minor"), [("$12.50", 1250), ("12.5", 1250), ("12 usd", 1200), ("1,250.00", 125_000)]
)
def test_a_basket_in_dollars(text: str, minor: int) -> None:
    assert read_basket(text, "USD").amount == Money(minor, "USD")


@pytest.mark.parametrize(
    ("text", "points", "reason"),
    [
        ("+50 gift", 50, "gift"),
        ("50 gift", 50, "gift"),
        ("-50 wrong - sorry", -50, "wrong - sorry"),
        ("−۵۰ اشتباه", -50, "اشتباه"),
        ("\u200e−50 x", -50, "x"),
        ("۵۰- اشتباه – پوزش", -50, "اشتباه – پوزش"),
        ("- 50 x", -50, "x"),
        ("+ ۱٬۰۰۰ هدیهٔ نوروز", 1_000, "هدیهٔ نوروز"),
        ("+1,000,000 x", MAX_POINTS, "x"),
    ],
)
def test_an_adjustment_is_read(text: str, points: int, reason: str) -> None:
    assert read_adjustment(text) == Adjustment(points=points, reason=reason)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", CommandIncomplete),
        ("+50", CommandIncomplete),
        ("gift 50", BadPoints),
        ("0 x", BadPoints),
        ("-50- x", BadPoints),
        ("1,00 x", BadPoints),
        ("1.5 x", BadPoints),
        (f"+{MAX_POINTS + 1} x", BadPoints),
        ("+1 " + "x" * (REASON_LENGTH + 1), TooLong),
    ],
)
def test_a_wrong_adjustment_is_refused(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_adjustment(text)


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("cashier", Role.CASHIER),
        ("Cashier ", Role.CASHIER),
        ("صندوق‌دار", Role.CASHIER),
        ("صندوق دار", Role.CASHIER),
        ("صندوقدار", Role.CASHIER),
        ("manager", Role.MANAGER),
        ("مدير", Role.MANAGER),  # With the Arabic letter.
        ("owner", Role.OWNER),
        ("مالک", Role.OWNER),
        ("remove", None),
        ("حذف", None),
    ],
)
def test_a_role_has_its_words(word: str, role: Role | None) -> None:
    assert read_role(word) is role


def test_any_other_word_is_no_role() -> None:
    with pytest.raises(CommandIncomplete):
        read_role("boss")


def test_a_line_is_made_plain() -> None:
    assert plain_line(" \u2068۱۲\u2069\n كتاب ") == "12 کتاب"


def test_a_phone_is_whole_for_managers_only() -> None:
    assert phone_for(Role.MANAGER, "+989121234567") == "+989121234567"
    assert phone_for(Role.OWNER, "+989121234567") == "+989121234567"
    assert phone_for(Role.CASHIER, "+989121234567") == "+989•••567"
