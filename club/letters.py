"""Letters: what the club writes to somebody who is not in front of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LetterClass(StrEnum):
    """What to do in doubt: a transactional letter is repeated, a campaign's is not."""

    TRANSACTIONAL = "transactional"
    CAMPAIGN = "campaign"


class LetterState(StrEnum):
    """From pending through claimed and sending to exactly one end."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"  # Its moment passed first.
    SKIPPED = "skipped"  # Not to be sent any more: known out of reach, opted out, cancelled …


ENDS = (
    LetterState.SENT,
    LetterState.UNREACHABLE,
    LetterState.FAILED,
    LetterState.UNKNOWN,
    LetterState.EXPIRED,
    LetterState.SKIPPED,
)
MAX_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message for one member (or one group), under a key that makes it single.

    A campaign's letters have none: campaign and member make each of them single.
    """

    key: str | None
    message: str
    member_id: int | None = None
    chat_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    letter_class: LetterClass = LetterClass.TRANSACTIONAL
    not_before: datetime | None = None
    expires_at: datetime | None = None
    campaign_id: int | None = None

    def __post_init__(self) -> None:
        assert (self.member_id is None) != (self.chat_id is None), "a letter has one recipient"
        assert (self.key is None) == (self.campaign_id is not None), "a letter is single"
