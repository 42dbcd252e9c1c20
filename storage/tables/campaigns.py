"""Campaigns: one message for many, from draft to its final count."""

from sqlalchemy import JSON, BigInteger, Column, Integer, LargeBinary, Table

from club.campaigns import CampaignState
from storage.tables.columns import METADATA, Moment, identity, one_of, word

CAMPAIGNS = Table(
    "campaigns",
    METADATA,
    identity(),
    word("state"),
    Column("audience", JSON, nullable=False),
    Column("text", LargeBinary, nullable=False),  # Encrypted: staff may name people in it.
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("ended_at", Moment),
    one_of("state", CampaignState),
)
