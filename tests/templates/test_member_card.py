"""The picture of the card."""

import io

import pytest
import segno
from PIL import Image

from templates.pictures.qr import MAX_NUMBER_LENGTH, MODULE, QUIET_MODULES, member_card

MAX_BYTES = 40_000


@pytest.mark.parametrize("number", ["10004237", "1", "9" * MAX_NUMBER_LENGTH])
def test_the_card_carries_the_code_of_the_number(number: str) -> None:
    picture = member_card(number)
    card = Image.open(io.BytesIO(picture))
    matrix = segno.make_qr(number, version=1, error="m").matrix
    left = (card.width - (len(matrix) + 2 * QUIET_MODULES) * MODULE) // 2
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            middle = MODULE // 2
            at = ((x + QUIET_MODULES) * MODULE + middle, (y + QUIET_MODULES) * MODULE + middle)
            assert (card.getpixel((left + at[0], at[1])) == 0) == bool(dark)
    assert len(picture) <= MAX_BYTES
    assert picture == member_card(number), "the same number gives the same bytes"


def test_the_number_stands_beneath_and_inside() -> None:
    card = Image.open(io.BytesIO(member_card("9" * MAX_NUMBER_LENGTH)))
    beneath = card.crop((0, card.width, card.width, card.height)).point(lambda light: 255 - light)
    left, _, right, bottom = beneath.getbbox() or (0, 0, 0, 0)
    assert 0 < left < right < card.width
    assert 0 < bottom < beneath.height


@pytest.mark.parametrize("number", ["", "۱۲۳", "12a", "9" * (MAX_NUMBER_LENGTH + 1)])
def test_anything_else_is_our_own_mistake(number: str) -> None:
    with pytest.raises(AssertionError):
        member_card(number)
