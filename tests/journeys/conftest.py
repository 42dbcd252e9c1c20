"""A town for every story, once on each database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.town import Town, open_town


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """The sandbox with the demo bookshop open in it."""
    async with open_town(tmp_path, database_url) as opened:
        yield opened
