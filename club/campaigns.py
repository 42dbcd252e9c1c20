"""The life of a campaign."""

from enum import StrEnum

TEXT_LENGTH = 3500  # Leaves room for the line beneath it, and for what escaping adds.


class CampaignState(StrEnum):
    """A draft is only a preview; a running one has its letters in the outbox."""

    DRAFT = "draft"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
