"""What members did with promotions, each once; and what became of each letter of one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    RowMapping,
    and_,
    exists,
    func,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import LetterState
from club.parts import Language
from storage.statements import insert_new
from storage.tables.campaigns import RESPONSES
from storage.tables.members import MEMBERS
from storage.tables.outbox import OUTBOX

Kind = Literal["press", "opt_out"]
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # As moments are kept: milliseconds since then.
MILLISECOND = timedelta(milliseconds=1)


async def add(
    tx: AsyncConnection, campaign_id: int, kind: Kind, member_id: int, at: datetime
) -> bool:
    """Keep that the member did this; False when it was known."""
    row = {"campaign_id": campaign_id, "kind": kind, "member_id": member_id, "at": at}
    done = await tx.execute(insert_new(tx, RESPONSES, "campaign_id", "kind", "member_id"), row)
    return bool(done.rowcount)


async def count(tx: AsyncConnection, campaign_id: int) -> dict[Kind, int]:
    """How many members did what with it."""
    statement = (
        select(RESPONSES.c.kind, func.count())
        .where(RESPONSES.c.campaign_id == campaign_id)
        .group_by(RESPONSES.c.kind)
    )
    found: dict[Kind, int] = {"press": 0, "opt_out": 0}
    return found | {kind: int(number) for kind, number in await tx.execute(statement)}


async def of_member(tx: AsyncConnection, member_id: int) -> Sequence[RowMapping]:
    """All that the member did with promotions."""
    statement = (
        select(RESPONSES)
        .where(RESPONSES.c.member_id == member_id)
        .order_by(RESPONSES.c.at, RESPONSES.c.campaign_id, RESPONSES.c.kind)
    )
    return (await tx.execute(statement)).mappings().all()


async def had_letter(tx: AsyncConnection, campaign_id: int, member_id: int) -> bool:
    """Whether the campaign has a letter for the member, whatever became of it."""
    there = exists().where(OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.member_id == member_id)
    return bool(await tx.scalar(select(there)))


async def ended(
    tx: AsyncConnection, campaign_id: int, since: datetime, width: timedelta
) -> Sequence[tuple[int, Language, LetterState, int]]:
    """How many letters ended in which slice of the time since then: (slice, language, end, …).

    One walk over the campaign's letters, which its index names.
    """
    ended_ms = type_coerce(OUTBOX.c.ended_at, BigInteger)
    place = (ended_ms - (since - BEGINNING) // MILLISECOND) // (width // MILLISECOND)
    statement = (
        select(place.label("place"), MEMBERS.c.language, OUTBOX.c.state, func.count())
        .join(MEMBERS, MEMBERS.c.id == OUTBOX.c.member_id)
        .where(OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.ended_at.is_not(None))
        .group_by("place", MEMBERS.c.language, OUTBOX.c.state)
    )
    rows = await tx.execute(statement)
    return [(int(row[0]), row[1], LetterState(row[2]), int(row[3])) for row in rows]


async def recipients(
    tx: AsyncConnection, campaign_id: int, after: int, limit: int
) -> Sequence[RowMapping]:
    """Some of the campaign's letters, by member after that one, with what the member did."""
    pressed, opted_out = RESPONSES.alias("pressed"), RESPONSES.alias("opted_out")
    statement = (
        select(
            OUTBOX.c.member_id,
            MEMBERS.c.language,
            OUTBOX.c.state,
            OUTBOX.c.ended_at,
            OUTBOX.c.fault,
            pressed.c.at.label("pressed_at"),
            opted_out.c.at.label("opted_out_at"),
        )
        .join(MEMBERS, MEMBERS.c.id == OUTBOX.c.member_id)
        .outerjoin(pressed, _did(pressed, "press"))
        .outerjoin(opted_out, _did(opted_out, "opt_out"))
        .where(OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.member_id > after)
        .order_by(OUTBOX.c.member_id)
        .limit(limit)
    )
    return (await tx.execute(statement)).mappings().all()


def _did(responses: FromClause, kind: Kind) -> ColumnElement[bool]:
    return and_(
        responses.c.campaign_id == OUTBOX.c.campaign_id,
        responses.c.kind == kind,
        responses.c.member_id == OUTBOX.c.member_id,
    )
