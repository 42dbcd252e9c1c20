"""How far a member has come in a survey, and their own answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert
from storage.tables.surveys import ANSWERS, REPLIES, SURVEYS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """A member's way through one survey."""

    survey_id: int
    member_id: int
    position: int
    asked: int
    message_id: int | None
    done_at: datetime | None


async def begin(tx: AsyncConnection, survey_id: int, member_id: int, at: datetime) -> None:
    """The member opens the survey; a second time changes nothing."""
    await tx.execute(
        insert(tx, REPLIES)
        .values(survey_id=survey_id, member_id=member_id, position=0, asked=-1, begun_at=at)
        .on_conflict_do_nothing()
    )


async def find(tx: AsyncConnection, survey_id: int, member_id: int) -> ReplyRow | None:
    """The member's way through that survey. Their row is locked by who changes it."""
    statement = select(*(REPLIES.c[name] for name in ReplyRow.__dataclass_fields__)).where(
        REPLIES.c.survey_id == survey_id, REPLIES.c.member_id == member_id
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else ReplyRow(**row)


async def answered_same(tx: AsyncConnection, survey_id: int, member_id: int) -> bool:
    """Whether the member came to the end of this survey's questions, here or in another one."""
    this = SURVEYS.alias()
    asked = select(this.c.fingerprint).where(this.c.id == survey_id).scalar_subquery()
    statement = (
        select(REPLIES.c.survey_id)
        .join(SURVEYS, SURVEYS.c.id == REPLIES.c.survey_id)
        .where(SURVEYS.c.fingerprint == asked)
        .where(REPLIES.c.member_id == member_id, REPLIES.c.done_at.is_not(None))
        .limit(1)
    )
    return await tx.scalar(statement) is not None


async def change(tx: AsyncConnection, survey_id: int, member_id: int, **values: Any) -> None:
    """Write these columns of the member's way."""
    await tx.execute(
        update(REPLIES)
        .where(REPLIES.c.survey_id == survey_id, REPLIES.c.member_id == member_id)
        .values(**values)
    )


async def put_answer(
    tx: AsyncConnection,
    survey_id: int,
    member_id: int,
    question: int,
    *,
    choices: Sequence[int],
    text: bytes | None,
    given_at: datetime | None,
) -> None:
    """Keep an answer, in place of what the member answered to the question before."""
    values = {"choices": list(choices), "text": text, "given_at": given_at}
    await tx.execute(
        insert(tx, ANSWERS)
        .values(survey_id=survey_id, member_id=member_id, question=question, **values)
        .on_conflict_do_update(index_elements=["survey_id", "member_id", "question"], set_=values)
    )


async def answer(
    tx: AsyncConnection, survey_id: int, member_id: int, question: int
) -> RowMapping | None:
    """What the member has answered to the question, or ticked so far."""
    statement = select(ANSWERS).where(
        ANSWERS.c.survey_id == survey_id,
        ANSWERS.c.member_id == member_id,
        ANSWERS.c.question == question,
    )
    found: RowMapping | None = (await tx.execute(statement)).mappings().one_or_none()
    return found


async def of_member(tx: AsyncConnection, member_id: int) -> Sequence[RowMapping]:
    """All that the member has answered, with the surveys' titles."""
    statement = (
        select(ANSWERS, SURVEYS.c.title, SURVEYS.c.questions)
        .join(SURVEYS, SURVEYS.c.id == ANSWERS.c.survey_id)
        .where(ANSWERS.c.member_id == member_id, ANSWERS.c.given_at.is_not(None))
        .order_by(ANSWERS.c.survey_id, ANSWERS.c.question)
    )
    return (await tx.execute(statement)).mappings().all()


async def forget_words(tx: AsyncConnection, member_id: int) -> None:
    """Delete what the member wrote in their own words; choices stay as figures."""
    await tx.execute(update(ANSWERS).where(ANSWERS.c.member_id == member_id).values(text=None))
