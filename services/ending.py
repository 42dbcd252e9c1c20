"""What follows when letters of campaigns have ended: they are counted, and the end is told."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import in_words
from club.campaigns import UNDER_WAY, CampaignState, Stop, end_of, ends
from club.letters import Letter, LetterState
from club.programme import Programme
from storage import campaigns as campaigns_store
from storage import outbox as outbox_store
from storage.campaigns import CampaignRow


async def settle(
    tx: AsyncConnection,
    programme: Programme,
    ended: Mapping[int, Mapping[LetterState, int]],
    now: datetime,
) -> None:
    """Count ends of campaigns' letters; stop those that go wrong, close those that are through.

    In the order of their ids, so that no two processes wait for each other.
    """
    for campaign_id in sorted(ended):
        campaign = await campaigns_store.count_ends(tx, campaign_id, ended[campaign_id])
        if campaign.state not in UNDER_WAY:
            continue  # Cancelled before: nothing is told of what is swept.
        if end := end_of(campaign.letters, campaign.counts):
            await end_campaign(tx, programme, campaign, end, now)
        elif why := _reason_to_stop(programme, campaign):
            await _stop(tx, programme, campaign, why, now)


async def end_campaign(
    tx: AsyncConnection,
    programme: Programme,
    campaign: CampaignRow,
    end: CampaignState,
    now: datetime,
) -> None:
    """It is over, and its group hears the final count; the campaign is locked."""
    await campaigns_store.change(tx, campaign.id, state=end, ended_at=now)
    if end is CampaignState.DONE:
        await _tell(tx, programme, campaign, "done", {}, now)
    else:
        await _tell(tx, programme, campaign, "missed", {"starts_at": campaign.starts_at}, now)


def _reason_to_stop(programme: Programme, campaign: CampaignRow) -> Stop | None:
    """Why a running campaign must not go on; where staff have let it go on, they know."""
    if campaign.state is not CampaignState.RUNNING or campaign.insisted_by is not None:
        return None
    return programme.promotions.stop(campaign.counts)


async def _stop(
    tx: AsyncConnection, programme: Programme, campaign: CampaignRow, why: Stop, now: datetime
) -> None:
    await campaigns_store.change(tx, campaign.id, state=CampaignState.PAUSED, stopped_for=why.value)
    await _tell(tx, programme, campaign, "stopped", {"reason": why.value}, now)


async def _tell(
    tx: AsyncConnection,
    programme: Programme,
    campaign: CampaignRow,
    what: str,
    facts: Mapping[str, object],
    now: datetime,
) -> None:
    """A letter to the group; in one moment each of these happens to a campaign once."""
    told = {"campaign_id": campaign.id, "letters": campaign.letters, **facts}
    letter = Letter(
        key=f"campaign-{what}:{campaign.id}:{now.isoformat()}",
        chat_id=campaign.chat_id,
        message=f"letters/campaign_{what}",
        facts={**in_words(campaign.audience, programme), **ends(campaign.counts), **told},
    )
    await outbox_store.add(tx, [letter], now)
