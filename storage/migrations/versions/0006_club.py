"""What the club knows of itself."""

import sqlalchemy as sa
from alembic import op

from storage.tables.columns import Moment

revision = "0006_club"
down_revision = "0005_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _club()
    _ticks()


def _club() -> None:
    op.create_table(
        "club",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_club")),
    )


def _ticks() -> None:
    op.create_table(
        "ticks",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("at", Moment(), autoincrement=False, nullable=False),
        sa.Column("booked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("job", "at", name=op.f("pk_ticks")),
    )
