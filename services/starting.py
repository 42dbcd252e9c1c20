"""The moment in which a campaign's letters are written, by a press or by the clock."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import in_words
from club.campaigns import CampaignState, ends
from club.letters import Letter, LetterClass
from club.programme import Programme
from storage import campaigns as campaigns_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage.campaigns import CampaignRow


async def start(
    tx: AsyncConnection, programme: Programme, campaign: CampaignRow, now: datetime, *, by: int
) -> None:
    """Write one letter for each member meant; the campaign is locked. One without is done."""
    pattern = Letter(
        key=None,
        member_id=0,
        message="letters/promotion",
        letter_class=LetterClass.CAMPAIGN,
        campaign_id=campaign.id,
    )
    letters = await campaigns_store.write_letters(tx, pattern, campaign.audience, now)
    await campaigns_store.change(tx, campaign.id, state=CampaignState.RUNNING, letters=letters)
    facts = {"campaign_id": campaign.id, "letters": letters}
    await staff_store.log(tx, by, "promo_send", facts, now)
    if not letters:
        await close(tx, programme, [campaign.id], now)


async def start_due(tx: AsyncConnection, programme: Programme, now: datetime) -> int:
    """Start the scheduled campaigns whose moment has come; how many."""
    due = await campaigns_store.due(tx, now)
    for campaign in due:
        await start(tx, programme, campaign, now, by=campaign.created_by)
    return len(due)


async def close(
    tx: AsyncConnection, programme: Programme, campaign_ids: Collection[int], now: datetime
) -> None:
    """End those of the campaigns that have no open letter; their groups hear the final count."""
    for campaign_id in await outbox_store.close_campaigns(tx, campaign_ids, now):
        campaign = await campaigns_store.find(tx, campaign_id)
        assert campaign is not None, "it was closed just now"
        counts = await outbox_store.counts(tx, campaign_id)
        report = Letter(
            key=f"campaign-done:{campaign_id}",
            chat_id=campaign.chat_id,
            message="letters/campaign_done",
            facts={**in_words(campaign.audience, programme), **ends(counts)},
        )
        await outbox_store.add(tx, [report], now)
