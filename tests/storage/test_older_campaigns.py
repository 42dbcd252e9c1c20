"""Campaigns and letters of the version before come through the migration as they were."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import storage.migrations
from club.audience import Audience
from club.campaigns import CampaignState
from club.letters import ENDS, LetterState
from storage import campaigns as campaigns_store
from storage.db import Database
from storage.migrations import migrate
from storage.outbox import AT_ONCE

CAMPAIGN = (
    "INSERT INTO campaigns (state, audience, text, created_by, created_at, chat_id, letters)"
    " VALUES ('running', '{\"any_of\": [\"crime\"]}', :sealed, 7, 0, -1, 1)"
)
LETTER = (
    "INSERT INTO outbox (key, chat_id, campaign_id, message, facts, letter_class, state,"
    " not_before, attempts, fence, flagged, created_at)"
    " VALUES ('k', -1, 1, 'm', '{}', 'campaign', 'sent', 0, 1, 1, 0, 0)"
)


def to_version_six(connection: Connection) -> None:
    """The tables as they were, with a campaign and its letter."""
    config = Config()
    config.set_main_option("script_location", str(Path(storage.migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "0006_club")
    connection.execute(text(CAMPAIGN), {"sealed": b"sealed"})
    connection.execute(text(LETTER))


async def test_a_campaign_keeps_its_text_its_letters_and_its_audience(database_url: str) -> None:
    db = Database(database_url)
    async with db.write() as tx:
        await tx.run_sync(to_version_six)
    await migrate(db)
    async with db.read() as tx:
        kept = await campaigns_store.find(tx, 1)
        letters = (await tx.execute(text("SELECT campaign_id FROM outbox"))).scalars().all()
    await db.close()
    assert kept is not None
    assert (kept.text_fa, kept.text_en, kept.version) == (b"sealed", None, 0)
    assert (kept.state, kept.audience) == (CampaignState.RUNNING, Audience(any_of=("crime",)))
    assert letters == [1]
    assert kept.counts == {end: int(end is LetterState.SENT) for end in ENDS}
    assert (kept.letters, kept.started_at) == (1, AT_ONCE)
