"""A promotion while it is being written: audience, texts, picture, link and moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import DAYS, Audience, Part, mark_of, tag_name
from club.campaigns import (
    EDITABLE,
    CampaignState,
    check_text,
    language_of,
    read_label,
    read_link,
)
from club.errors import PressExpired
from club.misreadings import BadGenre
from club.moments import read_moment
from club.parts import Language
from club.programme import Programme
from services.campaign_cards import CampaignShown, shown
from storage import audience as audience_store
from storage import campaigns as campaigns_store
from storage import staff as staff_store
from storage.campaigns import CampaignRow
from storage.db import Database
from storage.vault import Vault

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that an audience may be asked for; `mark` stands for it in buttons."""

    value: str
    mark: str
    name: object


class Drafts:
    """What can be done with a promotion before it is sent. A change makes a new version."""

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

    async def begin(self, audience: Audience, *, by: int, chat_id: int) -> CampaignShown:
        """A draft for these members, which says nothing yet."""
        async with self._db.write() as tx:
            now = self._club_time()
            campaign_id = await campaigns_store.add(
                tx, audience=audience, by=by, chat_id=chat_id, at=now
            )
            await staff_store.log(tx, by, "promo_draft", {"campaign_id": campaign_id}, now)
        return await self._counted(campaign_id)

    async def show(self, campaign_id: int, *, counted: bool = True) -> CampaignShown:
        """The draft as it is; raises PressExpired for what can be changed no more.

        Without `counted` it reaches nobody: for questions that do not say whom.
        """
        async with self._db.read() as tx:
            campaign = await campaigns_store.find(tx, campaign_id)
            if campaign is None or campaign.state not in EDITABLE:
                raise PressExpired()
            return await self._shown(tx, campaign, counted=counted)

    async def of_card(self, chat_id: int, card_id: int, *, by: int) -> int | None:
        """The draft that this message shows, for whoever began it; None for other messages."""
        async with self._db.read() as tx:
            campaign = await campaigns_store.draft_of_card(tx, chat_id, card_id, by)
        return None if campaign is None else campaign.id

    async def overtaken(self, chat_id: int, message_id: int, *, by: int) -> int | None:
        """That person's draft whose card came below this message of theirs while it was sent."""
        async with self._db.read() as tx:
            return await campaigns_store.draft_below(tx, chat_id, message_id, by)

    async def choices(self, part: Part) -> tuple[Choice, ...]:
        """What a part of the audience may be chosen from."""
        if part in ("bought", "quiet"):
            return tuple(Choice(str(days), str(days), str(days)) for days in DAYS)
        if part == "languages":
            return tuple(Choice(language, language, language) for language in ("fa", "en"))
        if part == "tiers":
            tiers = self._programme.tiers
            return tuple(Choice(tier.key, mark_of(tier.key), tier.name) for tier in tiers)
        genres = tuple(genre.key for genre in self._programme.genres)
        async with self._db.read() as tx:
            tags = (*genres, *await audience_store.tags_in_use(tx, without=genres))
        return tuple(Choice(tag, mark_of(tag), tag_name(tag, self._programme)) for tag in tags)

    async def flip(self, campaign_id: int, part: Part, mark: str) -> CampaignShown:
        """Ask this of the audience, or no longer; raises PressExpired for what is not there."""
        choices = await self.choices(part)
        value = next((choice.value for choice in choices if choice.mark == mark), None)
        if value is None:
            raise PressExpired()

        def change(campaign: CampaignRow) -> Values:
            return {"audience": campaign.audience.flipped(part, value).stored()}

        return await self._change(campaign_id, change)

    async def write(
        self, campaign_id: int, text: str, language: Language | None = None
    ) -> CampaignShown:
        """The text in that language, else in the one it is written in; raises NoText, TooLong."""
        language = language or language_of(text)

        def change(campaign: CampaignRow) -> Values:
            checked = check_text(text, with_picture=campaign.picture is not None)
            if self._opened(campaign, language) == checked:
                return {}
            return {f"text_{language}": self._vault.seal(checked)}

        return await self._change(campaign_id, change)

    async def picture(self, campaign_id: int, file_id: str | None) -> CampaignShown:
        """Above the text, or none; raises TooLong where a text has no room under a picture."""

        def change(campaign: CampaignRow) -> Values:
            if file_id is not None:
                for language in ("fa", "en"):
                    if (text := self._opened(campaign, language)) is not None:
                        check_text(text, with_picture=True)
            return {"picture": file_id}

        return await self._change(campaign_id, change)

    async def link(self, campaign_id: int, text: str) -> CampaignShown:
        """A button that opens an address; raises BadLink."""
        link = read_link(text)
        return await self._change(
            campaign_id, lambda _: {"link_label": link.label, "link_url": link.url}
        )

    async def drop_link(self, campaign_id: int) -> CampaignShown:
        """No such button."""
        return await self._change(campaign_id, lambda _: {"link_label": None, "link_url": None})

    async def press(self, campaign_id: int, text: str) -> CampaignShown:
        """A button that members may press, with these words; raises BadLabel."""
        label = read_label(text)
        return await self._change(campaign_id, lambda _: {"press_label": label})

    async def drop_press(self, campaign_id: int) -> CampaignShown:
        """No such button."""
        return await self._change(campaign_id, lambda _: {"press_label": None})

    async def plan(self, campaign_id: int, text: str) -> CampaignShown:
        """Sent off now, it starts at that moment of the club's time; raises BadMoment."""
        at = read_moment(text, self._programme.zone, self._club_time())
        return await self._change(campaign_id, lambda _: {"starts_at": at})

    async def at_once(self, campaign_id: int) -> CampaignShown:
        """Sent off, it starts."""
        return await self._change(campaign_id, lambda _: {"starts_at": None})

    async def _change(
        self, campaign_id: int, change: Callable[[CampaignRow], Values]
    ) -> CampaignShown:
        """Change a draft; what is the same already stays the version it is.

        Another version has been seen by nobody and submitted by nobody.
        """
        async with self._db.write() as tx:
            campaign = await campaigns_store.lock(tx, campaign_id)
            if campaign is None or campaign.state not in EDITABLE:
                raise PressExpired()
            if not _same(campaign, values := change(campaign)):
                values |= {"version": campaign.version + 1, "state": CampaignState.DRAFT}
                values |= {"submitted_by": None}
                await campaigns_store.change(tx, campaign_id, **values)
        return await self._counted(campaign_id)

    async def _counted(self, campaign_id: int) -> CampaignShown:
        """As it stands after a change was kept: who counts a crowd keeps no writer waiting."""
        async with self._db.read() as tx:
            campaign = await campaigns_store.find(tx, campaign_id)
            assert campaign is not None, "drafts are not deleted"
            return await self._shown(tx, campaign)

    async def _shown(
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

    def _opened(self, campaign: CampaignRow, language: str) -> str | None:
        sealed = campaign.text_fa if language == "fa" else campaign.text_en
        return None if sealed is None else self._vault.open(sealed)


def _same(campaign: CampaignRow, values: Values) -> bool:
    known = {name: getattr(campaign, name) for name in values}
    if "audience" in known:
        known["audience"] = campaign.audience.stored()
    return known == values
