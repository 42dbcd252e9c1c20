"""History from before the club, many rows a statement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import and_, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.imports import Booked
from club.ledger import Account, wallet
from club.members import number_of
from club.money import Money
from storage.statements import insert as insert_or
from storage.tables.book import ACCOUNTS, PURCHASES
from storage.tables.members import MEMBERS, PRIVATE, TAGS
from storage.tables.merges import MERGES

Value = TypeVar("Value")
_NAMED = MEMBERS.alias("named")  # Who bought under a name, …
_HOLDERS = _NAMED.outerjoin(MERGES, MERGES.c.source_id == _NAMED.c.id).join(
    MEMBERS, MEMBERS.c.id == func.coalesce(MERGES.c.target_id, _NAMED.c.id)
)  # … and whose purchases these are today.
READ_SIZE = 1_000  # Values in one IN list; SQLite takes 32,766 in a statement, older ones 999.


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """What an import needs to know of a customer it writes to."""

    id: int
    external_id: str
    points_earned: int
    agreed_at: datetime | None
    left_at: datetime | None
    has_phone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneHolder:
    """Whose phone it is."""

    member_id: int
    source: str | None
    external_id: str | None
    proved: bool  # A member, who has shared it in the chat.


async def booked(
    tx: AsyncConnection, keys: Sequence[str], names: Mapping[int, frozenset[str]]
) -> dict[str, Booked]:
    """What stands in the book under these keys; `names`: whom members were before merges."""
    found: dict[str, Booked] = {}
    for part in _parts(keys):
        statement = (
            select(
                PURCHASES.c.key,
                PURCHASES.c.member_id,
                PURCHASES.c.amount_minor,
                PURCHASES.c.currency,
                PURCHASES.c.at,
                MEMBERS.c.external_id,
            )
            .join(MEMBERS, MEMBERS.c.id == PURCHASES.c.member_id)
            .where(PURCHASES.c.key.in_(part))
        )
        for row in await tx.execute(statement):
            found[row.key] = Booked(
                where="the book",
                customer=row.external_id or number_of(row.member_id),
                amount=Money(row.amount_minor, row.currency),
                at=row.at,
                also=names.get(row.member_id, frozenset()),
            )
    return found


async def departed(tx: AsyncConnection, source: str) -> set[str]:
    """Customers of that source who left the club."""
    statement = (
        select(_NAMED.c.external_id)
        .select_from(_HOLDERS)
        .where(_NAMED.c.source == source, MEMBERS.c.left_at.is_not(None))
    )
    return set((await tx.execute(statement)).scalars())


async def phone_holders(
    tx: AsyncConnection, phone_hashes: Sequence[bytes]
) -> dict[bytes, PhoneHolder]:
    """The members who have phones of these keyed hashes."""
    found: dict[bytes, PhoneHolder] = {}
    for part in _parts(phone_hashes):
        statement = (
            select(
                PRIVATE.c.phone_hash,
                MEMBERS.c.id,
                MEMBERS.c.source,
                MEMBERS.c.external_id,
                and_(
                    MEMBERS.c.source.is_(None),
                    MEMBERS.c.agreed_at.is_not(None),
                    MEMBERS.c.chat_user_id.is_not(None),
                ).label("proved"),
            )
            .join(MEMBERS, MEMBERS.c.id == PRIVATE.c.member_id)
            .where(PRIVATE.c.phone_hash.in_(part))
        )
        for row in await tx.execute(statement):
            found[row.phone_hash] = PhoneHolder(
                member_id=row.id,
                source=row.source,
                external_id=row.external_id,
                proved=bool(row.proved),
            )
    return found


async def known(tx: AsyncConnection, source: str, external_ids: Collection[str]) -> set[str]:
    """Those of the source's customers who have a row."""
    statement = select(MEMBERS.c.external_id).where(
        MEMBERS.c.source == source, MEMBERS.c.external_id.in_(external_ids)
    )
    return set((await tx.execute(statement)).scalars())


