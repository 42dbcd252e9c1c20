"""What a member says about a purchase: one to five stars, and a few words if they like."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from club.misreadings import TooLong

STARS = (1, 2, 3, 4, 5)
MAX_LENGTH = 1_000
REVIEW_WINDOW = timedelta(days=60)
"""How long after a purchase it can be reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One member's word on one purchase."""

    purchase_id: int
    stars: int
    text: str | None
    at: datetime

    def __post_init__(self) -> None:
        assert self.stars in STARS, "the buttons carry nothing else"


def tidy_text(text: str) -> str | None:
    """The words as they are kept; None where there are none. Raises TooLong."""
    kept = text.strip()
    if len(kept) > MAX_LENGTH:
        raise TooLong(limit=MAX_LENGTH, count=len(kept))
    return kept or None


def is_open(bought_at: datetime, at: datetime) -> bool:
    """Whether a purchase of that moment can still be reviewed."""
    return at - bought_at <= REVIEW_WINDOW
