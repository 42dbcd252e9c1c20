"""What a purchase file may say, cell by cell, and what is said about one that may not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from club.imports import SHOWN_FAULTS, BadFile, Fault, PurchaseLine, settle
from club.money import Money
from club.programme import Programme, parse_programme
from club.purchase_rows import BadHeader, Sheet, read_header, read_row
from tests.data.purchases import EXAMPLES, Shop

NOW = datetime(2018, 9, 23, 12, tzinfo=UTC)
CD, FILM = Shop("cd-shop").programme, Shop("film-shop").programme
COLUMNS = "receipt,customer,at,amount,phone,items,title,genres,currency"
GOOD = {
    "receipt": "r-1",
    "customer": "c-1",
    "at": "2018-09-22T20:56:15Z",
    "amount": "11.77",
    "phone": "",
    "items": "",
    "title": "",
    "genres": "",
    "currency": "USD",
}


def sheet(programme: Programme = FILM) -> Sheet:
    """A file with every column there is."""
    return read_header(COLUMNS.split(","), programme, NOW)


def line_of(**cells: str) -> PurchaseLine:
    """A good row, with these cells instead."""
    line = read_row(sheet(), 2, list((GOOD | cells).values()))
    assert isinstance(line, PurchaseLine)
    return line


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("at", "2018-09-22T20:56:15Z", datetime(2018, 9, 22, 20, 56, 15, tzinfo=UTC)),
        ("at", "2018-09-22T20:56:15+03:30", datetime(2018, 9, 22, 17, 26, 15, tzinfo=UTC)),
        ("at", "2018-09-22T20:56:15.250Z", datetime(2018, 9, 22, 20, 56, 15, 250_000, UTC)),
        ("at", "2018-09-22", datetime(2018, 9, 22, 12, tzinfo=UTC)),
        ("at", "۲۰۱۸-۰۹-۲۲", datetime(2018, 9, 22, 12, tzinfo=UTC)),
        ("at", "2018-09-23T23:59:59Z", datetime(2018, 9, 23, 23, 59, 59, tzinfo=UTC)),
        ("amount", "11.77", Money(1177, "USD")),
        ("amount", "11.5", Money(1150, "USD")),
        ("amount", "11", Money(1100, "USD")),
        ("amount", "0.00", Money(0, "USD")),
        ("amount", "11.7700", Money(1177, "USD")),
        ("amount", "۱۱.۷۷", Money(1177, "USD")),
        ("currency", "usd", None),
        ("phone", "0912 123 4567", "+989121234567"),
        ("phone", "", None),
        ("items", "3", 3),
        ("items", "", None),
        ("title", " The  Film\n(1995) ", "The Film (1995)"),
        ("title", "می‌روم", "می‌روم"),
        ("genres", "Fantasy|Sci-Fi", ("fantasy", "sci-fi")),
        ("genres", "فانتزی|fantasy|", ("fantasy",)),
        ("genres", "", ()),
        ("receipt", " r-2 ", "r-2"),
    ],
)
def test_a_cell_is_read(column: str, cell: str, value: object) -> None:
    assert getattr(line_of(**{column: cell}), column, None) == value


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("receipt", "", "it is empty"),
        ("customer", "x" * 65, "is no number of a receipt or customer"),
        ("receipt", "r\x00", "is no number of a receipt or customer"),
        ("at", "", "is no day or moment; write it like 2018-09-22"),
        ("at", "22.09.2018", "is no day or moment; write it like 2018-09-22"),
        ("at", "20180922", "is no day or moment"),
        ("at", "2018-09-22 20:56:15", "without its zone"),
        ("at", "2018-02-30", "is not in the calendar"),
        ("at", "2018-09-22T25:00:00Z", "is not in the calendar"),
        ("at", "2018-09-24", "is still to come"),
        ("at", "9999-12-31", "is still to come"),
        ("at", "1397-06-31", "the Jalali 1397-06-31 is 2018-09-22"),
        ("at", "0000-00-00", "is before 1970; write it like 2018-09-22"),
        ("amount", "", "is no amount in USD; write it like 1250.50"),
        ("amount", "12,50", "is no amount in USD"),
        ("amount", "-12.50", "what was given back is no purchase"),
        ("amount", "12.505", "is no amount in USD"),
        ("amount", "$12", "is no amount in USD"),
        ("amount", "1e3", "is no amount in USD"),
        ("amount", "99999999999999", "is no amount in USD"),
        ("currency", "EUR", "is not the club's currency; write USD"),
        ("currency", "", "is not the club's currency; write USD"),
        ("phone", "12", "the phone number cannot be read; write it like +98"),
        ("items", "two", "is no count"),
        ("items", "-1", "is no count"),
        ("items", "1000001", "is no count"),
        ("title", "x" * 201, "is no title"),
        ("title", "\x1b[2J", "is no title"),
        ("genres", "Horor", "is no genre of the programme; the nearest it knows: Horror"),
        ("genres", "فانتزيی", "the nearest it knows: فانتزی"),
    ],
)
def test_a_bad_cell_is_named_with_its_place_and_how_to_write_it(
    column: str, cell: str, said: str
) -> None:
    faults = read_row(sheet(), 7, list((GOOD | {column: cell}).values()))
    assert isinstance(faults, list)
    assert str(faults[0]).startswith(f"line 7, {column}: ")
    assert said in str(faults[0])
    assert "\x1b" not in str(faults[0])


def test_a_row_names_all_that_is_wrong_in_it() -> None:
    faults = read_row(sheet(), 7, list((GOOD | {"at": "soon", "amount": "much"}).values()))
    assert isinstance(faults, list)
    assert [fault.column for fault in faults] == ["at", "amount"]


def test_a_row_with_too_few_cells_is_named() -> None:
    (fault,) = read_row(sheet(), 7, ["r-1", "c-1"])  # type: ignore[misc]
    assert "the row has 2 cells, the header 9" in str(fault)


def test_a_plain_day_is_its_midday_in_the_clubs_zone() -> None:
    read = read_header(["receipt", "customer", "at", "amount"], CD, NOW)
    line = read_row(read, 2, ["r", "c", "1997-07-01", "1"])
    assert isinstance(line, PurchaseLine)
    assert line.at == datetime(1997, 7, 1, 12, tzinfo=ZoneInfo("America/New_York"))


def test_toman_have_no_parts() -> None:
    text = (EXAMPLES.parent / "programme.toml").read_text(encoding="utf-8")
    read = read_header(["receipt", "customer", "at", "amount"], parse_programme(text), NOW)
    line = read_row(read, 2, ["r", "c", "2018-01-01", "250000.0"])
    assert isinstance(line, PurchaseLine)
    assert line.amount == Money(250_000, "IRT")
    assert isinstance(read_row(read, 2, ["r", "c", "2018-01-01", "250000.5"]), list)


def test_a_programme_without_genres_says_so() -> None:
    faults = read_row(sheet(CD), 2, list((GOOD | {"genres": "Fantasy"}).values()))
    assert isinstance(faults, list)
    assert "this programme has no genres" in str(faults[0])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("receipt,customer,at", "missing columns: 'amount'"),
        ("receipt,customer,at,amount,genre", "unknown columns: 'genre'"),
        ("receipt,customer,at,amount,at", "twice: 'at'"),
        ("receipt;customer;at;amount", "with commas between them"),
        ("", "unknown columns"),
    ],
)
def test_a_bad_header_is_one_fault(header: str, said: str) -> None:
    with pytest.raises(BadHeader) as refused:
        read_header(header.split(","), CD, NOW)
    assert said in str(refused.value.fault)
    assert "receipt, customer, at, amount" in str(refused.value.fault)


def test_columns_may_stand_in_any_order_and_case() -> None:
    read = read_header(["Amount ", "AT", "customer", "receipt"], CD, NOW)
    line = read_row(read, 2, ["2", "1997-07-01", "c", "r"])
    assert isinstance(line, PurchaseLine)
    assert (line.amount, line.receipt) == (Money(200, "USD"), "r")


def test_settling_orders_by_time_and_leaves_out_what_says_the_same() -> None:
    late, early = line_of(), line_of(receipt="r-2", at="2018-01-01")
    settled = settle([late, early, line_of()])
    assert settled.lines == (early, late)
    assert (settled.repeated, settled.faults) == (1, ())


@pytest.mark.parametrize(
    ("column", "cell"), [("amount", "12"), ("customer", "c-2"), ("at", "2018-09-21")]
)
def test_the_same_receipt_with_other_facts_is_a_fault(column: str, cell: str) -> None:
    (fault,) = settle([line_of(), line_of(**{column: cell})]).faults
    assert fault.column == column
    assert "line 2 with other facts: customer c-1, 11.77 USD, 2018-09-22T20:56:15Z" in str(fault)


def test_one_phone_is_one_customers() -> None:
    first = line_of(phone="09121234567")
    (fault,) = settle([first, line_of(receipt="r-2", customer="c-2", phone="09121234567")]).faults
    assert "the phone belongs to customer c-1 on line 2" in str(fault)
    assert "912" not in str(fault)


def test_the_latest_phone_of_a_customer_counts() -> None:
    new = line_of(phone="09121234567")
    old = line_of(receipt="r-2", phone="09121111111", at="2017-01-01")
    assert settle([new, old]).phones == {"c-1": new}


def test_all_faults_are_counted_and_not_all_shown() -> None:
    refused = BadFile(
        Fault(line=line, column=None, reason="bad", remedy="mend it") for line in range(500, 0, -1)
    )
    assert (len(refused.faults), len(refused.shown)) == (500, SHOWN_FAULTS)
    assert refused.shown[0].line == 1
