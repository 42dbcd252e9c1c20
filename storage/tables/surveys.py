"""Surveys, how far each member has come in them, and what they answered."""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from club.surveys import SurveyState
from storage.tables.columns import METADATA, Moment, identity, one_of, word

SURVEYS = Table(
    "surveys",
    METADATA,
    identity(),
    Column("key", Text, nullable=False, unique=True),
    word("state"),
    Column("title", JSON, nullable=False),
    Column("questions", JSON, nullable=False),
    Column("fingerprint", Text, nullable=False),  # Of the questions: the same are asked once.
    Column("points", Integer, nullable=False),
    Column("audience", JSON, nullable=False),
    Column("closes_at", Moment, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("card_id", BigInteger),  # The message that shows the results; NULL: nothing to edit.
    Column("card_page", Integer, nullable=False),
    CheckConstraint("points >= 0", name="points_not_negative"),
    one_of("state", SurveyState),
    Index("ix_surveys_fingerprint", "fingerprint"),
)

REPLIES = Table(
    "survey_replies",
    METADATA,
    Column("survey_id", ForeignKey("surveys.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("position", Integer, nullable=False),  # The question that is open.
    Column("asked", Integer, nullable=False),  # The one that was last put into the chat …
    Column("message_id", BigInteger),  # … and the message that asks it.
    Column("begun_at", Moment, nullable=False),
    Column("done_at", Moment),
    CheckConstraint("position >= 0", name="position_not_negative"),
    Index("ix_survey_replies_member_id", "member_id"),
)

ANSWERS = Table(
    "survey_answers",
    METADATA,
    Column("survey_id", ForeignKey("surveys.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("question", Integer, primary_key=True, autoincrement=False),
    Column("choices", JSON, nullable=False),
    Column("text", LargeBinary),  # Encrypted: people write private things.
    Column("given_at", Moment),  # NULL: ticked, and not finished.
    Index("ix_survey_answers_member_id", "member_id"),
)
