"""One message for all whom it may please: previewed, sent now or at a moment, followed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import Audience, in_words
from club.campaigns import CampaignState, Link
from club.errors import PressExpired
from club.letters import LetterState
from club.moments import BadMoment
from club.parts import Language
from club.programme import Programme
from services.starting import start
from storage import audience as audience_store
from storage import campaigns as campaigns_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage.campaigns import CampaignRow
from storage.db import Database
from storage.vault import Vault

SAMPLES = 3
BEFORE_SENDING = (CampaignState.DRAFT, CampaignState.SCHEDULED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignShown:
    """A campaign as staff see it: for whom, how many, how long, and how far it has come."""

    campaign_id: int
    version: int
    state: CampaignState
    audience: Audience
    audience_facts: dict[str, object]
    texts: dict[Language, str]
    picture: str | None
    link: Link | None
    starts_at: datetime | None
    chat_id: int
    card_id: int | None
    card_is_lost: bool  # The group moved away from it.
    letters: int  # Before it is sent: how many would get it now.
    readers: dict[str, int]  # Before it is sent: how many of them read each language.
    sample_names: tuple[str, ...]
    duration_s: int
    counts: dict[LetterState, int]

    @property
    def fallbacks(self) -> int:
        """How many would get a text that is not in their language."""
        return sum(count for language, count in self.readers.items() if language not in self.texts)


class Campaigns:
    """What can be done with campaigns that say something."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
        *,
        sends_per_second: int,
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time
        self._sends_per_second = sends_per_second

    async def launch(
        self, campaign_id: int, version: int, *, by: int, card_id: int | None
    ) -> CampaignShown:
        """Send it, or have it sent at its moment. A second press only tells how far it is.

        What is sent is what was shown: raises PressExpired for another version and for one that
        was cancelled, BadMoment where its moment has passed meanwhile.
        """
        async with self._db.write() as tx:
            campaign = await self._locked(tx, campaign_id)
            if campaign.state is CampaignState.CANCELLED:
                raise PressExpired()
            if campaign.state is CampaignState.DRAFT:
                if campaign.version != version or not (campaign.text_fa or campaign.text_en):
                    raise PressExpired()
                await campaigns_store.change(tx, campaign_id, card_id=card_id)
                await self._launch(tx, campaign, by)
            return await self._shown(tx, await self._locked(tx, campaign_id))

    async def cancel(self, campaign_id: int, *, by: int) -> CampaignShown:
        """Throw away what was not sent yet; what was sent stays sent."""
        async with self._db.write() as tx:
            campaign = await self._locked(tx, campaign_id)
            if campaign.state in BEFORE_SENDING:
                now = self._club_time()
                await campaigns_store.change(
                    tx, campaign.id, state=CampaignState.CANCELLED, ended_at=now
                )
                await staff_store.log(tx, by, "promo_cancel", {"campaign_id": campaign.id}, now)
                campaign = await self._locked(tx, campaign_id)
            return await self._shown(tx, campaign)

    async def show(self, campaign_id: int) -> CampaignShown:
        """How far a campaign has come; raises PressExpired for one that never was."""
        async with self._db.read() as tx:
            campaign = await campaigns_store.find(tx, campaign_id)
            if campaign is None:
                raise PressExpired()
            return await self._shown(tx, campaign)

    async def with_cards(self) -> tuple[CampaignShown, ...]:
        """Those whose card may not say yet how far they are."""
        async with self._db.read() as tx:
            rows = await campaigns_store.with_card(tx)
            return tuple([await self._shown(tx, campaign) for campaign in rows])

    async def keep_card(self, campaign_id: int, card_id: int) -> None:
        """From now on this message shows how far it is."""
        async with self._db.write() as tx:
            await campaigns_store.change(tx, campaign_id, card_id=card_id)

    async def leave_card(self, campaign_id: int) -> None:
        """The card says the end, or is gone: it is not edited any more."""
        async with self._db.write() as tx:
            await campaigns_store.change(tx, campaign_id, card_id=None)

    async def _launch(self, tx: AsyncConnection, campaign: CampaignRow, by: int) -> None:
        now = self._club_time()
        if campaign.starts_at is None:
            await start(tx, self._programme, campaign, now, by=by)
            return
        if campaign.starts_at <= now:
            raise BadMoment(text="", days=0)
        await campaigns_store.change(tx, campaign.id, state=CampaignState.SCHEDULED)
        await staff_store.log(tx, by, "promo_schedule", {"campaign_id": campaign.id}, now)

    async def _locked(self, tx: AsyncConnection, campaign_id: int) -> CampaignRow:
        campaign = await campaigns_store.lock(tx, campaign_id)
        if campaign is None:
            raise PressExpired()
        return campaign

    async def _shown(self, tx: AsyncConnection, campaign: CampaignRow) -> CampaignShown:
        return await shown(
            tx,
            self._vault,
            self._programme,
            campaign,
            now=self._club_time(),
            sends_per_second=self._sends_per_second,
        )


async def shown(
    tx: AsyncConnection,
    vault: Vault,
    programme: Programme,
    campaign: CampaignRow,
    *,
    now: datetime,
    sends_per_second: int,
) -> CampaignShown:
    """The campaign as staff see it, its audience counted anew until it is sent."""
    before = campaign.state in BEFORE_SENDING
    audience = campaign.audience
    readers = await audience_store.count(tx, audience, now) if before else {}
    names = await audience_store.names(tx, audience, now, SAMPLES) if before else []
    letters = sum(readers.values()) if before else campaign.letters
    texts: dict[Language, str] = {}
    if campaign.text_fa is not None:
        texts["fa"] = vault.open(campaign.text_fa)
    if campaign.text_en is not None:
        texts["en"] = vault.open(campaign.text_en)
    has_link = campaign.link_label is not None and campaign.link_url is not None
    return CampaignShown(
        campaign_id=campaign.id,
        version=campaign.version,
        state=campaign.state,
        audience=audience,
        audience_facts=in_words(audience, programme),
        texts=texts,
        picture=campaign.picture,
        link=Link(str(campaign.link_label), str(campaign.link_url)) if has_link else None,
        starts_at=campaign.starts_at,
        chat_id=campaign.chat_id,
        card_id=campaign.card_id,
        card_is_lost=campaign.card_id == campaigns_store.NEW_CARD,
        letters=letters,
        readers=readers,
        sample_names=tuple(vault.open(name) for name in names),
        duration_s=ceil(letters / sends_per_second),
        counts={} if before else await outbox_store.counts(tx, campaign.id),
    )
