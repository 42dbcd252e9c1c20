"""Customers from before the club whose rows went into a member's."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.checks import know_words
from storage.tables.columns import Moment

revision = "0010_history"
down_revision = "0009_promotions"
branch_labels = None
depends_on = None

MEMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REASONS = (
    *("purchase", "profile", "undo", "adjust", "expiry", "leave"),
    *("referral", "birthday", "review", "visit", "survey", "merge"),
)


def upgrade() -> None:
    """Make the table, and let points move because of it."""
    op.create_table(
        "merges",
        sa.Column("source_id", MEMBER, autoincrement=False, nullable=False),
        sa.Column("target_id", MEMBER, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("points_earned", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_merges_two_members")),
        sa.CheckConstraint(
            "points >= 0 AND points_earned >= 0", name=op.f("ck_merges_points_not_negative")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["members.id"], name=op.f("fk_merges_source_id")),
        sa.ForeignKeyConstraint(["target_id"], ["members.id"], name=op.f("fk_merges_target_id")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_target_id", "merges", ["target_id"])
    know_words("transfers", "reason", REASONS)
