"""The chain over the book: each seal holds the hash of its move and of all before it."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, LargeBinary, Table

from storage.tables.columns import METADATA, number

SEALS = Table(
    "seals",
    METADATA,
    Column("position", number(), primary_key=True, autoincrement=False),  # From 1, without a gap.
    Column("transfer_id", ForeignKey("transfers.id"), nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("position > 0", name="position_above_zero"),
)
