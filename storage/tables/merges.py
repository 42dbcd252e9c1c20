"""Customers from before the club whose rows went into a member's."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table

from storage.tables.columns import METADATA, Moment

MERGES = Table(
    "merges",
    METADATA,
    # The key: a customer goes into a member once.
    Column("source_id", ForeignKey("members.id"), primary_key=True, autoincrement=False),
    Column("target_id", ForeignKey("members.id"), nullable=False),
    Column("points", BigInteger, nullable=False),  # What was moved …
    Column("points_earned", BigInteger, nullable=False),  # … and what counts for the tier.
    Column("at", Moment, nullable=False),
    CheckConstraint("source_id <> target_id", name="two_members"),
    CheckConstraint("points >= 0 AND points_earned >= 0", name="points_not_negative"),
    Index("ix_merges_target_id", "target_id"),
)
