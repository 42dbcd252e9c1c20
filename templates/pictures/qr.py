"""The picture of a member's card: a QR code with the number beneath it."""

import io
import re

import segno
from PIL import Image, ImageDraw, ImageFont

WIDTH = 600
MODULE = 20  # Pixels: the smallest code, with its quiet zone, fills the card nearly to the edge.
QUIET_MODULES = 4  # Scanners need them around the code.
NUMBER_HEIGHT, NUMBER_SIZE = 100, 60
INK, PAPER = 0, 255
MAX_NUMBER_LENGTH = 15  # In this type more does not fit the width of the card.


def member_card(number: str) -> bytes:
    """A PNG that a till can scan and a cashier can read; the same number gives the same bytes."""
    assert re.fullmatch(f"[0-9]{{1,{MAX_NUMBER_LENGTH}}}", number), "a member number is digits"
    code = segno.make_qr(number, version=1, error="m")
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=MODULE, border=QUIET_MODULES)
    picture = Image.open(drawn).convert("L")
    card = Image.new("L", (WIDTH, picture.height + NUMBER_HEIGHT), PAPER)
    card.paste(picture, ((WIDTH - picture.width) // 2, 0))
    # The quiet zone ends above; the number stands close to it.
    middle = (WIDTH // 2, picture.height + NUMBER_HEIGHT // 3)
    font = ImageFont.load_default(NUMBER_SIZE)
    ImageDraw.Draw(card).text(middle, number, fill=INK, font=font, anchor="mm")
    png = io.BytesIO()
    card.save(png, format="PNG", optimize=True)
    return png.getvalue()
