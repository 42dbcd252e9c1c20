"""Many rows in one value: a statement that is said once for all of them.

A list of lists as JSON is what both databases can read as a table without a value bound for each
field, and without a statement made anew for each length.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
)

GIVEN = "given"  # The value's name among a statement's parameters.


@cache
def given(dialect: str) -> TableValuedAlias:
    """The rows that a statement is given."""
    if dialect == "sqlite":
        return func.json_each(bindparam(GIVEN, type_=Text)).table_valued("value", name=GIVEN)
    read = func.json_array_elements(cast(bindparam(GIVEN, type_=Text), JSON))
    return read.table_valued("value", name=GIVEN)


def number(dialect: str, place: int) -> ColumnElement[int]:
    """The whole number at that place of each row."""
    return cast(_field(dialect, place), BigInteger)


def word(dialect: str, place: int) -> ColumnElement[str]:
    """The text at that place of each row."""
    return cast(_field(dialect, place), Text)


def packed(rows: Iterable[Sequence[Any]]) -> str:
    """The value for such a statement."""
    return orjson.dumps([tuple(row) for row in rows]).decode()


def _field(dialect: str, place: int) -> ColumnElement[Any]:
    value: ColumnElement[Any] = given(dialect).c.value
    return value.op("->>")(literal_column(str(place)))
