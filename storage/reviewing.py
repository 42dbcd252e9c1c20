"""Whom the nightly review of the ladders has to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ladders import Ladder
from club.windows import Window
from storage.counts import bounds, place, threshold, value
from storage.tables.columns import Moment
from storage.tables.ladders import STANDINGS
from storage.tables.members import MEMBERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the review of one ladder asks in SQL, with the values of its parameters."""

    ladder: Ladder
    keeping: Window
    foreseen: Window | None
    at: datetime
    safe_since: datetime | None
    falls_at: datetime  # Of a tier that is found not to be kept now.
    warned_before: datetime
    warn_until: datetime


async def mark(tx: AsyncConnection, asked: Asked) -> None:
    """Begin the grace days of those who have not kept their tier, end those of who has again.

    Two statements over all who stand above the first step. Nobody is locked: what is written is
    judged anew, behind a lock, before it has a consequence.
    """
    kept = STANDINGS.c
    values = bounds("now", asked.keeping)
    measured = (
        select(value(asked.ladder, "now", sqlite=tx.dialect.name == "sqlite"))
        .select_from(MEMBERS)
        .where(MEMBERS.c.id == kept.member_id)
        .correlate(STANDINGS)
        .scalar_subquery()
    )
    holds = measured >= threshold(asked.ladder, kept.tier)
    judged = kept.since < asked.safe_since if asked.safe_since else kept.since.is_not(None)
    mine = _above(asked.ladder)
    begin = update(STANDINGS).where(mine, kept.falls_at.is_(None), judged, ~holds)
    end = update(STANDINGS).where(mine, kept.falls_at.is_not(None), holds)
    await tx.execute(end.values(falls_at=None), values)
    await tx.execute(begin.values(falls_at=asked.falls_at), values)


async def candidates(tx: AsyncConnection, asked: Asked) -> list[int]:
    """Members who fall now, or may have to be warned, by number; club/demotion.py decides."""
    kept, ladder = STANDINGS.c, asked.ladder
    values: dict[str, Any] = {}
    unwarned = or_(kept.warned_at.is_(None), kept.warned_at < asked.warned_before)
    changes = [kept.falls_at <= asked.at]
    if ladder.warn_days:
        changes.append(and_(kept.falls_at <= asked.warn_until, unwarned))
    if asked.foreseen is not None and ladder.warn_days:
        values |= bounds("soon", asked.foreseen)
        soon = value(ladder, "soon", sqlite=tx.dialect.name == "sqlite")
        short = soon < threshold(ladder, kept.tier)
        changes.append(and_(kept.falls_at.is_(None), unwarned, short))
    statement = (
        select(kept.member_id)
        .join(MEMBERS, MEMBERS.c.id == kept.member_id)
        .where(_above(ladder), MEMBERS.c.left_at.is_(None), or_(*changes))
        .order_by(kept.member_id)
    )
    return list((await tx.execute(statement, values)).scalars())


def _above(ladder: Ladder) -> ColumnElement[bool]:
    """Rows of those who could fall: above the first step, and above their floor."""
    kept = STANDINGS.c
    return and_(
        kept.ladder == ladder.key,
        kept.tier != ladder.tiers[0].key,
        place(ladder, kept.tier) > place(ladder, kept.floor),
    )


async def lock(tx: AsyncConnection, member_ids: Sequence[int]) -> set[int]:
    """Lock these members, given in order; those of them who are in the club and can be told."""
    statement = (
        select(MEMBERS.c.id, MEMBERS.c.agreed_at, MEMBERS.c.left_at)
        .where(MEMBERS.c.id.in_(member_ids))
        .order_by(MEMBERS.c.id)
        .with_for_update()
    )
    rows = await tx.execute(statement)
    return {row.id for row in rows if row.agreed_at is not None and row.left_at is None}


async def misplaced(
    tx: AsyncConnection, ladder: Ladder, window: Window, *, main: bool
) -> list[int]:
    """Members who stand elsewhere than the ladder's steps say, by number.

    Where it counts a window of time only those below what they reach, or on no step at all.
    """
    kept = STANDINGS.c
    source = MEMBERS.outerjoin(
        STANDINGS, and_(kept.ladder == ladder.key, kept.member_id == MEMBERS.c.id)
    )
    tier = MEMBERS.c.tier if main else func.coalesce(kept.tier, ladder.tiers[0].key)
    measured = value(ladder, "now", sqlite=tx.dialect.name == "sqlite")
    steps = ((measured >= one.threshold, at) for at, one in reversed([*enumerate(ladder.tiers)]))
    reached, floor = case(*steps, else_=literal(0)), place(ladder, kept.floor)
    should = case((reached > floor, reached), else_=floor)
    stands = place(ladder, tier)
    wrong = should != stands if ladder.over == "ever" else should > stands
    unknown = tier.not_in([one.key for one in ladder.tiers])
    statement = select(MEMBERS.c.id).select_from(source).where(or_(unknown, wrong))
    found = await tx.execute(statement.order_by(MEMBERS.c.id), bounds("now", window))
    return list(found.scalars())


async def add_missing(tx: AsyncConnection, ladder: Ladder, *, main: bool, at: datetime) -> None:
    """Rows for those above the first step who have none: the review goes by these."""
    if not main:  # Elsewhere nobody is above it without a row.
        return
    kept = STANDINGS.c
    has = exists().where(kept.ladder == ladder.key, kept.member_id == MEMBERS.c.id)
    rows = select(literal(ladder.key), MEMBERS.c.id, MEMBERS.c.tier, literal(at, Moment)).where(
        MEMBERS.c.tier != ladder.tiers[0].key, ~has
    )
    names = ["ladder", "member_id", "tier", "since"]
    await tx.execute(insert(STANDINGS).from_select(names, rows))
