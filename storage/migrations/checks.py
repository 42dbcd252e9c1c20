"""Changing what a table allows, without copying it."""

import re
from collections.abc import Sequence

from alembic import op
from sqlalchemy import text


def know_words(table: str, column: str, words: Sequence[str]) -> None:
    """From now on the column may hold these words; rows stay as they are."""
    known = ", ".join(repr(word) for word in words)
    write_check(table, f"{column}_known", f"{column} IN ({known})")


def write_check(table: str, name: str, condition: str) -> None:
    """The table's CHECK of that name has this condition from now on; rows stay as they are.

    SQLite has no ALTER for a CHECK, and a copied table would lose those that refer to it. The
    text of the schema is changed instead, as its manual allows where nothing on disk changes.
    """
    name = f"ck_{table}_{name}"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, text(condition))
        return
    pattern = rf"CONSTRAINT {name} CHECK (\((?:[^()]|\([^()]*\))*\))"
    _write_schema(table, pattern, f"CONSTRAINT {name} CHECK ({condition})")


def add_check(table: str, name: str, condition: str) -> None:
    """The table has this CHECK too from now on; its rows are taken to agree with it."""
    name = f"ck_{table}_{name}"
    if op.get_bind().dialect.name == "postgresql":
        op.create_check_constraint(op.f(name), table, text(condition))
        return
    _write_schema(table, r"\)\s*$", f", CONSTRAINT {name} CHECK ({condition}))")


def leave_out(table: str, column: str) -> None:
    """The column may be left out, as NULL, from now on."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, column, nullable=True)
        return
    _write_schema(table, rf'(["\s]{column}"? [A-Z]+) NOT NULL', r"\1")


def _write_schema(table: str, pattern: str, written: str) -> None:
    connection = op.get_bind()
    found = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"),
        {"table": table},
    ).scalar_one()
    changed, changes = re.subn(pattern, written, found)
    assert changes == 1, "what is changed stands there once"
    version = connection.execute(text("PRAGMA schema_version")).scalar_one()
    connection.execute(text("PRAGMA writable_schema = ON"))
    connection.execute(
        text("UPDATE sqlite_master SET sql = :changed WHERE type = 'table' AND name = :table"),
        {"changed": changed, "table": table},
    )
    connection.execute(text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(text("PRAGMA writable_schema = RESET"))
