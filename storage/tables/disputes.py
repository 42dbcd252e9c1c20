"""Moves of which a member says that they are wrong, each once."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, UniqueConstraint

from storage.tables.columns import METADATA, Moment, identity

DISPUTES = Table(
    "disputes",
    METADATA,
    identity(),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("transfer_id", ForeignKey("transfers.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", BigInteger),
    UniqueConstraint("member_id", "transfer_id"),
)
