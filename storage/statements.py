"""The one statement that the two databases spell through different dialects.

A statement that is made anew costs as much again as running it. What every purchase says is
therefore made once, with names for its values: here, and at the head of other files.
"""

from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(tx: AsyncConnection, table: Table) -> Any:
    """INSERT with on_conflict_do_nothing() and on_conflict_do_update(), for this database."""
    return (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(table)


def insert_new(tx: AsyncConnection, table: Table, *key: str) -> Any:
    """INSERT that passes over rows whose key, or anything unique, is there already."""
    return _insert_new(tx.dialect.name, table, key)


@cache
def _insert_new(dialect: str, table: Table, key: tuple[str, ...]) -> Any:
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    return statement.on_conflict_do_nothing(index_elements=key or None)
