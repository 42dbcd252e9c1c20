"""Members and their private data."""

import sqlalchemy as sa
from alembic import op

from storage.tables.columns import Moment

revision = "0001_members"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _members()
    _staff()
    _join_links()
    _private_data()
    _tags()


def _members() -> None:
    op.create_table(
        "members",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("chat_user_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("join_step", sa.Text(), nullable=False),
        sa.Column("agreed_at", Moment(), nullable=True),
        sa.Column(
            "promotions", sa.Boolean(create_constraint=True, name="promotions_flag"), nullable=True
        ),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("points_earned", sa.BigInteger(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("reach_at", Moment(), nullable=True),
        sa.Column("profile_at", Moment(), nullable=True),
        sa.Column("left_at", Moment(), nullable=True),
        sa.Column("referral_code", sa.Text(), nullable=False),
        sa.Column("referred_by_code", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        *_members_constraints(),
        sqlite_autoincrement=True,
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'manager', 'cashier')", name=op.f("ck_staff_role_known")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff")),
    )


def _join_links() -> None:
    op.create_table(
        "join_links",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_join_links_member_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_join_links")),
    )
    op.create_index("ix_join_links_member_id", "join_links", ["member_id"], unique=False)


def _private_data() -> None:
    op.create_table(
        "private_data",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(member_id IS NULL) <> (staff_id IS NULL)", name=op.f("ck_private_data_one_person")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_private_data_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.user_id"], name=op.f("fk_private_data_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_data")),
        sa.UniqueConstraint("member_id", name=op.f("uq_private_data_member_id")),
        sa.UniqueConstraint("phone_hash", name=op.f("uq_private_data_phone_hash")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_private_data_staff_id")),
    )


def _tags() -> None:
    op.create_table(
        "tags",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("purchase_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_tags_member_id")),
        sa.PrimaryKeyConstraint("tag", "member_id", name=op.f("pk_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tags_member_id", "tags", ["member_id"], unique=False)


def _members_constraints() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(
            "calendar IN ('jalali', 'gregorian')", name=op.f("ck_members_calendar_known")
        ),
        sa.CheckConstraint(
            "join_step IN ('language', 'terms', 'promotions', 'phone', 'genres', 'done')",
            name=op.f("ck_members_join_step_known"),
        ),
        sa.CheckConstraint("language IN ('fa', 'en')", name=op.f("ck_members_language_known")),
        sa.CheckConstraint(
            "reach IN ('active', 'blocked', 'deactivated', 'never_started')",
            name=op.f("ck_members_reach_known"),
        ),
        sa.CheckConstraint(
            "left_at IS NULL OR chat_user_id IS NULL", name=op.f("ck_members_left_without_chat")
        ),
        sa.CheckConstraint(
            "points_earned >= 0", name=op.f("ck_members_points_earned_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("chat_user_id", name=op.f("uq_members_chat_user_id")),
        sa.UniqueConstraint("referral_code", name=op.f("uq_members_referral_code")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_members_source_external_id")),
    ]
