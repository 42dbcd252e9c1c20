"""Letters that wait for nothing: their campaign is cancelled, or past its time."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.campaigns import UNDER_WAY, CampaignState
from club.letters import LetterState
from storage.outbox import PENDING
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.columns import Moment
from storage.tables.outbox import OUTBOX


async def campaigns(
    tx: AsyncConnection, now: datetime
) -> Sequence[tuple[int, LetterState, str | None]]:
    """Campaigns whose letters go no more, the end that those have come to, and its reason."""
    rows = await tx.execute(_stale(), {"club_now": now})
    return [
        (row.id, LetterState.SKIPPED, "cancelled")
        if row.state == CampaignState.CANCELLED
        else (row.id, LetterState.EXPIRED, None)
        for row in rows
    ]


async def sweep(
    tx: AsyncConnection,
    campaign_id: int,
    end: LetterState,
    fault: str | None,
    *,
    at: datetime,
    limit: int,
) -> int:
    """Bring letters of the campaign that wait to this end, at most so many; how many it were."""
    some = (
        select(OUTBOX.c.id)
        .where(OUTBOX.c.campaign_id == campaign_id, PENDING)
        .order_by(OUTBOX.c.not_before, OUTBOX.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    done = await tx.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(some))
        .values(state=end, fault=fault, ended_at=at, lease_until=None)
    )
    return int(done.rowcount)


@cache
def _stale() -> Any:
    """Among campaigns with letters that wait: each is found by one step in the index, since they
    are few, but their letters may be a million."""
    waits = and_(OUTBOX.c.campaign_id.is_not(None), PENDING)
    lowest = select(func.min(OUTBOX.c.campaign_id).label("id")).where(waits)
    found = lowest.cte("found", recursive=True)
    higher = lowest.where(OUTBOX.c.campaign_id > found.c.id).scalar_subquery()
    found = found.union_all(select(higher).where(found.c.id.is_not(None)))
    over = and_(
        CAMPAIGNS.c.state.in_(UNDER_WAY),
        CAMPAIGNS.c.expires_at <= bindparam("club_now", type_=Moment),
    )
    return (
        select(CAMPAIGNS.c.id, CAMPAIGNS.c.state)
        .join(found, found.c.id == CAMPAIGNS.c.id)
        .where(or_(CAMPAIGNS.c.state == CampaignState.CANCELLED, over))
        .order_by(CAMPAIGNS.c.id)
    )
