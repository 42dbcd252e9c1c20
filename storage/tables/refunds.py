"""Purchases given back, whole or in part, and what each took from which grant."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text

from storage.tables.columns import METADATA, Moment, identity

REFUNDS = Table(
    "refunds",
    METADATA,
    identity(),
    Column("key", Text, nullable=False, unique=True),
    Column("purchase_id", ForeignKey("purchases.id"), nullable=False),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),  # That count as earned no longer.
    Column("taken", BigInteger, nullable=False),  # Of these, out of the wallet.
    Column("owed", BigInteger, nullable=False),  # Of these, into debt.
    Column("returned", BigInteger, nullable=False),  # Spent on the purchase and given back.
    Column("made_by", BigInteger),
    Column("at", Moment, nullable=False),
    CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
    CheckConstraint(
        "taken >= 0 AND owed >= 0 AND returned >= 0 AND taken + owed <= points",
        name="no_more_than_earned",
    ),
    Index("ix_refunds_purchase_id", "purchase_id"),
    Index("ix_refunds_member_id", "member_id"),
)

TAKEBACKS = Table(
    "takebacks",
    METADATA,
    # So many points of that grant count as earned no longer.
    Column("refund_id", ForeignKey("refunds.id"), primary_key=True),
    Column("transfer_id", ForeignKey("transfers.id"), primary_key=True),
    Column("points", BigInteger, nullable=False),
    CheckConstraint("points > 0", name="points_above_zero"),
    Index("ix_takebacks_transfer_id", "transfer_id"),
    sqlite_with_rowid=False,
)
