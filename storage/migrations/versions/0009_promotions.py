"""Promotions grown up: texts, picture, link, schedule, card; notices at thresholds."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.checks import know_words
from storage.tables.columns import Moment

revision = "0009_promotions"
down_revision = "0008_surveys"
branch_labels = None
depends_on = None

STATES = ("draft", "scheduled", "running", "done", "cancelled")


def upgrade() -> None:
    """Add the columns, move texts into them, make the table of notices."""
    _campaigns()
    _notices()


def _campaigns() -> None:
    for column in (
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("text_fa", sa.LargeBinary(), nullable=True),
        sa.Column("text_en", sa.LargeBinary(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("link_label", sa.Text(), nullable=True),
        sa.Column("link_url", sa.Text(), nullable=True),
        sa.Column("starts_at", Moment(), nullable=True),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
    ):
        op.add_column("campaigns", column)
    # There was one text for all. It stands in for the missing one: who reads it is the same.
    op.execute("UPDATE campaigns SET text_fa = text")
    op.drop_column("campaigns", "text")
    know_words("campaigns", "state", STATES)
    op.create_index(
        "ix_campaigns_scheduled",
        "campaigns",
        ["starts_at"],
        unique=False,
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )


def _notices() -> None:
    op.create_table(
        "expiry_notices",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("covered_until", Moment(), nullable=False),
        sa.Column("newest_lot", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_expiry_notices_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "days", name=op.f("pk_expiry_notices")),
        sqlite_with_rowid=False,
    )