async def points_earned(
    tx: AsyncConnection, source: str, external_ids: Sequence[str]
) -> dict[str, int]:
    """What those of the source's customers whom the club knows have earned ever."""
    found: dict[str, int] = {}
    for part in _parts(external_ids):
        statement = (
            select(_NAMED.c.external_id, MEMBERS.c.points_earned)
            .select_from(_HOLDERS)
            .where(_NAMED.c.source == source, _NAMED.c.external_id.in_(part))
        )
        found |= {row.external_id: row.points_earned for row in await tx.execute(statement)}
    return found


async def ids(tx: AsyncConnection, source: str, external_ids: Collection[str]) -> dict[str, int]:
    """Who the source's customers are today."""
    statement = (
        select(_NAMED.c.external_id, MEMBERS.c.id)
        .select_from(_HOLDERS)
        .where(_NAMED.c.source == source, _NAMED.c.external_id.in_(external_ids))
    )
    return {row.external_id: row.id for row in await tx.execute(statement)}


async def lock(
    tx: AsyncConnection, source: str, external_ids: Collection[str]
) -> dict[str, Customer]:
    """The source's customers, locked in order of their ids; by their ids there.

    Who was merged is the member into whom they went.
    """
    statement = (
        select(
            MEMBERS.c.id,
            _NAMED.c.external_id,
            MEMBERS.c.points_earned,
            MEMBERS.c.agreed_at,
            MEMBERS.c.left_at,
            PRIVATE.c.phone.is_not(None).label("has_phone"),
        )
        .select_from(_HOLDERS.outerjoin(PRIVATE, PRIVATE.c.member_id == MEMBERS.c.id))
        .where(_NAMED.c.source == source, _NAMED.c.external_id.in_(external_ids))
        .order_by(MEMBERS.c.id)
        .with_for_update(of=MEMBERS)
    )
    rows = (await tx.execute(statement)).mappings()
    return {row["external_id"]: Customer(**row) for row in rows}


async def add_customers(tx: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Rows of members with their wallets; how many were new."""
    statement = (
        insert_or(tx, MEMBERS)
        .on_conflict_do_nothing(index_elements=["source", "external_id"])
        .returning(MEMBERS.c.id)
    )
    ids = sorted((await tx.execute(statement, rows)).scalars())
    if ids:
        wallets = [{"id": wallet(id_), "kind": Account.WALLET, "member_id": id_} for id_ in ids]
        await tx.execute(insert(ACCOUNTS), wallets)
    return len(ids)


async def add_phones(tx: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep sealed phones of customers who have none."""
    statement = insert_or(tx, PRIVATE)
    statement = statement.on_conflict_do_update(
        index_elements=["member_id"],
        set_={"phone": statement.excluded.phone, "phone_hash": statement.excluded.phone_hash},
    )
    await tx.execute(statement, rows)


async def add_purchases(tx: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Record purchases; key → id."""
    statement = insert(PURCHASES).returning(PURCHASES.c.key, PURCHASES.c.id)
    return {row.key: row.id for row in await tx.execute(statement, rows)}


async def add_tags(tx: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add tags that are not there yet; the first purchase that brought one stays its reason."""
    await tx.execute(insert_or(tx, TAGS).on_conflict_do_nothing(), rows)


async def put_earned(tx: AsyncConnection, rows: Sequence[tuple[int, int]]) -> None:
    """Write points ever earned of members: (id, points)."""
    statement = (
        update(MEMBERS)
        .where(MEMBERS.c.id == bindparam("member"))
        .values(points_earned=bindparam("earned"))
    )
    values = [{"member": id_, "earned": earned} for id_, earned in rows]
    await tx.execute(statement, values)


def _parts(values: Sequence[Value]) -> list[Sequence[Value]]:
    return [values[start : start + READ_SIZE] for start in range(0, len(values), READ_SIZE)]
