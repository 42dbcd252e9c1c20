"""Member numbers, phones and names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from club.errors import ForeignContact
from club.members import (
    JoinStep,
    member_id_of,
    next_step,
    number_of,
    own_phone,
    parse_phone,
    tidy_name,
)
from club.misreadings import BadMemberNumber, BadPhone


@settings(deadline=None)
@given(st.integers(1, 10**9))
def test_a_number_means_its_member(member_id: int) -> None:
    assert member_id_of(number_of(member_id)) == member_id


@settings(deadline=None)
@given(st.integers(1, 10**7), st.data())
def test_one_wrong_digit_is_noticed(member_id: int, data: st.DataObject) -> None:
    number = number_of(member_id)
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    with pytest.raises(BadMemberNumber):
        member_id_of(number[:place] + wrong + number[place + 1 :])


def test_a_number_may_be_typed_in_persian_digits() -> None:
    persian = number_of(7).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert member_id_of(persian) == 7


@pytest.mark.parametrize("text", ["", "abc", "1", "100000", "-100016", "1" * 20, "100016x"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadMemberNumber):
        member_id_of(text)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("09121234567", "+989121234567"),
        ("۰۹۱۲۱۲۳۴۵۶۷", "+989121234567"),
        ("+98 912 123 4567", "+989121234567"),
        ("0098 912 123 4567", "+989121234567"),
        ("+44 7400 120464", "+447400120464"),
    ],
)
def test_phones_are_read(text: str, phone: str) -> None:
    assert parse_phone(text) == phone


@pytest.mark.parametrize("text", ["", "12", "phone", "+98" + "1" * 20])
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(BadPhone):
        parse_phone(text)


def test_only_ones_own_contact_counts() -> None:
    assert own_phone("989121234567", 5, 5) == "+989121234567"
    assert own_phone("۰۹۱۲۱۲۳۴۵۶۷", 5, 5) == "+989121234567"
    for stranger in (6, None):
        with pytest.raises(ForeignContact):
            own_phone("989121234567", stranger, 5)


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("  Sara \n Amini ", "Sara Amini"),
        ("سارا\u202e123", "سارا123"),  # No direction tricks.
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),
        ("\u200f\u200f", "?"),
        ("x" * 100, "x" * 64),
    ],
)
def test_names_are_tidied(name: str, tidy: str) -> None:
    assert tidy_name(name) == tidy


def test_the_steps_of_joining_end() -> None:
    step, seen = JoinStep.LANGUAGE, [JoinStep.LANGUAGE]
    while step is not JoinStep.DONE:
        step = next_step(step)
        seen.append(step)
    assert seen == list(JoinStep)
    assert next_step(JoinStep.DONE) is JoinStep.DONE
