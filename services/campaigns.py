"""One message for all whom it may please: previewed, sent now or at a moment, followed."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.campaigns import ENDED, CampaignState, Stop, may_go
from club.errors import PressExpired, SecondPersonNeeded
from club.moments import BadMoment
from club.programme import Programme
from services.campaign_cards import CampaignShown, shown
from services.campaign_reports import CampaignReport, Recipient, recipient, reported
from services.profile import ProfileChanged, changed, find_joined, lock_joined
from services.starting import start
from storage import campaigns as campaigns_store
from storage import members as members_store
from storage import responses as responses_store
from storage import staff as staff_store
from storage.campaigns import CampaignRow
from storage.db import Database
from storage.vault import Vault

__all__ = ["CampaignReport", "CampaignShown", "Campaigns", "PressNoted", "Recipient"]

BATCH_SIZE = 2_000  # Recipients read in one short transaction.


@dataclass(frozen=True, slots=True)
class PressNoted:
    """A member pressed the button of a promotion."""

    repeated: bool


class Campaigns:
    """What can be done with campaigns that say something.

    A press that comes late changes nothing and shows how the campaign stands. That is read once the
    change is kept: who counts a crowd keeps no writer waiting.
    """

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
        self.scheduled = 0  # So many were given their moment here: who waits looks anew.

    async def previewed(self, campaign_id: int, version: int) -> CampaignShown:
        """Staff have seen this version as members will; raises PressExpired for another one."""
        async with self._db.write() as tx:
            campaign = await _locked(tx, campaign_id)
            if campaign.state is CampaignState.DRAFT:
                _check_version(campaign, version)
                await _move(tx, campaign, CampaignState.PREVIEWED)
        return await self.show(campaign_id)

    async def launch(
        self, campaign_id: int, version: int, *, by: int, card_id: int | None
    ) -> CampaignShown:
        """Send it, have it sent at its moment, or ask a second person where the programme says so.

        What is sent is what was previewed: raises PressExpired for another version, BadMoment
        where its moment has passed meanwhile.
        """
        async with self._db.write() as tx:
            campaign = await _locked(tx, campaign_id)
            if campaign.state is CampaignState.DRAFT:
                raise PressExpired()
            if campaign.state is CampaignState.PREVIEWED:
                _check_version(campaign, version)
                await campaigns_store.change(tx, campaign_id, card_id=card_id)
                if self._programme.promotions.approval:
                    await self._submit(tx, campaign, by)
                else:
                    await self._launch(tx, campaign, by)
        return await self.show(campaign_id)

    async def approve(self, campaign_id: int, version: int, *, by: int) -> CampaignShown:
        """Let go what somebody else has submitted.

        Raises SecondPersonNeeded for whoever submitted it, and what `launch` refuses.
        """
        async with self._db.write() as tx:
            campaign = await _locked(tx, campaign_id)
            if campaign.state in (CampaignState.DRAFT, CampaignState.PREVIEWED):
                raise PressExpired()
            if campaign.state is CampaignState.SUBMITTED:
                _check_version(campaign, version)
                if campaign.submitted_by == by:
                    raise SecondPersonNeeded()
                await campaigns_store.change(tx, campaign_id, approved_by=by)
                await self._log(tx, by, "promo_approve", campaign)
                await self._launch(tx, campaign, by)
        return await self.show(campaign_id)

    async def send_back(self, campaign_id: int, *, by: int) -> CampaignShown:
        """What was submitted is a draft again, to be mended and previewed anew."""
        async with self._db.write() as tx:
            campaign = await _locked(tx, campaign_id)
            if campaign.state is CampaignState.SUBMITTED:
                await _move(tx, campaign, CampaignState.DRAFT, submitted_by=None)
                await self._log(tx, by, "promo_send_back", campaign)
        return await self.show(campaign_id)

    async def pause(
        self, campaign_id: int, version: int | None = None, *, by: int
    ) -> CampaignShown:
        """No letter is begun any more until it goes on.

        A button carries the version that its card showed: pressed late it changes nothing.
        """
        async with self._db.write() as tx:
            campaign = await _locked(tx, campaign_id)
            if campaign.state is CampaignState.RUNNING and version in (None, campaign.version):
                changed = {"stopped_for": Stop.STAFF, "version": campaign.version + 1}
                await _move(tx, campaign, CampaignState.PAUSED, **changed)
                await self._log(tx, by, "promo_pause", campaign)
        return await self.show(campaign_id)

    async def resume(
        self, campaign_id: int, version: int | None = None, *, by: int
    ) -> CampaignShown:
        """Go on with what is left; after it has stopped by itself, it does so no more."""
        async with self._db.write() as tx:
            campaign = await _locked(tx, campaign_id)
            if campaign.state is CampaignState.PAUSED and version in (None, campaign.version):
                own = campaign.stopped_for in (None, Stop.STAFF)
                changed = {
                    "insisted_by": campaign.insisted_by if own else by,
                    "version": campaign.version + 1,
                }
                await _move(tx, campaign, CampaignState.RUNNING, **changed)
                await self._log(tx, by, "promo_resume", campaign)
        return await self.show(campaign_id)

    async def cancel(self, campaign_id: int, *, by: int) -> CampaignShown:
        """Throw away what was not sent yet, at any time before the end; what was sent stays."""
        async with self._db.write() as tx:
            campaign = await _locked(tx, campaign_id)
            if campaign.state not in ENDED:
                now = self._club_time()
                await _move(tx, campaign, CampaignState.CANCELLED, ended_at=now)
                await self._log(tx, by, "promo_cancel", campaign)
        return await self.show(campaign_id)

    async def show(self, campaign_id: int) -> CampaignShown:
        """How far a campaign has come; raises PressExpired for one that never was."""
        async with self._db.read() as tx:
            return await self._shown(tx, campaign_id)

    async def listed(self, limit: int) -> tuple[CampaignShown, ...]:
        """The campaigns begun last, the latest first; the audience of drafts is not counted."""
        async with self._db.read() as tx:
            rows = await campaigns_store.latest(tx, limit)
            return tuple([await self._seen(tx, row, counted=False) for row in rows])

    async def press(self, campaign_id: int, user_id: int) -> PressNoted:
        """The member pressed the button of a promotion they were sent; kept once.

        Raises NotAMember, PressExpired for a promotion that has no button or was not theirs.
        """
        async with self._db.write() as tx:
            member = await find_joined(tx, user_id)
            campaign = await campaigns_store.find(tx, campaign_id)
            if campaign is None or campaign.press_label is None:
                raise PressExpired()
            if not await responses_store.had_letter(tx, campaign_id, member.id):
                raise PressExpired()
            now = self._club_time()
            first = await responses_store.add(tx, campaign_id, "press", member.id, now)
            return PressNoted(repeated=not first)

    async def opted_out(self, campaign_id: int, user_id: int) -> ProfileChanged:
        """No more promotions for the member; where one made them say so, it is kept with it.

        Raises NotAMember.
        """
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            now = self._club_time()
            await members_store.change(tx, member.id, promotions=False)
            if await responses_store.had_letter(tx, campaign_id, member.id):
                await responses_store.add(tx, campaign_id, "opt_out", member.id, now)
            return await changed(tx, self._programme, member.id, at=now)

    async def report(self, campaign_id: int) -> CampaignReport:
        """How it went, or goes; raises PressExpired for one that never was."""
        async with self._db.read() as tx:
            return await reported(tx, await self._shown(tx, campaign_id), self._club_time())

    async def recipients(
        self, campaign_id: int, *, by: int, batch_size: int = BATCH_SIZE
    ) -> AsyncIterator[Recipient]:
        """What became of each letter, by member, without names; who took the list is logged."""
        async with self._db.write() as tx:
            if (campaign := await campaigns_store.find(tx, campaign_id)) is None:
                raise PressExpired()
            await self._log(tx, by, "promo_export", campaign)
        last = 0
        while True:
            async with self._db.read() as tx:
                rows = await responses_store.recipients(tx, campaign_id, last, batch_size)
            for row in rows:
                yield recipient(row)
            if len(rows) < batch_size:
                return
            last = rows[-1]["member_id"]

    async def with_cards(self) -> tuple[CampaignShown, ...]:
        """Those whose card may not say yet how far they are."""
        async with self._db.read() as tx:
            rows = await campaigns_store.with_card(tx)
            return tuple([await self._seen(tx, campaign) for campaign in rows])

    async def keep_card(self, campaign_id: int, card_id: int) -> int | None:
        """From now on this message shows how it stands; the message that did so until now."""
        async with self._db.write() as tx:
            campaign = await _locked(tx, campaign_id)
            await campaigns_store.change(tx, campaign_id, card_id=card_id)
            older = campaign.card_id
            return None if older in (card_id, campaigns_store.NEW_CARD) else older

    async def leave_card(self, campaign_id: int, card_id: int | None) -> None:
        """This card says the end, or is gone: it is edited no more. One that came later stays."""
        async with self._db.write() as tx:
            if (await _locked(tx, campaign_id)).card_id == card_id:
                await campaigns_store.change(tx, campaign_id, card_id=None)

    async def _submit(self, tx: AsyncConnection, campaign: CampaignRow, by: int) -> None:
        self._check_moment(campaign)
        await _move(tx, campaign, CampaignState.SUBMITTED, submitted_by=by)
        await self._log(tx, by, "promo_submit", campaign)

    async def _launch(self, tx: AsyncConnection, campaign: CampaignRow, by: int) -> None:
        if campaign.starts_at is None:
            await start(tx, self._programme, campaign, self._club_time(), by=by)
            return
        self._check_moment(campaign)
        await _move(tx, campaign, CampaignState.SCHEDULED)
        self.scheduled += 1
        await self._log(tx, by, "promo_schedule", campaign)

    def _check_moment(self, campaign: CampaignRow) -> None:
        if campaign.starts_at is not None and campaign.starts_at <= self._club_time():
            raise BadMoment(text="", days=0)

    async def _log(self, tx: AsyncConnection, by: int, action: str, campaign: CampaignRow) -> None:
        facts = {"campaign_id": campaign.id}
        await staff_store.log(tx, by, action, facts, self._club_time())

    async def _shown(self, tx: AsyncConnection, campaign_id: int) -> CampaignShown:
        if (campaign := await campaigns_store.find(tx, campaign_id)) is None:
            raise PressExpired()
        return await self._seen(tx, campaign)

    async def _seen(
        self, tx: AsyncConnection, campaign: CampaignRow, *, counted: bool = True
    ) -> CampaignShown:
        return await shown(
            tx,
            self._vault,
            self._programme,
            campaign,
            now=self._club_time(),
            sends_per_second=self._sends_per_second,
            counted=counted,
        )


async def _locked(tx: AsyncConnection, campaign_id: int) -> CampaignRow:
    campaign = await campaigns_store.lock(tx, campaign_id)
    if campaign is None:
        raise PressExpired()
    return campaign


async def _move(
    tx: AsyncConnection, campaign: CampaignRow, to: CampaignState, **values: object
) -> None:
    """Another state for a locked campaign, with what goes along."""
    assert may_go(campaign.state, to), "the doors above let nothing else through"
    await campaigns_store.change(tx, campaign.id, state=to, **values)


def _check_version(campaign: CampaignRow, version: int) -> None:
    """What was shown is what is there, and says something; else raises PressExpired."""
    if campaign.version != version or not (campaign.text_fa or campaign.text_en):
        raise PressExpired()
