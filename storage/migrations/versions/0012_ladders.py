"""Ladders, budgets of rules, disputes, and the chain over the book."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.tables.columns import Moment

revision = "0012_ladders"
down_revision = "0011_refunds"
branch_labels = None
depends_on = None

OUTBOX = sa.table(
    "outbox",
    sa.column("id", sa.BigInteger()),
    sa.column("message", sa.Text()),
    sa.column("facts", sa.JSON()),
    sa.column("ended_at", sa.BigInteger()),
)
NEW_FACTS: dict[str, dict[str, Any]] = {
    "letters/purchase_undone": {
        "in_money": None,
        "owed": 0,
        "returned": 0,
        "rewards": [],
        "debt": 0,
    },
    "letters/receipt": {"in_money": None, "points_spent": 0, "repaid": 0, "active_from": None},
    "letters/tier_reached": {"ladder": None, "benefit": None},
}
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; letters that wait say what their words ask for now."""
    op.add_column("members", sa.Column("streak", sa.Integer(), nullable=False, server_default="0"))
    _budgets()
    _standings()
    _tier_changes()
    _disputes()
    _seals()
    _letters()


def _budgets() -> None:
    op.create_table(
        "budgets",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("times >= 0 AND points >= 0", name=op.f("ck_budgets_not_negative")),
        sa.PrimaryKeyConstraint("rule", "period", name=op.f("pk_budgets")),
        sqlite_with_rowid=False,
    )


def _standings() -> None:
    op.create_table(
        "standings",
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("floor", sa.Text(), nullable=True),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("falls_at", Moment(), nullable=True),
        sa.Column("warned_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_standings_member_id")),
        sa.PrimaryKeyConstraint("ladder", "member_id", name=op.f("pk_standings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_standings_falls_at", "standings", ["falls_at"], unique=False)
    op.create_index("ix_standings_member_id", "standings", ["member_id"], unique=False)


def _tier_changes() -> None:
    op.create_table(
        "tier_changes",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("tier_before", sa.Text(), nullable=False),
        sa.Column("tier_after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('reached', 'fell', 'refunded', 'floor', 'realigned', 'merged')",
            name=op.f("ck_tier_changes_reason_known"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_tier_changes_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_changes")),
    )
    op.create_index(
        "ix_tier_changes_member_id_at", "tier_changes", ["member_id", "at"], unique=False
    )


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("transfer_id", NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_disputes_member_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_disputes_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint(
            "member_id", "transfer_id", name=op.f("uq_disputes_member_id_transfer_id")
        ),
    )


def _seals() -> None:
    op.create_table(
        "seals",
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("transfer_id", NUMBER, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_seals_position_above_zero")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_seals_transfer_id")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_seals")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_seals_transfer_id")),
    )


def _letters() -> None:
    bind = op.get_bind()
    waiting = sa.select(OUTBOX).where(
        OUTBOX.c.message.in_(list(NEW_FACTS)), OUTBOX.c.ended_at.is_(None)
    )
    for letter in bind.execute(waiting).all():
        facts = {**NEW_FACTS[letter.message], **letter.facts}
        bind.execute(OUTBOX.update().where(OUTBOX.c.id == letter.id).values(facts=facts))
