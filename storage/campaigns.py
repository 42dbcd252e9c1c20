"""Campaigns, from draft to end, and the letters that one writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    RowMapping,
    case,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import Audience
from club.campaigns import CampaignState
from club.letters import Letter
from storage import outbox as outbox_store
from storage.audience import meant
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.members import MEMBERS
from storage.tables.outbox import OUTBOX

# Spelled out and not bound, so that both planners see that the partial index answers.
_SCHEDULED = CAMPAIGNS.c.state == literal_column("'scheduled'")
NEW_CARD = 0  # No message has this number: the card is to be posted anew.


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """One campaign; its texts are sealed."""

    id: int
    state: CampaignState
    version: int
    audience: Audience
    text_fa: bytes | None
    text_en: bytes | None
    picture: str | None
    link_label: str | None
    link_url: str | None
    starts_at: datetime | None
    created_by: int
    created_at: datetime
    chat_id: int
    card_id: int | None
    letters: int


async def add(
    tx: AsyncConnection, *, audience: Audience, by: int, chat_id: int, at: datetime
) -> int:
    """A new draft, empty but for its audience; its number."""
    statement = (
        insert(CAMPAIGNS)
        .values(
            state=CampaignState.DRAFT,
            version=0,
            audience=audience.stored(),
            created_by=by,
            created_at=at,
            chat_id=chat_id,
            letters=0,
        )
        .returning(CAMPAIGNS.c.id)
    )
    return int((await tx.execute(statement)).scalar_one())


async def lock(tx: AsyncConnection, campaign_id: int) -> CampaignRow | None:
    """The campaign, held until this transaction ends."""
    statement = select(CAMPAIGNS).where(CAMPAIGNS.c.id == campaign_id).with_for_update()
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _campaign(row)


async def find(tx: AsyncConnection, campaign_id: int) -> CampaignRow | None:
    """The campaign of that number."""
    statement = select(CAMPAIGNS).where(CAMPAIGNS.c.id == campaign_id)
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _campaign(row)


async def change(tx: AsyncConnection, campaign_id: int, **values: Any) -> None:
    """Write these columns of the campaign."""
    await tx.execute(update(CAMPAIGNS).where(CAMPAIGNS.c.id == campaign_id).values(**values))


async def due(tx: AsyncConnection, now: datetime) -> Sequence[CampaignRow]:
    """Scheduled campaigns whose moment has come, in order, locked."""
    statement = (
        select(CAMPAIGNS)
        .where(_SCHEDULED, CAMPAIGNS.c.starts_at <= now)
        .order_by(CAMPAIGNS.c.starts_at, CAMPAIGNS.c.id)
        .with_for_update(skip_locked=True)
    )
    return [_campaign(row) for row in (await tx.execute(statement)).mappings()]


async def next_start(tx: AsyncConnection) -> datetime | None:
    """The earliest moment for which a campaign is scheduled."""
    found: datetime | None = await tx.scalar(
        select(func.min(CAMPAIGNS.c.starts_at)).where(_SCHEDULED)
    )
    return found


async def with_card(tx: AsyncConnection) -> Sequence[CampaignRow]:
    """Campaigns that are under way or over, and whose card does not say the end yet."""
    shown = (CampaignState.RUNNING, CampaignState.DONE)
    statement = (
        select(CAMPAIGNS)
        .where(CAMPAIGNS.c.card_id.is_not(None), CAMPAIGNS.c.state.in_(shown))
        .order_by(CAMPAIGNS.c.id)
    )
    return [_campaign(row) for row in (await tx.execute(statement)).mappings()]


async def write_letters(
    tx: AsyncConnection, letter: Letter, audience: Audience, at: datetime
) -> int:
    """A row like that letter's for each member meant, in one statement; how many there are."""
    row = outbox_store.new_row(letter, at)
    columns: dict[str, Any] = {
        name: literal(value, OUTBOX.c[name].type) for name, value in row.items()
    }
    columns["member_id"] = MEMBERS.c.id
    rows = select(*columns.values()).where(meant(audience, at)).order_by(MEMBERS.c.id)
    done = await tx.execute(insert(OUTBOX).from_select(list(columns), rows))
    return int(done.rowcount)


async def move_chat(tx: AsyncConnection, old_chat_id: int, new_chat_id: int) -> None:
    """A group has another id, and its messages other numbers: cards are posted there anew."""
    card_id = case((CAMPAIGNS.c.card_id.is_not(None), NEW_CARD))
    await tx.execute(
        update(CAMPAIGNS)
        .where(CAMPAIGNS.c.chat_id == old_chat_id)
        .values(chat_id=new_chat_id, card_id=card_id)
    )


def _campaign(row: RowMapping) -> CampaignRow:
    values = {name: row[name] for name in CampaignRow.__dataclass_fields__}
    values["state"] = CampaignState(row["state"])
    values["audience"] = Audience.read(row["audience"])
    return CampaignRow(**values)
