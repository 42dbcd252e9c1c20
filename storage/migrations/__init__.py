"""Brings a database to the tables this program expects, and says where it stands."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from storage.db import Database, NoDatabase
from storage.owners import number_of

HERE = Path(__file__).parent
MIGRATING = "migrating"


class WrongVersion(RuntimeError):
    """The database is of another version; `found` is older or newer."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(found)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The version that this program expects."""
    version = ScriptDirectory.from_config(_config()).get_current_head()
    assert version is not None, "there are migrations"
    return version


async def migrate(db: Database) -> None:
    """Bring the database to head(), in one transaction; raises WrongVersion for a newer one."""
    if (found := await version(db)) is not None and found not in _known():
        raise WrongVersion("newer")
    async with db.write() as tx:
        if not db.is_sqlite:  # There a writer is alone; here two may open a new club at once.
            await tx.execute(select(func.pg_advisory_xact_lock(number_of(MIGRATING))))
        await tx.run_sync(lambda connection: command.upgrade(_config(connection), "head"))


async def version(db: Database) -> str | None:
    """The database's version; None when it is empty."""
    async with db.read() as tx:
        return await tx.run_sync(
            lambda connection: MigrationContext.configure(connection).get_current_revision()
        )


async def prepare(db: Database, *, make: bool = True) -> None:
    """Migrate an empty database, or raise NoDatabase for it; WrongVersion for another one."""
    found = await version(db)
    if found is None and not make:
        raise NoDatabase("the database is empty")
    if found is None:
        await migrate(db)
    elif found != head():
        raise WrongVersion("older" if found in _known() else "newer")


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
