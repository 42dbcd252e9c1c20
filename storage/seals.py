"""The chain over the moves, and up to which move no other can come before it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    LargeBinary,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.seals import FIRST
from storage.statements import insert
from storage.tables.book import TRANSFERS
from storage.tables.seals import SEALS

# Who writes moves holds this lock from before they take a number until they are committed.
_AT_WORK = text("""
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'transfers'::regclass
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND mode = 'RowExclusiveLock' AND granted
""")


@dataclass(frozen=True, slots=True)
class Seal:
    """A move's place in the chain."""

    position: int
    transfer_id: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """The latest move that was seen, and the transactions that may still add an earlier one."""

    upto: int
    at_work: frozenset[str]


async def mark(tx: AsyncConnection) -> Mark:
    """What stands now. The number first: whoever had taken an earlier one is seen after it."""
    upto = (await tx.execute(select(func.max(TRANSFERS.c.id)))).scalar_one()
    return Mark(upto or 0, await _at_work(tx))


async def is_settled(tx: AsyncConnection, mark: Mark) -> bool:
    """Whether all who were at work at the mark have come to their end."""
    return not (mark.at_work and mark.at_work & await _at_work(tx))


async def last(tx: AsyncConnection) -> Seal:
    """The end of the chain."""
    statement = select(SEALS).order_by(SEALS.c.position.desc()).limit(1)
    row = (await tx.execute(statement)).one_or_none()
    return Seal(0, 0, FIRST) if row is None else Seal(*row)


async def moves(
    tx: AsyncConnection, after: int, upto: int, limit: int
) -> Sequence[tuple[int, bytes]]:
    """The moves that come next, in the order of their numbers, each as it is sealed."""
    statement = (
        select(TRANSFERS.c.id, _body(tx))
        .where(TRANSFERS.c.id > after, TRANSFERS.c.id <= upto)
        .order_by(TRANSFERS.c.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await tx.execute(statement)]


async def add(tx: AsyncConnection, seals: Sequence[Seal]) -> None:
    """Put seals at the end; those that another process has put there meanwhile are the same."""
    rows = [
        {"position": one.position, "transfer_id": one.transfer_id, "hash": one.hash}
        for one in seals
    ]
    await tx.execute(insert(tx, SEALS).on_conflict_do_nothing(), rows)


async def chain(
    tx: AsyncConnection, after: int, limit: int
) -> Sequence[tuple[int, int, bytes, bytes | None]]:
    """The seals after that position, each with its move as it stands now."""
    body = case((TRANSFERS.c.id.is_not(None), _body(tx)))
    statement = (
        select(SEALS.c.position, SEALS.c.transfer_id, SEALS.c.hash, body)
        .select_from(SEALS.outerjoin(TRANSFERS, TRANSFERS.c.id == SEALS.c.transfer_id))
        .where(SEALS.c.position > after)
        .order_by(SEALS.c.position)
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in await tx.execute(statement)]


async def unsealed(tx: AsyncConnection, after: int) -> int:
    """How many moves have come since that one."""
    statement = select(func.count()).where(TRANSFERS.c.id > after)
    return int((await tx.execute(statement)).scalar_one())


async def put_in(tx: AsyncConnection, before: int, limit: int) -> Sequence[int]:
    """Moves that stand before that one, and were not sealed with it."""
    seals = SEALS.alias()
    statement = (
        select(TRANSFERS.c.id)
        .outerjoin(seals, seals.c.transfer_id == TRANSFERS.c.id)
        .where(TRANSFERS.c.id < before, seals.c.position.is_(None))
        .order_by(TRANSFERS.c.id)
        .limit(limit)
    )
    return list((await tx.execute(statement)).scalars())


async def _at_work(tx: AsyncConnection) -> frozenset[str]:
    if tx.dialect.name == "sqlite":  # One writer: numbers are taken in the order of the commits.
        return frozenset()
    return frozenset((await tx.execute(_AT_WORK)).scalars())


def _body(tx: AsyncConnection) -> ColumnElement[Any]:
    """A move as bytes, the same on both databases: its columns, each with its length before it.

    Made by the database, so that text which is no text any more can be read as well.
    """
    columns = TRANSFERS.c
    numbers = (columns.id, columns.source, columns.target, columns.points, columns.purchase_id)
    words = (columns.key, columns.reason, columns.explanation, columns.rule)
    fields = (*numbers, type_coerce(columns.at, BigInteger), *words)
    body: ColumnElement[Any] = literal("1")  # Which columns, in which order.
    for field in fields:
        value = cast(field, Text)
        told = cast(_octets(tx, value), Text).concat(":").concat(value)
        body = body.concat(";").concat(func.coalesce(told, "-"))
    if tx.dialect.name == "sqlite":
        return cast(body, LargeBinary)
    return func.convert_to(body, "UTF8", type_=LargeBinary)


def _octets(tx: AsyncConnection, value: ColumnElement[Any]) -> ColumnElement[Any]:
    if tx.dialect.name == "sqlite":  # octet_length() is younger than some of its libraries.
        return func.length(cast(value, LargeBinary))
    return func.octet_length(value)
