"""Column types that both databases store alike, and the names of constraints."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, kept as whole milliseconds: small, sorted, the same on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To milliseconds since 1970; asserts on a time without a zone."""
        if value is None:
            return None
        assert value.tzinfo is not None, "times carry their zone"
        return round(value.timestamp() * 1000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Back to UTC."""
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def number() -> BigInteger:
    """A key that may pass two thousand million, and still counts by itself on SQLite."""
    return BigInteger().with_variant(Integer(), "sqlite")


def one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    """The SQL says again which words the code knows."""
    words = ", ".join(f"'{kind.value}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


def identity() -> Column[Any]:
    """The table's own number."""
    return Column("id", number(), primary_key=True, autoincrement=True)


def word(name: str, *, nullable: bool = False) -> Column[Any]:
    """A short text from a known set."""
    return Column(name, Text, nullable=nullable)
