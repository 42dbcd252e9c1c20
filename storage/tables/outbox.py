"""One row a letter; its state says which end it came to."""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from club.letters import LetterClass, LetterState
from storage.tables.columns import METADATA, Moment, identity, one_of, word

_WAITS = "state = 'pending'"
_OF_CAMPAIGN = "campaign_id IS NOT NULL"
_OF_NONE = "campaign_id IS NULL"
_TROUBLE = "state IN ('failed', 'unknown')"
_TO_GROUPS = "chat_id IS NOT NULL AND state IN ('pending', 'claimed', 'sending')"
_DUE = ("campaign_id", "not_before", "id")
_HAD = ("member_id", "ended_at")


def _index(name: str, where: str, *columns: str, unique: bool = False) -> Index:
    """Of some rows only: most letters have come to their end long ago."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


OUTBOX = Table(
    "outbox",
    METADATA,
    identity(),
    Column("key", Text, unique=True),  # NULL: campaign and member make it single.
    Column("member_id", ForeignKey("members.id")),
    Column("chat_id", BigInteger),  # For letters to a group.
    Column("campaign_id", ForeignKey("campaigns.id")),
    Column("message", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("letter_class", Text, nullable=False),
    word("state"),
    Column("not_before", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("owner", Text),
    Column("lease_until", Moment),
    Column("fence", Integer, nullable=False),
    Column("message_id", BigInteger),
    Column("flagged", Integer, nullable=False),  # Times it may have arrived and was sent again.
    Column("fault", Text),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("closed_at", Moment),  # Its end was a trouble, and staff have seen to it.
    one_of("state", LetterState),
    one_of("letter_class", LetterClass),
    CheckConstraint("(member_id IS NULL) <> (chat_id IS NULL)", name="one_recipient"),
    CheckConstraint("key IS NOT NULL OR campaign_id IS NOT NULL", name="single"),
    _index("ix_outbox_campaign_member", _OF_CAMPAIGN, "campaign_id", "member_id", unique=True),
    _index("ix_outbox_due", f"{_OF_NONE} AND {_WAITS}", "letter_class", "not_before", "id"),
    _index("ix_outbox_campaign_due", f"{_OF_CAMPAIGN} AND {_WAITS}", *_DUE),
    _index("ix_outbox_member_due", f"{_OF_NONE} AND {_WAITS}", "member_id"),
    _index("ix_outbox_in_hand", "state IN ('claimed', 'sending')", "lease_until"),
    _index("ix_outbox_group", _TO_GROUPS, "chat_id"),
    # What a member has had of late.
    _index("ix_outbox_had", f"{_OF_CAMPAIGN} AND state IN ('sent', 'unknown')", *_HAD),
    _index("ix_outbox_trouble", f"{_TROUBLE} AND closed_at IS NULL", "state", "campaign_id"),
)
