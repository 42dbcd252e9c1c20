"""Where members stand on the ladders, and how they came there."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Table, Text

from club.ladders import ChangeReason
from storage.tables.columns import METADATA, Moment, identity, one_of, word

STANDINGS = Table(
    "standings",
    METADATA,
    Column("ladder", Text, primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("tier", Text, nullable=False),
    Column("floor", Text),  # Set by hand: not below this tier.
    Column("since", Moment, nullable=False),
    Column("falls_at", Moment),  # The end of the grace days, once the tier is no longer reached.
    Column("warned_at", Moment),
    Index("ix_standings_member_id", "member_id"),
    Index("ix_standings_falls_at", "falls_at"),
    sqlite_with_rowid=False,
)

TIER_CHANGES = Table(
    "tier_changes",
    METADATA,
    identity(),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("ladder", Text, nullable=False),
    Column("tier_before", Text, nullable=False),
    Column("tier_after", Text, nullable=False),
    word("reason"),
    Column("explanation", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    one_of("reason", ChangeReason),
    Index("ix_tier_changes_member_id_at", "member_id", "at"),
)
