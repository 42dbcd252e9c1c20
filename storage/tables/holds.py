"""Points set aside until they are spent or given back."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text, text

from club.holds import HoldState
from storage.tables.columns import METADATA, Moment, identity, one_of, word

HOLDS = Table(
    "holds",
    METADATA,
    identity(),
    Column("key", Text, nullable=False, unique=True),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("transfer_id", ForeignKey("transfers.id"), nullable=False, unique=True),
    Column("points", BigInteger, nullable=False),
    word("state"),
    Column("made_by", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", BigInteger),
    CheckConstraint("points > 0", name="points_above_zero"),
    CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="open_until_ended"),
    one_of("state", HoldState),
    Index("ix_holds_member_id", "member_id"),
    Index(
        "ix_holds_open",
        "expires_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)
