"""A club whose members all want promotions, and campaigns to them as staff would start them."""

from sqlalchemy import text

from benchmarks import ground
from benchmarks.deeds import LOWEST
from benchmarks.ground import Ground
from club.audience import Audience
from club.parts import Language
from services import Services
from services.campaigns import CampaignShown
from storage.vault import Vault

NAME = "سارا"
LINK = "دیدن کتاب https://example.com/books/1042"
STAFF_ID = 7
STAFF_CHAT = -1_002_000_000_001
MEANT: Language = "fa"
FEW: Language = "en"  # Those who only warm up a sender.
CONSENT = """UPDATE members SET promotions = :yes,
    language = CASE WHEN id <= :few THEN 'en' ELSE 'fa' END"""
NAMES = "INSERT INTO private_data (member_id, name) SELECT id, :name FROM members"


async def found(made: Ground, name: str, members: int, few: int, vault: Vault) -> None:
    """So many members who read Persian, and a few more, who read English."""
    db = await made.make(name)
    await ground.fill(db, LOWEST, members + few, lots_each=0)
    async with db.write() as tx:
        await tx.execute(text(CONSENT), {"yes": True, "few": few})
        await tx.execute(text(NAMES), {"name": vault.seal(NAME)})
    await db.close()


async def draft(services: Services, language: Language, words: str) -> CampaignShown:
    """A campaign for all who read that language, ready to go; with a button beside the way out."""
    audience = Audience(languages=(language,))
    begun = await services.drafts.begin(audience, by=STAFF_ID, chat_id=STAFF_CHAT)
    await services.drafts.write(begun.campaign_id, words, language)
    shown = await services.drafts.link(begun.campaign_id, LINK)
    return await services.campaigns.previewed(shown.campaign_id, shown.version)


async def launch(services: Services, shown: CampaignShown) -> int:
    """Send it; its number."""
    await services.campaigns.launch(shown.campaign_id, shown.version, by=STAFF_ID, card_id=None)
    return shown.campaign_id
