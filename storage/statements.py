"""The one statement that the two databases spell through different dialects."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(tx: AsyncConnection, table: Table) -> Any:
    """INSERT with on_conflict_do_nothing() and on_conflict_do_update(), for this database."""
    return (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(table)
