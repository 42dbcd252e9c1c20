"""What members do for the club: friends, birthdays, reviews, visits."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.checks import know_words
from storage.tables.columns import Moment

revision = "0007_friends"
down_revision = "0006_club"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REASONS = (
    *("purchase", "profile", "undo", "adjust", "expiry", "leave"),
    *("referral", "birthday", "review", "visit"),
)


def upgrade() -> None:
    """Make the tables, and let points move for all that."""
    op.add_column("members", sa.Column("visited_on", sa.Integer(), nullable=True))
    op.create_index("ix_members_referred_by_code", "members", ["referred_by_code"])
    op.add_column("private_data", sa.Column("birthday", sa.LargeBinary(), nullable=True))
    _birthdays()
    _reviews()
    know_words("transfers", "reason", REASONS)


def _birthdays() -> None:
    op.create_table(
        "birthdays",
        sa.Column("member_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("jalali_month", sa.Integer(), nullable=True),
        sa.Column("jalali_day", sa.Integer(), nullable=True),
        sa.Column("gregorian_month", sa.Integer(), nullable=True),
        sa.Column("gregorian_day", sa.Integer(), nullable=True),
        sa.Column("greeted_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "calendar IN ('jalali', 'gregorian')", name=op.f("ck_birthdays_calendar_known")
        ),
        sa.CheckConstraint(
            "(calendar IS NULL) = (jalali_month IS NULL)"
            " AND (calendar IS NULL) = (jalali_day IS NULL)"
            " AND (calendar IS NULL) = (gregorian_month IS NULL)"
            " AND (calendar IS NULL) = (gregorian_day IS NULL)",
            name=op.f("ck_birthdays_day_whole"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_birthdays_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_birthdays")),
    )
    op.create_index("ix_birthdays_jalali", "birthdays", ["jalali_month", "jalali_day"])
    op.create_index("ix_birthdays_gregorian", "birthdays", ["gregorian_month", "gregorian_day"])


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("purchase_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_reviews_stars_known")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_reviews_member_id")),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_reviews_purchase_id")
        ),
        sa.PrimaryKeyConstraint("purchase_id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_member_id", "reviews", ["member_id"])
