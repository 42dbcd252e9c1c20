"""What campaigns say: read and opened once, since it does not change once letters are written."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from club.campaigns import Link, addressed
from club.parts import Language
from storage import campaigns as campaigns_store
from storage.campaigns import CampaignRow
from storage.vault import CannotOpen, Vault

MOST_KEPT = 64  # Running at once; of more, some are read again.

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Content:
    """What the letters of one campaign say, in each language."""

    facts: Mapping[Language, Mapping[str, Any]]
    picture: str | None
    named: bool  # Somewhere a member's name stands.


class Contents:
    """The contents of campaigns whose letters are sent."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._known: dict[int, Content] = {}

    async def of(self, tx: AsyncConnection, campaign_id: int) -> Content:
        """What that campaign says."""
        if (known := self._known.get(campaign_id)) is None:
            campaign = await campaigns_store.find(tx, campaign_id)
            assert campaign is not None, "its letters are there"
            if len(self._known) >= MOST_KEPT:
                del self._known[min(self._known)]
            known = self._known[campaign_id] = self._content(campaign)
        return known

    def _content(self, campaign: CampaignRow) -> Content:
        fa, en = (self._opened(campaign.id, text) for text in (campaign.text_fa, campaign.text_en))
        link = None
        if campaign.link_label is not None and campaign.link_url is not None:
            link = Link(campaign.link_label, campaign.link_url)
        beside = {"link": link, "press_label": campaign.press_label}
        # In the reader's language; where it is missing, in the other one.
        texts: Mapping[Language, str | None] = {"fa": fa or en, "en": en or fa}
        return Content(
            {
                language: beside if text is None else {"promotion": text, **beside}
                for language, text in texts.items()
            },
            campaign.picture,
            any(len(addressed(text)) > 1 for text in texts.values() if text is not None),
        )

    def _opened(self, campaign_id: int, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        try:
            return self._vault.open(sealed)
        except CannotOpen:  # Each of its letters fails, with this reason in the log.
            log.error("A campaign's text cannot be opened.", extra={"campaign": campaign_id})
            return None
