"""The book: purchases, transfers, lots, and which lot each spend was taken from."""

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

from club.ledger import Reason
from storage.tables.columns import METADATA, Moment, identity, one_of, word

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Integer, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    CheckConstraint("id = coalesce(member_id, 0) * 10 + kind", name="id_tells_owner"),
    CheckConstraint("(kind IN (1, 7, 8)) = (member_id IS NOT NULL)", name="wallets_are_members"),
)

PURCHASES = Table(
    "purchases",
    METADATA,
    identity(),
    Column("key", Text, nullable=False, unique=True),
    Column("till", Text, nullable=False),
    Column("receipt", Text),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("title", Text),
    Column("items", Integer),
    Column("genres", JSON, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("booked_by", BigInteger),
    Column("at", Moment, nullable=False),
    Column("booked_at", Moment, nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", BigInteger),
    Column("discount_minor", BigInteger, nullable=False, server_default="0"),  # Off already.
    Column("shop", Text),
    Column("payment", Text),
    Column("lines", JSON),  # What was bought, item by item, where that was told.
    Column("points_spent", BigInteger, nullable=False, server_default="0"),
    Column("refunded_minor", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("discount_minor >= 0", name="discount_not_negative"),
    CheckConstraint("points_spent >= 0", name="points_spent_not_negative"),
    CheckConstraint("refunded_minor BETWEEN 0 AND amount_minor", name="refunded_within_amount"),
    CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
    CheckConstraint("points >= 0", name="points_not_negative"),
    Index("ix_purchases_member_id_at", "member_id", "at"),
    Index(  # A receipt counts once; an undone purchase gives it free.
        "uq_purchases_live_receipt",
        "till",
        "receipt",
        unique=True,
        sqlite_where=text("receipt IS NOT NULL AND undone_at IS NULL"),
        postgresql_where=text("receipt IS NOT NULL AND undone_at IS NULL"),
    ),
)

TRANSFERS = Table(
    "transfers",
    METADATA,
    identity(),
    Column("key", Text, nullable=False, unique=True),
    Column("source", ForeignKey("accounts.id"), nullable=False),
    Column("target", ForeignKey("accounts.id"), nullable=False),
    Column("points", BigInteger, nullable=False),
    word("reason"),
    Column("explanation", JSON, nullable=False),
    Column("purchase_id", ForeignKey("purchases.id")),
    Column("at", Moment, nullable=False),
    Column("rule", Text),  # The programme's rule that gave it.
    CheckConstraint("points > 0", name="points_above_zero"),
    CheckConstraint("source <> target", name="two_accounts"),
    one_of("reason", Reason),
    Index("ix_transfers_source_at", "source", "at"),
    Index("ix_transfers_target_at", "target", "at"),
    Index("ix_transfers_purchase_id", "purchase_id"),
)

LOTS = Table(
    "lots",
    METADATA,
    identity(),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("transfer_id", ForeignKey("transfers.id"), nullable=False, unique=True),
    Column("points", BigInteger, nullable=False),
    Column("remaining", BigInteger, nullable=False),
    Column("active_from", Moment, nullable=False),
    Column("expires_at", Moment),
    CheckConstraint("points > 0", name="points_above_zero"),
    CheckConstraint("remaining BETWEEN 0 AND points", name="remaining_within_points"),
    CheckConstraint("expires_at > active_from", name="expires_after_start"),
    Index(
        "ix_lots_open_member",
        "member_id",
        sqlite_where=text("remaining > 0"),
        postgresql_where=text("remaining > 0"),
    ),
    Index(
        "ix_lots_open_expiry",
        "expires_at",
        sqlite_where=text("remaining > 0"),
        postgresql_where=text("remaining > 0"),
    ),
)

LOT_USES = Table(
    "lot_uses",
    METADATA,
    Column("transfer_id", ForeignKey("transfers.id"), primary_key=True),
    Column("lot_id", ForeignKey("lots.id"), primary_key=True),
    Column("points", BigInteger, nullable=False),
    CheckConstraint("points > 0", name="points_above_zero"),
    Index("ix_lot_uses_lot_id", "lot_id"),
    sqlite_with_rowid=False,
)

LOT_RETURNS = Table(
    "lot_returns",
    METADATA,
    # What a move brought back into a lot from which it had been taken.
    Column("transfer_id", ForeignKey("transfers.id"), primary_key=True),
    Column("lot_id", ForeignKey("lots.id"), primary_key=True),
    Column("points", BigInteger, nullable=False),
    CheckConstraint("points > 0", name="points_above_zero"),
    Index("ix_lot_returns_lot_id", "lot_id"),
    sqlite_with_rowid=False,
)
