"""The life of a campaign."""

from collections.abc import Mapping
from enum import StrEnum

from club.letters import LetterState

TEXT_LENGTH = 3500  # Leaves room for the line beneath it, and for what escaping adds.


class CampaignState(StrEnum):
    """A draft is only a preview; a running one has its letters in the outbox."""

    DRAFT = "draft"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


def ends(counts: Mapping[LetterState, int]) -> dict[str, int]:
    """How many letters came to which end, by the names that messages give them."""
    return {
        "sent": counts.get(LetterState.SENT, 0),
        "unreachable": counts.get(LetterState.UNREACHABLE, 0),
        "failed": counts.get(LetterState.FAILED, 0) + counts.get(LetterState.EXPIRED, 0),
        "unknown": counts.get(LetterState.UNKNOWN, 0),
    }
