"""Campaigns, from draft to end, and the letters that one writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    RowMapping,
    bindparam,
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
from club.campaigns import BEFORE_START, CampaignState, Stop
from club.letters import ENDS, Letter, LetterState
from storage import outbox as outbox_store
from storage.audience import meant
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.members import MEMBERS
from storage.tables.outbox import OUTBOX

# Spelled out and not bound, so that both planners see that the partial index answers.
_SCHEDULED = CAMPAIGNS.c.state == literal_column("'scheduled'")
NEW_CARD = 0  # No message has this number: the card is to be posted anew.
_COUNTERS = {end: CAMPAIGNS.c[end.value] for end in ENDS}
_COUNT = (
    update(CAMPAIGNS)
    .where(CAMPAIGNS.c.id == bindparam("of_campaign"))
    .values({end.value: column + bindparam(f"more_{end}") for end, column in _COUNTERS.items()})
    .returning(CAMPAIGNS)
)


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
    press_label: str | None
    created_by: int
    created_at: datetime
    submitted_by: int | None
    approved_by: int | None
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    stopped_for: Stop | None
    insisted_by: int | None
    chat_id: int
    card_id: int | None
    letters: int
    counts: Mapping[LetterState, int]  # How many of them came to which end.


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
    statement = select(CAMPAIGNS).where(CAMPAIGNS.c.id == campaign_id)
    statement = statement.with_for_update(key_share=True)  # Letters and presses may name it.
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


async def count_ends(
    tx: AsyncConnection, campaign_id: int, ended: Mapping[LetterState, int]
) -> CampaignRow:
    """So many more of its letters have come to these ends; the campaign with them, locked."""
    more = {f"more_{end}": ended.get(end, 0) for end in ENDS}
    row = (await tx.execute(_COUNT, {"of_campaign": campaign_id, **more})).mappings().one()
    return _campaign(row)


async def latest(tx: AsyncConnection, limit: int) -> Sequence[CampaignRow]:
    """The campaigns that were begun last, the latest first."""
    statement = select(CAMPAIGNS).order_by(CAMPAIGNS.c.id.desc()).limit(limit)
    return [_campaign(row) for row in (await tx.execute(statement)).mappings()]


async def due(tx: AsyncConnection, now: datetime) -> Sequence[int]:
    """Scheduled campaigns whose moment has come, in order."""
    statement = (
        select(CAMPAIGNS.c.id)
        .where(_SCHEDULED, CAMPAIGNS.c.starts_at <= now)
        .order_by(CAMPAIGNS.c.starts_at, CAMPAIGNS.c.id)
    )
    return (await tx.execute(statement)).scalars().all()


async def lock_due(tx: AsyncConnection, campaign_id: int, now: datetime) -> CampaignRow | None:
    """The scheduled campaign whose moment has come, locked; None where another has it."""
    statement = (
        select(CAMPAIGNS)
        .where(CAMPAIGNS.c.id == campaign_id, _SCHEDULED, CAMPAIGNS.c.starts_at <= now)
        .with_for_update(skip_locked=True, key_share=True)
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _campaign(row)


async def next_start(tx: AsyncConnection) -> datetime | None:
    """The earliest moment for which a campaign is scheduled."""
    found: datetime | None = await tx.scalar(
        select(func.min(CAMPAIGNS.c.starts_at)).where(_SCHEDULED)
    )
    return found


async def draft_of_card(
    tx: AsyncConnection, chat_id: int, card_id: int, by: int
) -> CampaignRow | None:
    """The draft of that person's which this message shows."""
    statement = select(CAMPAIGNS).where(
        CAMPAIGNS.c.chat_id == chat_id,
        CAMPAIGNS.c.card_id == card_id,
        CAMPAIGNS.c.created_by == by,
        CAMPAIGNS.c.state.in_((CampaignState.DRAFT, CampaignState.PREVIEWED)),
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _campaign(row)


async def draft_below(tx: AsyncConnection, chat_id: int, message_id: int, by: int) -> int | None:
    """The draft of that person's whose card stands below this message; the latest of several."""
    found: int | None = await tx.scalar(
        select(func.max(CAMPAIGNS.c.id)).where(
            CAMPAIGNS.c.chat_id == chat_id,
            CAMPAIGNS.c.card_id > message_id,
            CAMPAIGNS.c.created_by == by,
            CAMPAIGNS.c.state.in_((CampaignState.DRAFT, CampaignState.PREVIEWED)),
        )
    )
    return found


async def with_card(tx: AsyncConnection) -> Sequence[CampaignRow]:
    """Campaigns that are under way or over, and whose card does not say the end yet."""
    statement = (
        select(CAMPAIGNS)
        .where(CAMPAIGNS.c.card_id.is_not(None), CAMPAIGNS.c.state.not_in(BEFORE_START))
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
    values = {name: row[name] for name in CampaignRow.__dataclass_fields__ if name != "counts"}
    values["state"] = CampaignState(row["state"])
    values["audience"] = Audience.read(row["audience"])
    values["stopped_for"] = None if row["stopped_for"] is None else Stop(row["stopped_for"])
    return CampaignRow(**values, counts={end: row[end.value] for end in ENDS})
