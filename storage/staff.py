"""Staff rows, the claim code of the first owner, and the log of what staff do."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.facts import Facts, decode_all, encode_all
from club.staff import Role, Staff
from storage.statements import insert as insert_or
from storage.tables.members import PRIVATE
from storage.tables.staff import AUDIT_LOG, CLAIMS, STAFF

_WRITE_DOWN = insert(AUDIT_LOG)


async def find(tx: AsyncConnection, user_id: int) -> Staff | None:
    """The person's role, if they have one."""
    statement = select(STAFF).where(STAFF.c.user_id == user_id, STAFF.c.removed_at.is_(None))
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _staff(row)


async def everybody(tx: AsyncConnection) -> list[tuple[Staff, bytes | None]]:
    """All who have a role, each with the sealed name."""
    statement = (
        select(STAFF, PRIVATE.c.name)
        .outerjoin(PRIVATE, PRIVATE.c.staff_id == STAFF.c.user_id)
        .where(STAFF.c.removed_at.is_(None))
        .order_by(STAFF.c.added_at, STAFF.c.user_id)
    )
    return [(_staff(row), row["name"]) for row in (await tx.execute(statement)).mappings()]


async def put(
    tx: AsyncConnection,
    user_id: int,
    role: Role,
    *,
    name: bytes | None,
    added_by: int | None,
    at: datetime,
) -> None:
    """Give a person a role, or another one."""
    values = {"role": role, "added_by": added_by, "added_at": at, "removed_at": None}
    await tx.execute(
        insert_or(tx, STAFF)
        .values(user_id=user_id, **values)
        .on_conflict_do_update(index_elements=["user_id"], set_=values)
    )
    if name is not None:
        await keep_name(tx, user_id, name)


async def keep_name(tx: AsyncConnection, user_id: int, name: bytes) -> None:
    """Write the person's sealed name."""
    await tx.execute(
        insert_or(tx, PRIVATE)
        .values(staff_id=user_id, name=name)
        .on_conflict_do_update(index_elements=["staff_id"], set_={"name": name})
    )


async def name(tx: AsyncConnection, user_id: int) -> bytes | None:
    """The person's sealed name."""
    statement = select(PRIVATE.c.name).where(PRIVATE.c.staff_id == user_id)
    found: bytes | None = (await tx.execute(statement)).scalar_one_or_none()
    return found


async def remove(tx: AsyncConnection, user_id: int, at: datetime) -> None:
    """Take the person's role and name away; the row stays for the log."""
    await tx.execute(update(STAFF).where(STAFF.c.user_id == user_id).values(removed_at=at))
    await tx.execute(PRIVATE.delete().where(PRIVATE.c.staff_id == user_id))


async def count(tx: AsyncConnection) -> int:
    """How many rows there are, removed ones too: 0 only where nobody ever was staff."""
    return int((await tx.execute(select(func.count()).select_from(STAFF))).scalar_one())


async def count_at_least_managers(tx: AsyncConnection, *, but: int | None) -> int:
    """How many there are who may send promotions, without that person."""
    statement = (
        select(func.count())
        .select_from(STAFF)
        .where(STAFF.c.role.in_((Role.MANAGER, Role.OWNER)), STAFF.c.removed_at.is_(None))
    )
    if but is not None:
        statement = statement.where(STAFF.c.user_id != but)
    return int((await tx.execute(statement)).scalar_one())


async def log(tx: AsyncConnection, by: int, action: str, facts: Facts, at: datetime) -> None:
    """Write down who did what, when; ids and figures, never names."""
    row = {"at": at, "by": by, "action": action, "facts": encode_all(facts)}
    await tx.execute(_WRITE_DOWN, row)


async def logged(
    tx: AsyncConnection, by: int, action: str, key: str, since: datetime
) -> dict[str, Any] | None:
    """What was written down since then of that person's action under this key."""
    statement = (
        select(AUDIT_LOG.c.facts)
        .where(AUDIT_LOG.c.at >= since, AUDIT_LOG.c.by == by, AUDIT_LOG.c.action == action)
        .where(AUDIT_LOG.c.facts["key"].as_string() == key)
        .limit(1)
    )
    found = (await tx.execute(statement)).scalar_one_or_none()
    return None if found is None else decode_all(found)


async def add_claim(
    tx: AsyncConnection, code_hash: bytes, expires_at: datetime, tries: int
) -> None:
    """Keep a claim code's hash; older codes end."""
    await tx.execute(CLAIMS.delete())
    await tx.execute(
        insert(CLAIMS).values(code_hash=code_hash, expires_at=expires_at, tries_left=tries)
    )


async def take_try(tx: AsyncConnection) -> RowMapping | None:
    """The open claim, with one try fewer than before; None when there is none left."""
    statement = (
        update(CLAIMS)
        .where(CLAIMS.c.used_at.is_(None), CLAIMS.c.tries_left > 0)
        .values(tries_left=CLAIMS.c.tries_left - 1)
        .returning(CLAIMS)
    )
    found: RowMapping | None = (await tx.execute(statement)).mappings().one_or_none()
    return found


async def use_claim(tx: AsyncConnection, claim_id: int, at: datetime) -> None:
    """The code has done its work."""
    await tx.execute(update(CLAIMS).where(CLAIMS.c.id == claim_id).values(used_at=at))


def _staff(row: RowMapping) -> Staff:
    return Staff(user_id=row["user_id"], role=Role(row["role"]), added_at=row["added_at"])
