"""The book."""

import sqlalchemy as sa
from alembic import op

from storage.tables.columns import Moment

revision = "0002_book"
down_revision = "0001_members"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _accounts()
    _purchases()
    _transfers()
    _lots()
    _lot_uses()
    _club_accounts()


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(kind = 1) = (member_id IS NOT NULL)", name=op.f("ck_accounts_wallets_are_members")
        ),
        sa.CheckConstraint(
            "id = coalesce(member_id, 0) * 10 + kind", name=op.f("ck_accounts_id_tells_owner")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_accounts_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )


def _purchases() -> None:
    op.create_table(
        "purchases",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("till", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("items", sa.Integer(), nullable=True),
        sa.Column("genres", sa.JSON(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("booked_by", sa.BigInteger(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("booked_at", Moment(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_purchases_amount_not_negative")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_purchases_points_not_negative")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_purchases_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("key", name=op.f("uq_purchases_key")),
    )
    op.create_index("ix_purchases_member_id_at", "purchases", ["member_id", "at"], unique=False)
    op.create_index(
        "uq_purchases_live_receipt",
        "purchases",
        ["till", "receipt"],
        unique=True,
        sqlite_where=sa.text("receipt IS NOT NULL AND undone_at IS NULL"),
        postgresql_where=sa.text("receipt IS NOT NULL AND undone_at IS NULL"),
    )


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column(
            "purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('purchase', 'profile', 'undo', 'adjust', 'expiry', 'leave')",
            name=op.f("ck_transfers_reason_known"),
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_transfers_points_above_zero")),
        sa.CheckConstraint("source <> target", name=op.f("ck_transfers_two_accounts")),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_transfers_purchase_id")
        ),
        sa.ForeignKeyConstraint(["source"], ["accounts.id"], name=op.f("fk_transfers_source")),
        sa.ForeignKeyConstraint(["target"], ["accounts.id"], name=op.f("fk_transfers_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("key", name=op.f("uq_transfers_key")),
    )
    op.create_index("ix_transfers_purchase_id", "transfers", ["purchase_id"], unique=False)
    op.create_index("ix_transfers_source_at", "transfers", ["source", "at"], unique=False)
    op.create_index("ix_transfers_target_at", "transfers", ["target", "at"], unique=False)


def _lots() -> None:
    op.create_table(
        "lots",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "transfer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("active_from", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.CheckConstraint("expires_at > active_from", name=op.f("ck_lots_expires_after_start")),
        sa.CheckConstraint("points > 0", name=op.f("ck_lots_points_above_zero")),
        sa.CheckConstraint(
            "remaining BETWEEN 0 AND points", name=op.f("ck_lots_remaining_within_points")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_lots_member_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_lots_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_lots_transfer_id")),
    )
    op.create_index(
        "ix_lots_open_expiry",
        "lots",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("remaining > 0"),
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_index(
        "ix_lots_open_member",
        "lots",
        ["member_id"],
        unique=False,
        sqlite_where=sa.text("remaining > 0"),
        postgresql_where=sa.text("remaining > 0"),
    )


def _lot_uses() -> None:
    op.create_table(
        "lot_uses",
        sa.Column(
            "transfer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_lot_uses_points_above_zero")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_uses_lot_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_lot_uses_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", "lot_id", name=op.f("pk_lot_uses")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_lot_uses_lot_id", "lot_uses", ["lot_id"], unique=False)


def _club_accounts() -> None:
    op.execute(sa.text("INSERT INTO accounts (id, kind) VALUES (2, 2), (3, 3), (4, 4), (5, 5)"))
