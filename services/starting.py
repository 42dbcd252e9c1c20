"""The moment in which a campaign's letters are written, by a press or by the clock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.campaigns import CampaignState
from club.letters import Letter, LetterClass
from club.programme import Programme
from services.ending import end_campaign, settle
from storage import campaigns as campaigns_store
from storage import staff as staff_store
from storage.campaigns import CampaignRow
from storage.db import Database


async def start(
    tx: AsyncConnection, programme: Programme, campaign: CampaignRow, now: datetime, *, by: int
) -> None:
    """Write one letter for each member meant; the campaign is locked. One without is done.

    Its time runs from the moment it was meant for: a start that comes late leaves less of it.
    """
    expires_at = (campaign.starts_at or now) + programme.promotions.window
    pattern = Letter(
        key=None,
        member_id=0,
        message="letters/promotion",
        letter_class=LetterClass.CAMPAIGN,
        campaign_id=campaign.id,
        expires_at=expires_at,
    )
    letters = await campaigns_store.write_letters(tx, pattern, campaign.audience, now)
    await campaigns_store.change(
        tx,
        campaign.id,
        state=CampaignState.RUNNING,
        letters=letters,
        started_at=now,
        expires_at=expires_at,
    )
    facts = {"campaign_id": campaign.id, "letters": letters}
    await staff_store.log(tx, by, "promo_send", facts, now)
    if not letters:
        await settle(tx, programme, {campaign.id: {}}, now)


async def start_due(db: Database, programme: Programme, now: datetime) -> int:
    """Start the scheduled campaigns whose moment has come, each for itself; how many.

    One that fails does not hold up the others: its fault is raised at the end.
    """
    async with db.read() as tx:  # Without taking the one writer for nothing.
        due = await campaigns_store.due(tx, now)
    started = 0
    faults: list[Exception] = []
    for campaign_id in due:
        try:
            async with db.write() as tx:
                started += await _start_or_miss(tx, programme, campaign_id, now)
        except Exception as fault:
            faults.append(fault)
    if faults:
        raise ExceptionGroup("some campaigns could not be started", faults)
    return started


async def _start_or_miss(
    tx: AsyncConnection, programme: Programme, campaign_id: int, now: datetime
) -> bool:
    """Whether it was started here; one for which nobody was there in its time is missed."""
    campaign = await campaigns_store.lock_due(tx, campaign_id, now)
    if campaign is None:
        return False
    if (campaign.starts_at or now) + programme.promotions.window <= now:
        await end_campaign(tx, programme, campaign, CampaignState.MISSED, now)
        return False
    await start(tx, programme, campaign, now, by=campaign.created_by)
    return True
