"""The audit finds a campaign that does not agree with its letters."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text

from club.audience import Audience
from club.letters import LetterState
from services.audit import look
from storage.db import Database
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.outbox import OUTBOX
from tests.services.bookkeeping import PROGRAMME, Bookkeeper
from tests.services.breaking import unlock

NOON = datetime(2025, 10, 4, 8, 30, tzinfo=UTC)
ORDER = "sent/unreachable/failed/unknown/expired/skipped"
FAULTS = (
    (
        "UPDATE campaigns SET letters = 4 WHERE id = 1",
        "campaign 1: wrote 4 letters, and 3 are there",
    ),
    ("DELETE FROM outbox WHERE campaign_id = 1", "campaign 1: wrote 3 letters, and 0 are there"),
    (
        "UPDATE campaigns SET sent = 0, failed = 1 WHERE id = 1",
        f"campaign 1: counts 0/0/1/0/0/1, its letters 1/0/0/0/0/1 ({ORDER})",
    ),
    (
        "UPDATE outbox SET state = 'unknown' WHERE id = 1",
        f"campaign 1: counts 1/0/0/0/0/1, its letters 0/0/0/1/0/1 ({ORDER})",
    ),
    (
        "UPDATE campaigns SET expired = 1 WHERE id = 2",
        f"campaign 2: counts 0/0/0/0/1/0, its letters 0/0/0/0/0/0 ({ORDER})",
    ),
    (
        "UPDATE campaigns SET state = 'done' WHERE id = 1",
        "campaign 1: is over, and 1 of its letters are not",
    ),
    (
        "UPDATE campaigns SET state = 'missed' WHERE id = 1",
        "campaign 1: is over, and 1 of its letters are not",
    ),
)


@pytest.fixture(autouse=True)
async def campaigns(db: Database) -> None:
    """A running campaign with a sent, a skipped and a waiting letter, and a draft."""
    book = Bookkeeper(db)
    members = [await book.join(NOON) for _ in range(3)]
    campaign = {
        "audience": Audience().stored(),
        "created_by": 1,
        "created_at": NOON,
        "chat_id": -1,
        "version": 0,
    }
    letter = {
        "campaign_id": 1,
        "message": "letters/promotion",
        "facts": {},
        "letter_class": "campaign",
        "not_before": NOON,
        "attempts": 0,
        "fence": 0,
        "flagged": 0,
        "created_at": NOON,
    }
    states = (LetterState.SENT, LetterState.SKIPPED, LetterState.PENDING)
    async with db.write() as tx:
        running = {"state": "running", "letters": 3, "sent": 1, "skipped": 1}
        await tx.execute(insert(CAMPAIGNS).values(campaign | running))
        await tx.execute(insert(CAMPAIGNS).values(campaign | {"state": "draft", "letters": 0}))
        letters = [
            letter | {"member_id": member, "state": state}
            for member, state in zip(members, states, strict=True)
        ]
        await tx.execute(insert(OUTBOX), letters)


async def test_each_kind_of_fault_is_found(db: Database) -> None:
    for fault, sentence in FAULTS:
        async with db.write() as tx:
            await unlock(tx)
            await tx.execute(text(fault))
            told = [str(found) for found in await look(tx, PROGRAMME)]
            await tx.rollback()
        assert sentence in told, fault


async def test_what_is_cancelled_may_have_letters_that_are_not_swept_yet(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(text("UPDATE campaigns SET state = 'cancelled' WHERE id = 1"))
        assert await look(tx, PROGRAMME) == ()
