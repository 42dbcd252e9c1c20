"""Surveys, replies and answers; points move because of them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.checks import know_words
from storage.tables.columns import Moment

revision = "0008_surveys"
down_revision = "0007_friends"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "state IN ('draft', 'running', 'closed', 'cancelled')"
REASONS = (
    *("purchase", "profile", "undo", "adjust", "expiry", "leave"),
    *("referral", "birthday", "review", "visit", "survey"),
)


def upgrade() -> None:
    """Make the tables, and let points move because of a survey."""
    _surveys()
    _replies()
    _answers()
    know_words("transfers", "reason", REASONS)


def _surveys() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("closes_at", Moment(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.Column("card_page", sa.Integer(), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_surveys_points_not_negative")),
        sa.CheckConstraint(STATES, name=op.f("ck_surveys_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("key", name=op.f("uq_surveys_key")),
    )
    op.create_index("ix_surveys_fingerprint", "surveys", ["fingerprint"])


def _replies() -> None:
    op.create_table(
        "survey_replies",
        sa.Column("survey_id", NUMBER, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.CheckConstraint("position >= 0", name=op.f("ck_survey_replies_position_not_negative")),
        *_keys("survey_replies"),
        sa.PrimaryKeyConstraint("survey_id", "member_id", name=op.f("pk_survey_replies")),
    )
    op.create_index("ix_survey_replies_member_id", "survey_replies", ["member_id"])


def _answers() -> None:
    op.create_table(
        "survey_answers",
        sa.Column("survey_id", NUMBER, nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("given_at", Moment(), nullable=True),
        *_keys("survey_answers"),
        sa.PrimaryKeyConstraint(
            "survey_id", "member_id", "question", name=op.f("pk_survey_answers")
        ),
    )
    op.create_index("ix_survey_answers_member_id", "survey_answers", ["member_id"])


def _keys(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{one}_id"], [f"{one}s.id"], name=op.f(f"fk_{table}_{one}_id"))
        for one in ("survey", "member")
    ]
