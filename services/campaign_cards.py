"""A campaign as staff see it, from its first word to its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import Audience, in_words
from club.campaigns import BEFORE_START, ENDED, CampaignState, Link, Stop
from club.letters import LetterState
from club.parts import Language
from club.programme import Programme
from club.promotions import A_WEEK
from storage import audience as audience_store
from storage import campaigns as campaigns_store
from storage import responses as responses_store
from storage import staff as staff_store
from storage.campaigns import CampaignRow
from storage.vault import Vault

SAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignShown:
    """For whom, how many, how long, and how far it has come."""

    campaign_id: int
    version: int
    state: CampaignState
    audience: Audience
    audience_facts: dict[str, object]
    texts: dict[Language, str]
    picture: str | None
    link: Link | None
    press_label: str | None
    created_by: int
    submitted_by: int | None
    approved_by: int | None
    starts_at: datetime | None
    waits_until: datetime | None  # It is, or will be, quiet when it starts: until then.
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    stopped_for: Stop | None  # Why it is paused, or was last.
    chat_id: int
    card_id: int | None
    card_is_lost: bool  # The group moved away from it.
    letters: int  # Before it is sent: how many are meant now.
    had_enough: int  # Before it is sent: how many of them will have had enough in their week.
    readers: dict[str, int]  # Before it is sent: how many of the others read each language.
    sample_names: tuple[str, ...]
    alone: bool  # Two must agree to it, and there is nobody who could be the second.
    duration_s: int  # For all who get it, at the pace of the wire.
    counts: Mapping[LetterState, int]  # How many came to which end.
    opt_outs: int
    presses: int

    @property
    def reached(self) -> int:
        """Before it is sent: how many would get it."""
        return self.letters - self.had_enough

    @property
    def fallbacks(self) -> int:
        """How many would get a text that is not in their language."""
        return sum(count for language, count in self.readers.items() if language not in self.texts)

    @property
    def waiting(self) -> int:
        """How many letters have not come to their end."""
        return 0 if self.state in BEFORE_START else self.letters - sum(self.counts.values())

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more: it has ended, and so has each of its letters."""
        return self.state in ENDED and not self.waiting

    @property
    def tried(self) -> int:
        """How many letters were handed to the messenger, whatever it said."""
        left = (LetterState.EXPIRED, LetterState.SKIPPED)
        return sum(count for end, count in self.counts.items() if end not in left)


_AS_KEPT = (
    *("version", "state", "audience", "picture", "press_label", "chat_id", "card_id", "counts"),
    *("created_by", "submitted_by", "approved_by", "stopped_for"),
    *("starts_at", "started_at", "ended_at", "expires_at"),
)


async def shown(
    tx: AsyncConnection,
    vault: Vault,
    programme: Programme,
    campaign: CampaignRow,
    *,
    now: datetime,
    sends_per_second: int,
    counted: bool = True,
) -> CampaignShown:
    """The campaign as it stands now.

    Until it is sent its audience is counted anew; not so without `counted`: there it is nobody.
    """
    before = campaign.state in BEFORE_START
    audience = campaign.audience
    asked = before and counted
    counted_by = dict[str, audience_store.Counted]()
    names: list[bytes] = []
    if asked:
        enough = _enough(programme, campaign, now)
        counted_by = await audience_store.count(tx, audience, now, enough)
    readers = {one: by.meant - by.had_enough for one, by in counted_by.items()}
    had_enough = sum(by.had_enough for by in counted_by.values())
    reached = sum(readers.values()) if before else campaign.letters
    if asked and reached:
        names = await audience_store.names(tx, audience, now, SAMPLES, but=enough)
    done = await responses_store.count(tx, campaign.id)
    as_kept: dict[str, Any] = {name: getattr(campaign, name) for name in _AS_KEPT}
    return CampaignShown(
        **as_kept,
        campaign_id=campaign.id,
        audience_facts=in_words(audience, programme),
        texts=_texts(vault, campaign),
        link=_link(campaign),
        waits_until=_waits_until(programme, campaign, now),
        card_is_lost=campaign.card_id == campaigns_store.NEW_CARD,
        letters=reached + had_enough,
        had_enough=had_enough,
        readers=readers,
        sample_names=tuple(vault.open(name) for name in names),
        alone=asked and await _alone(tx, programme, campaign),
        duration_s=ceil(reached / sends_per_second),
        opt_outs=done["opt_out"],
        presses=done["press"],
    )


def _enough(programme: Programme, campaign: CampaignRow, now: datetime) -> audience_store.Enough:
    """When a member had enough in the week before it starts."""
    start = max(campaign.starts_at or now, now)
    return audience_store.Enough(start - A_WEEK, programme.promotions.a_week)


async def _alone(tx: AsyncConnection, programme: Programme, campaign: CampaignRow) -> bool:
    """Whether nobody could agree to it besides whoever sends it, where two must."""
    if not programme.promotions.approval or campaign.state is CampaignState.SCHEDULED:
        return False
    sender = campaign.submitted_by
    others = await staff_store.count_at_least_managers(tx, but=sender)
    return others < (2 if sender is None else 1)


def _texts(vault: Vault, campaign: CampaignRow) -> dict[Language, str]:
    sealed: dict[Language, bytes | None] = {"fa": campaign.text_fa, "en": campaign.text_en}
    return {language: vault.open(text) for language, text in sealed.items() if text is not None}


def _link(campaign: CampaignRow) -> Link | None:
    if campaign.link_label is None or campaign.link_url is None:
        return None
    return Link(campaign.link_label, campaign.link_url)


def _waits_until(programme: Programme, campaign: CampaignRow, now: datetime) -> datetime | None:
    """When the quiet ends in which the campaign starts, or goes on."""
    quiet = programme.promotions.quiet
    if quiet is None or campaign.state in (*ENDED, CampaignState.PAUSED):
        return None
    start = campaign.starts_at if campaign.state in BEFORE_START else None
    return quiet.end_after(max(start or now, now), programme.zone)
