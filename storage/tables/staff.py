"""Staff, what they did, how the first owner proves it, and the buttons that wait for them."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from club.staff import Role
from storage.tables.columns import METADATA, Moment, identity, one_of, word

STAFF = Table(
    "staff",
    METADATA,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    word("role"),
    Column("added_by", BigInteger),
    Column("added_at", Moment, nullable=False),
    Column("removed_at", Moment),
    one_of("role", Role),
)

AUDIT_LOG = Table(
    "audit_log",
    METADATA,
    identity(),
    Column("at", Moment, nullable=False),
    Column("by", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Index("ix_audit_log_at", "at"),
)

CLAIMS = Table(
    "claims",
    METADATA,
    identity(),
    Column("code_hash", LargeBinary, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("used_at", Moment),
)

INTENTS = Table(
    "intents",
    METADATA,
    identity(),
    Column("kind", Text, nullable=False),
    Column("by", BigInteger, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
