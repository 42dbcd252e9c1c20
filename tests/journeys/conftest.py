"""A town for every story, once on each database; a story that fails is told as it went."""

from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.town import Town, open_town

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failure what was said in the town, and what the program logged."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        item.stash[FAILED] = True
        for town in {one for one in item.funcargs.values() if isinstance(one, Town)}:
            report.sections.append(("the town", town.transcript()))
    return report


@asynccontextmanager
async def proven(
    request: pytest.FixtureRequest, folder: Path, database_url: str
) -> AsyncIterator[Town]:
    """A town that must prove itself in the end, unless its story has failed already."""
    async with open_town(folder, database_url) as town:
        yield town
        if FAILED not in request.node.stash:
            await town.proves_itself()


@pytest.fixture
async def unmade_town(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> AsyncIterator[Town]:
    """The sandbox with a club that has never opened: its database is empty."""
    async with proven(request, tmp_path, database_url) as town:
        yield town


@pytest.fixture
async def closed_town(
    request: pytest.FixtureRequest, migrated_url: str, tmp_path: Path
) -> AsyncIterator[Town]:
    """The sandbox with a club that has its tables, and is not open yet."""
    async with proven(request, tmp_path, migrated_url) as town:
        yield town


@pytest.fixture
async def town(closed_town: Town) -> Town:
    """The sandbox with the demo bookshop open in it."""
    await closed_town.bot.started()
    return closed_town
