"""The buttons under letters: what the engine sends can be answered too."""

from collections.abc import Mapping
from typing import Any

from club.programme import Language
from handlers.keyboards import Button, inline
from handlers.signing import Signer

CARD = Button("card", "card", "open")
AHEAD = tuple(
    tuple(Button(f"ahead_{span}", "clock", "ahead", span) for span in row)
    for row in (("1d", "7d"), ("30d", "365d"))
)
"""How far each button moves the club's clock."""


def keyboard(
    message: str, campaign_id: int | None, language: Language, signer: Signer, chat_id: int
) -> Mapping[str, Any] | None:
    """The keyboard of a letter, as JSON; None for one without."""
    rows = {
        "letters/promotion": [[Button("opt_out", "promo", "stop", campaign_id or 0)]],
        "letters/expiry": [[CARD]],
        "letters/receipt": [[CARD]],
        "letters/tier_reached": [[CARD]],
        "letters/clock_arrived": AHEAD,
    }.get(message)
    return None if rows is None else inline(rows, language, signer, chat_id).to_dict()
