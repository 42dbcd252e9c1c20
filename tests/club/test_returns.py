"""What staff type to give a purchase back, and how much can be."""

import pytest

from club.errors import AlreadyRefunded, ClubError, RefundTooLarge
from club.misreadings import BadReceipt, CommandIncomplete
from club.money import Money
from club.returns import Wish, amount_back, read_refund


def toman(minor: int) -> Money:
    return Money(minor, "IRT")


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("#R-1", Wish(receipt="R-1", who=None, amount=None)),
        ("# ‎R-1 ۱۰۰٬۰۰۰", Wish(receipt="R-1", who=None, amount=toman(100_000))),
        ("#R-1 ۱۰۰ هزار", Wish(receipt="R-1", who=None, amount=toman(100_000))),
        ("10004237", Wish(receipt=None, who="10004237", amount=None)),
        ("۱۰۰۰۴۲۳۷ 1.2m", Wish(receipt=None, who="10004237", amount=toman(1_200_000))),
        ("0912 123 4567 5000", Wish(receipt=None, who="09121234567", amount=toman(5_000))),
    ],
)
def test_a_wish_is_read(typed: str, wish: Wish) -> None:
    assert read_refund(typed, "IRT") == wish


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", CommandIncomplete),
        ("#", BadReceipt),
        ("#R-1;", BadReceipt),
        ("#R-1 100000 fantasy", CommandIncomplete),
    ],
)
def test_what_cannot_be_read_is_refused(typed: str, refusal: type[ClubError]) -> None:
    with pytest.raises(refusal):
        read_refund(typed, "IRT")


@pytest.mark.parametrize(
    ("refunded", "wanted", "goes"), [(0, None, 200), (50, None, 150), (50, 150, 150), (0, 1, 1)]
)
def test_all_that_is_left_goes_back_where_nothing_is_said(
    refunded: int, wanted: int | None, goes: int
) -> None:
    asked = None if wanted is None else toman(wanted)
    assert amount_back(toman(200), refunded, asked, over=False) == toman(goes)


def test_no_more_than_is_left_goes_back() -> None:
    with pytest.raises(RefundTooLarge) as refusal:
        amount_back(toman(200), 50, toman(151), over=False)
    assert refusal.value.facts == {"amount": toman(151), "left_amount": toman(150)}
    with pytest.raises(AlreadyRefunded):
        amount_back(toman(200), 200, None, over=True)
