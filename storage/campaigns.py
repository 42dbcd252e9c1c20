"""Campaigns and the people they are for."""

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
from club.campaigns import CampaignState
from club.letters import Letter
from storage import outbox as outbox_store
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.members import MEMBERS, TAGS
from storage.tables.outbox import OUTBOX


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """One campaign; `text` is sealed."""

    id: int
    state: CampaignState
    audience: Audience
    text: bytes
    created_by: int
    created_at: datetime
    chat_id: int
    letters: int


async def add(
    tx: AsyncConnection, *, audience: Audience, text: bytes, by: int, chat_id: int, at: datetime
) -> int:
    """A new draft; its number."""
    statement = (
        insert(CAMPAIGNS)
        .values(
            state=CampaignState.DRAFT,
            audience=audience.stored(),
            text=text,
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


def _meant(audience: Audience) -> ColumnElement[bool]:
    """Members with a chat whom the audience names and who agreed to promotions.

    Who cannot be reached just now gets a letter too: it ends unreachable, and is counted so.
    """
    likes = select(TAGS.c.member_id).where(TAGS.c.tag.in_(audience.any_of))
    return and_(
        MEMBERS.c.id.in_(likes),
        MEMBERS.c.agreed_at.is_not(None),
        MEMBERS.c.left_at.is_(None),
        MEMBERS.c.promotions.is_(True),
        MEMBERS.c.chat_user_id.is_not(None),
    )


async def count(tx: AsyncConnection, audience: Audience) -> int:
    """How many would get the letter."""
    statement = select(func.count()).select_from(MEMBERS).where(_meant(audience))
    return int((await tx.execute(statement)).scalar_one())


async def write_letters(
    tx: AsyncConnection, letter: Letter, audience: Audience, at: datetime
) -> int:
    """A row like that letter's for each member meant, in one statement; how many there are."""
    row = outbox_store.new_row(letter, at)
    columns: dict[str, Any] = {
        name: literal(value, OUTBOX.c[name].type) for name, value in row.items()
    }
    columns["key"] = literal(letter.key).concat(cast(MEMBERS.c.id, String))
    columns["member_id"] = MEMBERS.c.id
    rows = select(*columns.values()).where(_meant(audience)).order_by(MEMBERS.c.id)
    done = await tx.execute(insert(OUTBOX).from_select(list(columns), rows))
    return int(done.rowcount)


async def move_chat(tx: AsyncConnection, old_chat_id: int, new_chat_id: int) -> None:
    """A group has another id: reports go there."""
    await tx.execute(
        update(CAMPAIGNS).where(CAMPAIGNS.c.chat_id == old_chat_id).values(chat_id=new_chat_id)
    )


def _campaign(row: RowMapping) -> CampaignRow:
    values = {name: row[name] for name in CampaignRow.__dataclass_fields__}
    values["state"] = CampaignState(row["state"])
    values["audience"] = Audience.read(row["audience"])
    return CampaignRow(**values)
