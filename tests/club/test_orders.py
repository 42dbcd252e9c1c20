"""What staff type, in every way they type it."""

import pytest

from club.discretion import phone_for
from club.misreadings import BadPoints, CommandIncomplete, TooLong
from club.orders import (
    MAX_POINTS,
    REASON_LENGTH,
    Adjustment,
    Payment,
    plain_line,
    read_adjustment,
    read_payment,
    read_points,
    read_role,
    split_member,
)
from club.staff import Role


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


@pytest.mark.parametrize(("typed", "points"), [("50", 50), ("۱٬۲۰۰", 1_200), (" +7 ", 7)])
def test_points_are_read(typed: str, points: int) -> None:
    assert read_points(typed) == points


@pytest.mark.parametrize("typed", ["", "0", "-5", "5-", "−۵", "five", "5 6", "1000001"])
def test_what_is_no_number_of_points_is_refused(typed: str) -> None:
    with pytest.raises(BadPoints) as refused:
        read_points(typed)
    assert refused.value.facts["signed"] is False


def test_a_payment_may_say_for_what() -> None:
    assert read_payment("۵۰ کتاب  هدیه") == Payment(points=50, reason="کتاب هدیه")
    assert read_payment("50") == Payment(points=50, reason=None)
    with pytest.raises(CommandIncomplete):
        read_payment(" ")
    with pytest.raises(TooLong):
        read_payment("50 " + "x" * 121)
