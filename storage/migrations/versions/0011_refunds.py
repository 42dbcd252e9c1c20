"""The book grows: holds, debt, refunds of a part, what an order was made of."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.checks import know_words, write_check
from storage.tables.columns import Moment

revision = "0011_refunds"
down_revision = "0010_history"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REASONS = (
    *("purchase", "profile", "undo", "adjust", "expiry", "leave"),
    *("referral", "birthday", "review", "visit", "survey", "merge"),
    *("joined", "streak", "event", "mission", "spend", "hold", "post", "void"),
    *("gift", "refund", "return", "repay"),
)


def upgrade() -> None:
    """Make the tables, and tell of what was undone before as refunds."""
    write_check("accounts", "wallets_are_members", "(kind IN (1, 7, 8)) = (member_id IS NOT NULL)")
    op.execute("INSERT INTO accounts (id, kind) VALUES (6, 6)")
    know_words("transfers", "reason", REASONS)
    op.add_column("transfers", sa.Column("rule", sa.Text(), nullable=True))
    _purchases()
    _refunds()
    _holds()
    _takebacks()
    _lot_returns()
    _undone()


def _purchases() -> None:
    for definition in (
        "discount_minor BIGINT NOT NULL DEFAULT 0"
        " CONSTRAINT ck_purchases_discount_not_negative CHECK (discount_minor >= 0)",
        "shop TEXT",
        "payment TEXT",
        "lines JSON",
        "points_spent BIGINT NOT NULL DEFAULT 0"
        " CONSTRAINT ck_purchases_points_spent_not_negative CHECK (points_spent >= 0)",
        "refunded_minor BIGINT NOT NULL DEFAULT 0"
        " CONSTRAINT ck_purchases_refunded_within_amount"
        " CHECK (refunded_minor BETWEEN 0 AND amount_minor)",
    ):
        op.execute(f"ALTER TABLE purchases ADD COLUMN {definition}")


def _refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("purchase_id", NUMBER, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_refunds_amount_not_negative")),
        sa.CheckConstraint(
            "taken >= 0 AND owed >= 0 AND returned >= 0 AND taken + owed <= points",
            name=op.f("ck_refunds_no_more_than_earned"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_refunds_member_id")),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_refunds_purchase_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("key", name=op.f("uq_refunds_key")),
    )
    op.create_index("ix_refunds_member_id", "refunds", ["member_id"], unique=False)
    op.create_index("ix_refunds_purchase_id", "refunds", ["purchase_id"], unique=False)


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("transfer_id", NUMBER, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_holds_open_until_ended")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'posted', 'voided')", name=op.f("ck_holds_state_known")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_holds_points_above_zero")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_holds_member_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_holds_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("key", name=op.f("uq_holds_key")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_holds_transfer_id")),
    )
    op.create_index("ix_holds_member_id", "holds", ["member_id"], unique=False)
    op.create_index(
        "ix_holds_open",
        "holds",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _takebacks() -> None:
    op.create_table(
        "takebacks",
        sa.Column("refund_id", NUMBER, nullable=False),
        sa.Column("transfer_id", NUMBER, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_takebacks_points_above_zero")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_takebacks_refund_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_takebacks_transfer_id")
        ),
        sa.PrimaryKeyConstraint("refund_id", "transfer_id", name=op.f("pk_takebacks")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_takebacks_transfer_id", "takebacks", ["transfer_id"], unique=False)


def _lot_returns() -> None:
    op.create_table(
        "lot_returns",
        sa.Column("transfer_id", NUMBER, nullable=False),
        sa.Column("lot_id", NUMBER, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_lot_returns_points_above_zero")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_returns_lot_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_lot_returns_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", "lot_id", name=op.f("pk_lot_returns")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_lot_returns_lot_id", "lot_returns", ["lot_id"], unique=False)


def _undone() -> None:
    op.execute("UPDATE purchases SET refunded_minor = amount_minor WHERE undone_at IS NOT NULL")
    op.execute(
        "INSERT INTO refunds (key, purchase_id, member_id, amount_minor, points, taken, owed,"
        " returned, made_by, at)"
        " SELECT 'undo:' || p.id, p.id, p.member_id, p.amount_minor, p.points,"
        " coalesce((SELECT t.points FROM transfers AS t WHERE t.key = 'undo:' || p.id), 0), 0, 0,"
        " p.undone_by, p.undone_at FROM purchases AS p WHERE p.undone_at IS NOT NULL"
    )
    op.execute(
        "INSERT INTO takebacks (refund_id, transfer_id, points)"
        " SELECT r.id, t.id, t.points FROM refunds AS r"
        " JOIN transfers AS t ON t.purchase_id = r.purchase_id AND t.reason = 'purchase'"
    )
