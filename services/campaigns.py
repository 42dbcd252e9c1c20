"""One message for all whom it may please: drafted, previewed, sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import Audience
from club.campaigns import TEXT_LENGTH, CampaignState
from club.errors import BadGenre, NoText, PressExpired, TooLong
from club.letters import Letter, LetterClass, LetterState
from club.programme import Programme, Words
from storage import campaigns as campaigns_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage.campaigns import CampaignRow
from storage.db import Database
from storage.vault import Vault

RATE_PER_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignShown:
    """A campaign as staff see it: for whom, how many, how long, and how far it has come."""

    campaign_id: int
    state: CampaignState
    genres: tuple[Words, ...]
    text: str
    letters: int  # Before it is sent: how many would get it now.
    duration_s: int
    counts: dict[LetterState, int]


class Campaigns:
    """What can be done with campaigns."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time

    def audience(self, genres: Sequence[str]) -> Audience:
        """Those who like one of these genres; raises BadGenre for one that is not known."""
        keys = []
        for text in genres:
            genre = self._programme.genre(text)
            if genre is None:
                known = tuple(known.name for known in self._programme.genres)
                raise BadGenre(text=text[:40], genres=known)
            keys.append(genre.key)
        return Audience(any_of=tuple(dict.fromkeys(keys)))

    async def draft(self, audience: Audience, text: str, *, by: int, chat_id: int) -> CampaignShown:
        """Keep a message for these members; nothing is sent. Raises NoText, TooLong."""
        if not text.strip():
            raise NoText()
        if len(text) > TEXT_LENGTH:
            raise TooLong(limit=TEXT_LENGTH, count=len(text))
        async with self._db.write() as tx:
            campaign_id = await campaigns_store.add(
                tx,
                audience=audience,
                text=self._vault.seal(text),
                by=by,
                chat_id=chat_id,
                at=self._club_time(),
            )
            campaign = await campaigns_store.find(tx, campaign_id)
            assert campaign is not None, "just added"
            facts = {"campaign_id": campaign_id}
            await staff_store.log(tx, by, "promo_draft", facts, campaign.created_at)
            return await self._shown(tx, campaign)

    async def launch(self, campaign_id: int, *, by: int) -> CampaignShown:
        """Write one letter for each member meant. A second press only tells how far it is.

        Raises PressExpired for a campaign that was cancelled.
        """
        async with self._db.write() as tx:
            campaign = await self._locked(tx, campaign_id)
            if campaign.state is CampaignState.CANCELLED:
                raise PressExpired()
            if campaign.state is CampaignState.DRAFT:
                campaign = await self._launch(tx, campaign, by)
            return await self._shown(tx, campaign)

    async def cancel(self, campaign_id: int, *, by: int) -> CampaignShown:
        """Throw a draft away; what was sent stays sent."""
        async with self._db.write() as tx:
            campaign = await self._locked(tx, campaign_id)
            if campaign.state is CampaignState.DRAFT:
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

    async def _launch(self, tx: AsyncConnection, campaign: CampaignRow, by: int) -> CampaignRow:
        now = self._club_time()
        pattern = Letter(
            key=f"campaign:{campaign.id}:member:",
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
            await outbox_store.close_campaigns(tx, [campaign.id], now)
        return await self._locked(tx, campaign.id)

    async def _locked(self, tx: AsyncConnection, campaign_id: int) -> CampaignRow:
        campaign = await campaigns_store.lock(tx, campaign_id)
        if campaign is None:
            raise PressExpired()
        return campaign

    async def _shown(self, tx: AsyncConnection, campaign: CampaignRow) -> CampaignShown:
        draft = campaign.state is CampaignState.DRAFT
        letters = campaign.letters
        if draft:
            letters = await campaigns_store.count(tx, campaign.audience)
        names = (self._programme.genre(key) for key in campaign.audience.any_of)
        return CampaignShown(
            campaign_id=campaign.id,
            state=campaign.state,
            genres=tuple(genre.name for genre in names if genre is not None),
            text=self._vault.open(campaign.text),
            letters=letters,
            duration_s=ceil(letters / RATE_PER_S),
            counts={} if draft else await outbox_store.counts(tx, campaign.id),
        )
