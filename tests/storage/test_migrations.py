"""Migrations give exactly the tables in `storage/tables`, constraints included."""

from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from storage.db import Database
from storage.migrations import WrongVersion, head, prepare, version
from storage.tables import METADATA


def shape(connection: Connection) -> dict[str, Any]:
    """All that the database says of its tables, in an order of our own."""
    found = inspect(connection)
    return {
        table: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"])
                for column in found.get_columns(table)
            ],
            "key": found.get_pk_constraint(table),
            "checks": sorted(
                (str(check["name"]), check["sqltext"])
                for check in found.get_check_constraints(table)
            ),
            "unique": sorted(
                (str(unique["name"]), unique["column_names"])
                for unique in found.get_unique_constraints(table)
            ),
            "foreign": sorted(
                (str(key["name"]), key["constrained_columns"], key["referred_table"])
                for key in found.get_foreign_keys(table)
            ),
            "indexes": sorted(
                (
                    str(index["name"]),
                    index["column_names"],
                    index["unique"],
                    sorted((name, str(way)) for name, way in index["dialect_options"].items()),
                )
                for index in found.get_indexes(table)
            ),
        }
        for table in sorted(found.get_table_names())
        if table != "alembic_version"
    }


async def test_migrations_give_the_tables(db: Database) -> None:
    async with db.write() as tx:
        migrated = await tx.run_sync(shape)
        await tx.run_sync(METADATA.drop_all)
        await tx.run_sync(METADATA.create_all)
        assert migrated == await tx.run_sync(shape)
    assert set(migrated) == set(METADATA.tables)
    assert migrated["lots"]["checks"], "checks are looked at"


async def test_a_database_of_this_version_is_left_alone(db: Database) -> None:
    await prepare(db)
    assert await version(db) == head()


@pytest.mark.parametrize(("stored", "found"), [("0001_members", "older"), ("9999_x", "newer")])
async def test_another_version_is_refused(db: Database, stored: str, found: str) -> None:
    async with db.write() as tx:
        await tx.execute(
            text("UPDATE alembic_version SET version_num = :stored"), {"stored": stored}
        )
    with pytest.raises(WrongVersion) as refused:
        await prepare(db)
    assert refused.value.found == found


async def test_the_tables_refuse_what_the_code_asserts(db: Database) -> None:
    statement = (
        "INSERT INTO transfers (key, source, target, points, reason, explanation, at) "
        "VALUES ('k', 2, 3, :points, 'expiry', '{}', 0)"
    )
    for points in (0, -5):
        with pytest.raises(IntegrityError):
            async with db.write() as tx:
                await tx.execute(text(statement), {"points": points})
