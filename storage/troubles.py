"""Letters whose end was a trouble: failed, or perhaps not arrived; and how often each end came."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.campaigns import OVER, CampaignState
from club.letters import LetterState
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.columns import Moment
from storage.tables.outbox import OUTBOX

TROUBLES = (LetterState.FAILED, LetterState.UNKNOWN)

# Spelled out and not bound, so that both planners see that the partial index answers.
_OPEN = and_(
    OUTBOX.c.state.in_([literal_column(f"'{state}'") for state in TROUBLES]),
    OUTBOX.c.closed_at.is_(None),
    ~exists().where(
        CAMPAIGNS.c.id == OUTBOX.c.campaign_id,
        CAMPAIGNS.c.state == literal_column(f"'{CampaignState.CANCELLED}'"),
    ),  # Nothing of it is sent any more.
)


async def counts(tx: AsyncConnection) -> Sequence[RowMapping]:
    """How many letters of each class are in each state."""
    statement = (
        select(OUTBOX.c.letter_class, OUTBOX.c.state, func.count().label("letters"))
        .group_by(OUTBOX.c.letter_class, OUTBOX.c.state)
        .order_by(OUTBOX.c.letter_class.desc(), OUTBOX.c.state)
    )
    return (await tx.execute(statement)).mappings().all()


async def listed(tx: AsyncConnection, limit: int) -> Sequence[RowMapping]:
    """What went wrong and how often, campaign by campaign, the latest first."""
    alike = (OUTBOX.c.campaign_id, OUTBOX.c.message, OUTBOX.c.state, OUTBOX.c.fault)
    last = func.max(OUTBOX.c.ended_at).label("last_at")
    statement = (
        select(*alike, func.count().label("letters"), last)
        .where(_OPEN)
        .group_by(*alike)
        .order_by(last.desc(), *alike)
        .limit(limit)
    )
    return (await tx.execute(statement)).mappings().all()


async def reopen(
    tx: AsyncConnection,
    state: LetterState,
    *,
    campaign_id: int | None,
    message: str | None,
    until: datetime,
) -> Counter[int | None]:
    """Let these letters wait again, under the same key; how many, by campaign.

    One that may have arrived will say so. What was cancelled stays so. A campaign's letters have
    until then.
    """
    expires_at = OUTBOX.c.expires_at
    of_campaign = OUTBOX.c.campaign_id.is_not(None)
    statement = (
        update(OUTBOX)
        .where(_meant(state, campaign_id, message))
        .values(
            state=LetterState.PENDING,
            attempts=0,
            flagged=OUTBOX.c.flagged + int(state is LetterState.UNKNOWN),
            lease_until=None,
            fault=None,
            ended_at=None,
            expires_at=case((of_campaign, literal(until, Moment)), else_=expires_at),
        )
        .returning(OUTBOX.c.campaign_id)
    )
    return Counter((await tx.execute(statement)).scalars())


async def close(
    tx: AsyncConnection,
    state: LetterState,
    *,
    campaign_id: int | None,
    message: str | None,
    at: datetime,
) -> int:
    """Staff have seen to these; how many they are."""
    statement = update(OUTBOX).where(_meant(state, campaign_id, message)).values(closed_at=at)
    return int((await tx.execute(statement)).rowcount)


async def take_back(
    tx: AsyncConnection, campaign_id: int, failed: int, unknown: int, until: datetime
) -> None:
    """So many of the campaign's letters wait again: one that was over runs once more."""
    over = CAMPAIGNS.c.state.in_(OVER)
    values: dict[str, Any] = {
        "failed": CAMPAIGNS.c.failed - failed,
        "unknown": CAMPAIGNS.c.unknown - unknown,
        "state": case((over, CampaignState.RUNNING), else_=CAMPAIGNS.c.state),
        "ended_at": case((over, None), else_=CAMPAIGNS.c.ended_at),
        "expires_at": until,
    }
    await tx.execute(update(CAMPAIGNS).where(CAMPAIGNS.c.id == campaign_id).values(**values))


def _meant(state: LetterState, campaign_id: int | None, message: str | None) -> ColumnElement[bool]:
    asked = [_OPEN, OUTBOX.c.state == state]
    if campaign_id is not None:
        asked.append(OUTBOX.c.campaign_id == campaign_id)
    if message is not None:
        asked.append(OUTBOX.c.message == message)
    return and_(*asked)
