"""The indexes that hold few rows are those by which these rows are found."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import Letter, LetterState
from storage import outbox as outbox_store
from storage import stale as stale_store
from storage.db import Database
from storage.outbox import AT_ONCE
from storage.tables.outbox import OUTBOX
from tests.delivery.people import GROUP, put, rows


async def _move_chat(tx: AsyncConnection) -> None:
    await outbox_store.move_chat(tx, -1, -2)


async def _running(tx: AsyncConnection) -> None:
    await tx.execute(outbox_store.RUNNING)


async def _busy(tx: AsyncConnection) -> None:
    await outbox_store.busy(tx, AT_ONCE)


async def _stale(tx: AsyncConnection) -> None:
    await stale_store.campaigns(tx, AT_ONCE)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (_move_chat, "ix_outbox_group"),
        (_running, "ix_campaigns_running"),
        (_busy, "ix_campaigns_running"),
        (_stale, "ix_outbox_campaign_due"),
    ],
)
async def test_a_small_index_answers(
    db: Database, ask: Callable[[AsyncConnection], Awaitable[None]], index: str
) -> None:
    said: list[tuple[str, Any]] = []
    explain = "EXPLAIN QUERY PLAN" if db.is_sqlite else "EXPLAIN"
    async with db.write() as tx:
        if not db.is_sqlite:  # Else it reads an empty table as a whole.
            await tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        event.listen(
            tx.sync_connection,
            "before_cursor_execute",
            lambda _c, _cursor, sql, params, *_: said.append((sql, params)),
        )
        await ask(tx)
        sql, params = said[-1]
        plan = await tx.exec_driver_sql(f"{explain} {sql}", params)
        steps = [str(step) for step in plan]
    assert any(index in step for step in steps), steps


async def test_letters_that_wait_follow_their_group(db: Database) -> None:
    await put(db, *(Letter(key=f"k{n}", message="m", chat_id=GROUP) for n in range(4)))
    await put(db, Letter(key="other", message="m", chat_id=GROUP - 1))
    before = await rows(db)
    states = (LetterState.PENDING, LetterState.CLAIMED, LetterState.SENDING, LetterState.SENT)
    async with db.write() as tx:
        for letter, state in zip(before, states, strict=False):
            await tx.execute(update(OUTBOX).values(state=state).where(OUTBOX.c.id == letter["id"]))
        await outbox_store.move_chat(tx, GROUP, -7)
    assert [letter["chat_id"] for letter in await rows(db)] == [-7, -7, -7, GROUP, GROUP - 1]
