"""A club for each test, on a database of each family."""

from collections.abc import AsyncIterator

import pytest

from storage.db import Database
from tests.handlers.people import Club, open_club


@pytest.fixture
async def club(db: Database) -> AsyncIterator[Club]:
    async with open_club(db) as opened:
        yield opened
