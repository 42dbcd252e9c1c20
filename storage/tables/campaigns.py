"""Campaigns: one message for many, from draft to its final count."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from club.campaigns import CampaignState
from storage.tables.columns import METADATA, Moment, identity, one_of, word

CAMPAIGNS = Table(
    "campaigns",
    METADATA,
    identity(),
    word("state"),
    Column("audience", JSON, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("ended_at", Moment),
    Column("version", Integer, nullable=False),  # Of the draft: what is sent is what was shown.
    Column("text_fa", LargeBinary),  # Encrypted: staff may name people in it.
    Column("text_en", LargeBinary),
    Column("picture", Text),  # The messenger's name for the file.
    Column("link_label", Text),
    Column("link_url", Text),
    Column("starts_at", Moment),  # Club time; NULL: when it is sent off.
    Column("card_id", BigInteger),  # The message that shows how far it is; NULL: nothing to edit.
    one_of("state", CampaignState),
    Index(
        "ix_campaigns_scheduled",
        "starts_at",
        sqlite_where=text("state = 'scheduled'"),
        postgresql_where=text("state = 'scheduled'"),
    ),
)
