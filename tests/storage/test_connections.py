"""Connections to a server that end while nobody uses them."""

import asyncio

import pytest
from sqlalchemy import text

from storage.db import PING_AFTER_S, Database

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def test_a_connection_that_ended_at_rest_is_made_anew(db: Database) -> None:
    async with db.write() as tx:
        before = await tx.scalar(text("SELECT pg_backend_pid()"))
    other = Database(db.url.render_as_string(hide_password=False))
    async with other.write() as tx:
        await tx.execute(text(f"SELECT pg_terminate_backend({before}, 5000)"))
    await other.close()
    await asyncio.sleep(PING_AFTER_S)
    async with db.write() as tx:
        after = await tx.scalar(text("SELECT pg_backend_pid()"))
    assert after != before
