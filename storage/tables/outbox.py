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

OUTBOX = Table(
    "outbox",
    METADATA,
    identity(),
    Column("key", Text, nullable=False, unique=True),
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
    one_of("state", LetterState),
    one_of("letter_class", LetterClass),
    CheckConstraint("(member_id IS NULL) <> (chat_id IS NULL)", name="one_recipient"),
    Index(
        "ix_outbox_pending",
        "letter_class",
        "not_before",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_outbox_in_hand",
        "lease_until",
        sqlite_where=text("state IN ('claimed', 'sending')"),
        postgresql_where=text("state IN ('claimed', 'sending')"),
    ),
    Index("ix_outbox_campaign_id", "campaign_id", "state"),
)
