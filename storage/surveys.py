"""Surveys, the letters that bring them, and what all members answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    String,
    and_,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import Audience
from club.letters import Letter, LetterState
from club.surveys import Survey, SurveyState, read_questions, stored_questions
from storage import outbox as outbox_store
from storage.audience import meant
from storage.statements import insert as insert_or
from storage.tables.members import MEMBERS
from storage.tables.outbox import OUTBOX
from storage.tables.surveys import ANSWERS, REPLIES, SURVEYS

# A letter's key is these two with the survey's number between them, then the member's.
KEY_START, KEY_MEMBER = "survey:", ":member:"
NOT_ARRIVED = (LetterState.UNREACHABLE, LetterState.FAILED, LetterState.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRow:
    """One survey as it is kept."""

    id: int
    state: SurveyState
    survey: Survey
    chat_id: int
    letters: int
    card_id: int | None
    card_page: int


async def add(
    tx: AsyncConnection, survey: Survey, *, key: str, by: int, chat_id: int, at: datetime
) -> int:
    """A new draft; its number. The same key again gives the first one's."""
    statement = (
        insert_or(tx, SURVEYS)
        .values(
            key=key,
            state=SurveyState.DRAFT,
            title=dict(survey.title),
            questions=stored_questions(survey.questions),
            fingerprint=survey.fingerprint,
            points=survey.points,
            audience=survey.audience.stored(),
            closes_at=survey.closes_at,
            created_by=by,
            created_at=at,
            chat_id=chat_id,
            letters=0,
            card_page=0,
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )
    await tx.execute(statement)
    found = select(SURVEYS.c.id).where(SURVEYS.c.key == key)
    return int((await tx.execute(found)).scalar_one())


async def lock(tx: AsyncConnection, survey_id: int) -> SurveyRow | None:
    """The survey, held until this transaction ends."""
    statement = select(SURVEYS).where(SURVEYS.c.id == survey_id).with_for_update()
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _survey(row)


async def find(tx: AsyncConnection, survey_id: int) -> SurveyRow | None:
    """The survey of that number."""
    row = (await tx.execute(select(SURVEYS).where(SURVEYS.c.id == survey_id))).mappings()
    found = row.one_or_none()
    return None if found is None else _survey(found)


async def running(tx: AsyncConnection) -> list[SurveyRow]:
    """The surveys that are being answered."""
    statement = select(SURVEYS).where(SURVEYS.c.state == SurveyState.RUNNING)
    return [_survey(row) for row in (await tx.execute(statement)).mappings()]


async def with_card(tx: AsyncConnection, since: datetime) -> list[SurveyRow]:
    """The surveys whose card may not say yet how far they are: running, or closed since then."""
    shown = (SurveyState.RUNNING, SurveyState.CLOSED)
    statement = select(SURVEYS).where(
        SURVEYS.c.card_id.is_not(None), SURVEYS.c.state.in_(shown), SURVEYS.c.closes_at >= since
    )
    return [_survey(row) for row in (await tx.execute(statement)).mappings()]


async def change(tx: AsyncConnection, survey_id: int, **values: Any) -> None:
    """Write these columns of the survey."""
    await tx.execute(update(SURVEYS).where(SURVEYS.c.id == survey_id).values(**values))


async def close(tx: AsyncConnection, at: datetime) -> list[SurveyRow]:
    """Close running surveys whose last day is over; which they are."""
    statement = (
        update(SURVEYS)
        .where(SURVEYS.c.state == SurveyState.RUNNING, SURVEYS.c.closes_at <= at)
        .values(state=SurveyState.CLOSED)
        .returning(SURVEYS)
    )
    return [_survey(row) for row in (await tx.execute(statement)).mappings()]


async def count(tx: AsyncConnection, survey: Survey, now: datetime) -> int:
    """How many would get the letter."""
    statement = select(func.count()).select_from(MEMBERS).where(_asked(survey, now))
    return int((await tx.execute(statement)).scalar_one())


async def write_letters(tx: AsyncConnection, letter: Letter, survey: Survey, at: datetime) -> int:
    """A row like that letter's for each member meant, in one statement; how many there are."""
    row = outbox_store.new_row(letter, at)
    columns: dict[str, Any] = {
        name: literal(value, OUTBOX.c[name].type) for name, value in row.items()
    }
    columns["key"] = literal(letter.key).concat(cast(MEMBERS.c.id, String))
    columns["member_id"] = MEMBERS.c.id
    rows = select(*columns.values()).where(_asked(survey, at)).order_by(MEMBERS.c.id)
    done = await tx.execute(insert(OUTBOX).from_select(list(columns), rows))
    return int(done.rowcount)


async def replies(tx: AsyncConnection, survey_id: int) -> tuple[int, int]:
    """How many began to answer, and how many came to the end."""
    statement = select(func.count(), func.count(REPLIES.c.done_at)).where(
        REPLIES.c.survey_id == survey_id
    )
    begun, done = (await tx.execute(statement)).one()
    return int(begun), int(done)


async def answers(
    tx: AsyncConnection, survey_id: int, question: int | None = None
) -> Sequence[RowMapping]:
    """All given answers to a survey, or to one question of it, in the order of members."""
    statement = (
        select(ANSWERS, REPLIES.c.begun_at, REPLIES.c.done_at)
        .join(
            REPLIES,
            and_(
                REPLIES.c.survey_id == ANSWERS.c.survey_id,
                REPLIES.c.member_id == ANSWERS.c.member_id,
            ),
        )
        .where(ANSWERS.c.survey_id == survey_id, ANSWERS.c.given_at.is_not(None))
        .order_by(ANSWERS.c.member_id, ANSWERS.c.question)
    )
    if question is not None:
        statement = statement.where(ANSWERS.c.question == question)
    return (await tx.execute(statement)).mappings().all()


async def texts(
    tx: AsyncConnection, survey_id: int, question: int, limit: int, offset: int
) -> tuple[list[bytes], int]:
    """A page of the sealed words that answered a question, latest first; and how many there are."""
    where = and_(
        ANSWERS.c.survey_id == survey_id,
        ANSWERS.c.question == question,
        ANSWERS.c.given_at.is_not(None),
        ANSWERS.c.text.is_not(None),
    )
    page = (
        select(ANSWERS.c.text)
        .where(where)
        .order_by(ANSWERS.c.given_at.desc(), ANSWERS.c.member_id)
        .limit(limit)
        .offset(offset)
    )
    total = await tx.scalar(select(func.count()).select_from(ANSWERS).where(where))
    return list((await tx.execute(page)).scalars()), int(total or 0)


async def move_chat(tx: AsyncConnection, old_chat_id: int, new_chat_id: int) -> None:
    """A group has another id, and its messages other numbers: results are shown there anew."""
    await tx.execute(
        update(SURVEYS)
        .where(SURVEYS.c.chat_id == old_chat_id)
        .values(chat_id=new_chat_id, card_id=None)
    )


def _asked(survey: Survey, now: datetime) -> ColumnElement[bool]:
    """Who is meant, agreed to hear from us, and neither answered the same questions before nor
    has a letter that still asks them.
    """
    answered = (
        select(REPLIES.c.member_id)
        .join(SURVEYS, SURVEYS.c.id == REPLIES.c.survey_id)
        .where(SURVEYS.c.fingerprint == survey.fingerprint, REPLIES.c.done_at.is_not(None))
    )
    key = literal(KEY_START).concat(cast(SURVEYS.c.id, String))
    key = key.concat(KEY_MEMBER).concat(cast(MEMBERS.c.id, String))
    still_asked = (
        select(OUTBOX.c.id)
        .where(
            OUTBOX.c.key == key,
            SURVEYS.c.fingerprint == survey.fingerprint,
            SURVEYS.c.state == SurveyState.RUNNING,
            SURVEYS.c.closes_at > now,
            OUTBOX.c.state.not_in(NOT_ARRIVED),
        )
        .correlate(MEMBERS)
        .exists()
    )
    return and_(meant(survey.audience, now), MEMBERS.c.id.not_in(answered), ~still_asked)


def _survey(row: RowMapping) -> SurveyRow:
    survey = Survey(
        title=row["title"],
        points=row["points"],
        closes_at=row["closes_at"],
        audience=Audience.read(row["audience"]),
        questions=read_questions(row["questions"]),
    )
    values = {name: row[name] for name in ("id", "chat_id", "letters", "card_id", "card_page")}
    return SurveyRow(state=SurveyState(row["state"]), survey=survey, **values)
