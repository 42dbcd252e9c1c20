"""Holds: who has points set aside, until when, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.holds import HoldState
from storage.tables.holds import HOLDS

# Written out, not bound: only so do both databases see that the partial index fits.
_OPEN = HOLDS.c.state == literal_column("'open'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold as it stands; `transfer_id` is the move that took the points from their lots."""

    id: int
    key: str
    member_id: int
    transfer_id: int
    points: int
    state: HoldState
    made_by: int
    at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: int | None  # None where time did it.


async def add(
    tx: AsyncConnection,
    *,
    key: str,
    member_id: int,
    transfer_id: int,
    points: int,
    made_by: int,
    at: datetime,
    expires_at: datetime,
) -> Hold:
    """Keep a new hold, open."""
    statement = (
        insert(HOLDS)
        .values(
            key=key,
            member_id=member_id,
            transfer_id=transfer_id,
            points=points,
            state=HoldState.OPEN,
            made_by=made_by,
            at=at,
            expires_at=expires_at,
        )
        .returning(HOLDS)
    )
    return _hold((await tx.execute(statement)).mappings().one())


async def end(
    tx: AsyncConnection, hold: Hold, state: HoldState, by: int | None, at: datetime
) -> None:
    """The hold is over."""
    done = await tx.execute(
        update(HOLDS)
        .where(HOLDS.c.id == hold.id, _OPEN)
        .values(state=state, ended_at=at, ended_by=by)
    )
    assert done.rowcount == 1, "the caller looked, behind the member's lock"


async def find(tx: AsyncConnection, hold_id: int) -> Hold | None:
    """The hold of that number."""
    return await _one(tx, HOLDS.c.id == hold_id)


async def find_by_key(tx: AsyncConnection, key: str) -> Hold | None:
    """The hold that was made under that key."""
    return await _one(tx, HOLDS.c.key == key)


async def open_of(tx: AsyncConnection, member_id: int) -> list[Hold]:
    """The member's holds that are not over."""
    return await _all(tx, HOLDS.c.member_id == member_id, _OPEN)


async def of_member(tx: AsyncConnection, member_id: int) -> list[Hold]:
    """All holds of the member, over or not."""
    return await _all(tx, HOLDS.c.member_id == member_id)


async def over(tx: AsyncConnection, at: datetime) -> list[Hold]:
    """Open holds whose time is over, first ones first."""
    return await _all(tx, HOLDS.c.expires_at <= at, _OPEN)


async def next_end(tx: AsyncConnection) -> datetime | None:
    """When the next open hold is over."""
    found: datetime | None = (
        await tx.execute(select(func.min(HOLDS.c.expires_at)).where(_OPEN))
    ).scalar_one()
    return found


async def _one(tx: AsyncConnection, *which: ColumnElement[bool]) -> Hold | None:
    row = (await tx.execute(select(HOLDS).where(*which))).mappings().one_or_none()
    return None if row is None else _hold(row)


async def _all(tx: AsyncConnection, *which: ColumnElement[bool]) -> list[Hold]:
    statement = select(HOLDS).where(*which).order_by(HOLDS.c.expires_at, HOLDS.c.id)
    rows: Sequence[RowMapping] = (await tx.execute(statement)).mappings().all()
    return [_hold(row) for row in rows]


def _hold(row: RowMapping) -> Hold:
    values: dict[str, Any] = dict(row)
    return Hold(**{**values, "state": HoldState(values["state"])})
