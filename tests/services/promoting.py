"""A club that writes to its members, on a clock of the test's; the test plays the messenger."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from club.audience import Audience
from club.letters import LetterState
from club.programme import Programme
from club.promotions import Promotions, Quiet
from services.campaigns import Campaigns, CampaignShown
from services.drafts import Drafts
from services.ending import settle
from services.profile import Profile
from services.ticks import Ticks
from storage import campaigns as campaigns_store
from storage import members as members_store
from storage.campaigns import CampaignRow
from storage.db import Database
from storage.tables.outbox import OUTBOX
from storage.tables.staff import AUDIT_LOG
from storage.vault import Vault, make_key
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

NOON = datetime(2025, 10, 4, 8, 30, tzinfo=UTC)  # 12:00 in Tehran.
HOUR = timedelta(hours=1)
MANAGER, OWNER, CHAT, CARD = 1, 2, -100, 77
NIGHT = Quiet(22 * 60, 9 * 60)


def programme_with(**promotions: Any) -> Programme:
    """The small book's programme with these rules for promotions."""
    return PROGRAMME.model_copy(update={"promotions": Promotions(**promotions)})


class Room:
    """Members who want promotions, and staff who write them."""

    def __init__(self, db: Database, key: str | None = None, **promotions: Any) -> None:
        self.db, self.now = db, NOON
        self.programme = programme_with(**promotions)
        self.book = Bookkeeper(db, self.programme)
        four = (db, Vault(key or make_key()), self.programme, lambda: self.now)
        self.campaigns = Campaigns(*four, sends_per_second=10)
        self.drafts = Drafts(*four, sends_per_second=10)
        self.profile = Profile(*four)
        self.ticks = Ticks(db, self.programme, lambda: self.now, lambda: self.now)

    async def members(self, count: int = 1) -> list[int]:
        """So many who agreed; their accounts."""
        accounts = []
        for _ in range(count):
            member_id = await self.book.join(self.now)
            async with self.db.write() as tx:
                await members_store.change(tx, member_id, promotions=True, join_step="done")
            accounts.append((await self.book.member(member_id)).chat_user_id or 0)
        return accounts

    async def drafted(self, text: str = "New books") -> CampaignShown:
        """A promotion for everybody, not seen yet."""
        shown = await self.drafts.begin(Audience(), by=MANAGER, chat_id=CHAT)
        return await self.drafts.write(shown.campaign_id, text)

    async def previewed(self, *, at: str | None = None) -> CampaignShown:
        """One that staff have seen."""
        shown = await self.drafted()
        if at is not None:
            shown = await self.drafts.plan(shown.campaign_id, at)
        return await self.campaigns.previewed(shown.campaign_id, shown.version)

    async def launched(self, shown: CampaignShown | None = None) -> CampaignShown:
        """One that was sent off."""
        shown = shown or await self.previewed()
        number, version = shown.campaign_id, shown.version
        return await self.campaigns.launch(number, version, by=MANAGER, card_id=CARD)

    async def end(self, campaign_id: int, end: LetterState, count: int = 1) -> None:
        """So many of its letters that wait come to this end."""
        async with self.db.write() as tx:
            waiting = (
                select(OUTBOX.c.id)
                .where(OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.state == LetterState.PENDING)
                .order_by(OUTBOX.c.id)
                .limit(count)
            )
            values = {"state": end, "ended_at": self.now}
            await tx.execute(update(OUTBOX).where(OUTBOX.c.id.in_(waiting)).values(**values))
            await settle(tx, self.programme, {campaign_id: {end: count}}, self.now)

    async def row(self, campaign_id: int) -> CampaignRow:
        """The campaign as it is kept."""
        async with self.db.read() as tx:
            found = await campaigns_store.find(tx, campaign_id)
        assert found is not None
        return found

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """What the group was written: messages with their facts."""
        async with self.db.read() as tx:
            statement = select(OUTBOX.c.message, OUTBOX.c.facts).where(OUTBOX.c.chat_id == CHAT)
            return [(row[0], row[1]) for row in await tx.execute(statement.order_by(OUTBOX.c.id))]

    async def logged(self) -> list[tuple[int, str]]:
        """Who did what."""
        async with self.db.read() as tx:
            statement = select(AUDIT_LOG.c.by, AUDIT_LOG.c.action).order_by(AUDIT_LOG.c.id)
            return [(row[0], row[1]) for row in await tx.execute(statement)]
