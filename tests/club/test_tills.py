"""Orders at the till, in every way staff type them."""

import pytest

from club.misreadings import BadAmount, BadLine, BadMark, BadReceipt, LinesDiffer
from club.money import Money
from club.tills import MAX_LINES, Basket, Details, TypedLine, read_basket, split_order

TOMAN = Money(250_000, "IRT")


def _toman(minor: int) -> Money:
    return Money(minor, "IRT")


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


DISCOUNT = Basket(amount=TOMAN, details=Details(discount=_toman(20_000)))


@pytest.mark.parametrize(
    ("text", "basket"),
    [
        ("250000 -20000", DISCOUNT),
        ("250000 - 20000", DISCOUNT),
        ("۲۵۰ هزار −۲۰ هزار", DISCOUNT),
        ("۲۵۰۰۰۰ ۲۰۰۰۰-", DISCOUNT),
        ("250000 -20,000", DISCOUNT),
        (
            "250000 -20k شعر، رمان",
            Basket(amount=TOMAN, genres=("شعر", "رمان"), details=DISCOUNT.details),
        ),
        ("250000 exam-prep", Basket(amount=TOMAN, genres=("exam-prep",))),
        ("250000 @Valiasr", Basket(amount=TOMAN, details=Details(shop="valiasr"))),
        (
            "250000 @ ولیعصر !نقدی",
            Basket(amount=TOMAN, details=Details(shop="ولیعصر", payment="نقدی")),
        ),
        ("250000 *۵۰۰", Basket(amount=TOMAN, details=Details(spend=500))),
        (
            "250000 fantasy #R-1 @north !card -10000 *40",
            Basket(
                amount=TOMAN,
                genres=("fantasy",),
                receipt="R-1",
                details=Details(shop="north", payment="card", discount=_toman(10_000), spend=40),
            ),
        ),
    ],
)
def test_what_else_is_told_of_an_order(text: str, basket: Basket) -> None:
    assert read_basket(text, "IRT") == basket


LINES = (
    TypedLine(sku="123", amount=_toman(12), words=("red",)),
    TypedLine(sku="000", amount=_toman(100), words=("blue",)),
    TypedLine(sku="0001", amount=_toman(40), words=("delivery",)),
)


@pytest.mark.parametrize("first", ["", "152", "152 -2 #7", "#7", "-2"])
def test_lines_are_summed(first: str) -> None:
    basket = read_basket(f"{first}\n123 12 red\n000 100 blue\n\n0001 ۴۰ delivery", "IRT")
    assert basket.amount == _toman(152)
    assert basket.details.lines == LINES
    assert basket.receipt == ("7" if "#7" in first else None)
    assert basket.details.discount == (_toman(2) if "-2" in first else None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("B-12 250000", TypedLine(sku="b-12", amount=TOMAN)),
        ("B-12 ۲۵۰ هزار x2", TypedLine(sku="b-12", amount=TOMAN, quantity=2)),
        ("B-12 250k ×۱۲ شعر", TypedLine(sku="b-12", amount=TOMAN, quantity=12, words=("شعر",))),
        (
            "978/1 250,000 exam prep، gift",
            TypedLine(sku="978/1", amount=TOMAN, words=("exam prep", "gift")),
        ),
        ("bag 0", TypedLine(sku="bag", amount=_toman(0))),
        ("B-12 250000 x2x", TypedLine(sku="b-12", amount=TOMAN, words=("x2x",))),
    ],
)
def test_a_line_is_read(text: str, line: TypedLine) -> None:
    assert read_basket(f"\n{text}\nrest 1", "IRT").details.lines[0] == line


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("250000 @", BadMark),
        ("250000 @a @b", BadMark),
        ("250000 !<b>", BadMark),
        ("250000 *0", BadMark),
        ("250000 *many", BadMark),
        ("250000 -1 -2", BadMark),
        ("250000 -250001", BadMark),
        ("250000 -20 rial", BadMark),
        ("\nB-12", BadLine),
        ("\nB-12 x\nC 1", BadLine),
        ("\nB-12 10 x0", BadLine),
        ("\n<b> 10\nC 1", BadLine),
        ("151\n123 12\n000 140", LinesDiffer),
        ("\n" + "a 1\n" * (MAX_LINES + 1), BadLine),
        ("\na 0\nb 0", BadAmount),
    ],
)
def test_a_wrong_order_is_refused(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_basket(text, "IRT")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("100016 250000", ("100016", "250000")),
        ("100016\n250000 x", ("100016", "\n250000 x")),
        ("0912 123 4567 #1\n\na 1\nb 2", ("09121234567", "#1\na 1\nb 2")),
        ("", ("", "")),
    ],
)
def test_an_order_keeps_its_lines(text: str, parts: tuple[str, str]) -> None:
    assert split_order(text) == parts


def test_an_amount_under_the_member_is_no_line() -> None:
    assert read_basket("\n250000 fantasy", "IRT") == Basket(amount=TOMAN, genres=("fantasy",))
