"""The book on disk: moves are only ever added, lots lose what is taken from them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, RowMapping, bindparam, cast, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.facts import decode_all, encode_all
from club.ledger import Account, Grant, Lot, Reason, Spend, Transfer, account_id, wallet
from storage.statements import insert as insert_or
from storage.tables.book import ACCOUNTS, LOT_RETURNS, LOT_USES, LOTS, TRANSFERS

_OPEN_LOTS = (
    select(LOTS.c.id, LOTS.c.points, LOTS.c.remaining, LOTS.c.active_from, LOTS.c.expires_at)
    .where(LOTS.c.member_id == bindparam("holder"), LOTS.c.remaining > 0)
    .order_by(LOTS.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a move took from a lot, and what there is to know when it comes back."""

    lot_id: int
    points: int
    member_id: int  # Whose lot it is.
    active_from: datetime
    expires_at: datetime | None


async def find(tx: AsyncConnection, key: str) -> Transfer | None:
    """The move that was booked under that key."""
    row = (await tx.execute(select(TRANSFERS).where(TRANSFERS.c.key == key))).mappings()
    found = row.one_or_none()
    return None if found is None else transfer_of(found)


async def add_grant(
    tx: AsyncConnection, member_id: int, granted: Grant, purchase_id: int | None = None
) -> None:
    """Book a grant: its move and its lot."""
    transfer_id = await _add(tx, granted.transfer, purchase_id)
    await tx.execute(
        insert(LOTS).values(
            member_id=member_id,
            transfer_id=transfer_id,
            points=granted.transfer.points,
            remaining=granted.transfer.points,
            active_from=granted.active_from,
            expires_at=granted.expires_at,
        )
    )


async def add_spend(tx: AsyncConnection, spent: Spend, purchase_id: int | None = None) -> int:
    """Book a spend and take it from its lots; its id. The table's CHECK stops a lot below zero."""
    transfer_id = await _add(tx, spent.transfer, purchase_id)
    await tx.execute(
        insert(LOT_USES),
        [
            {"transfer_id": transfer_id, "lot_id": lot_id, "points": points}
            for lot_id, points in spent.uses
        ],
    )
    for lot_id, points in spent.uses:
        await tx.execute(
            update(LOTS).where(LOTS.c.id == lot_id).values(remaining=LOTS.c.remaining - points)
        )
    return transfer_id


async def add_move(tx: AsyncConnection, transfer: Transfer, purchase_id: int | None = None) -> int:
    """Book a move that concerns no lot; its id."""
    return await _add(tx, transfer, purchase_id)


async def add_return(
    tx: AsyncConnection,
    transfer: Transfer,
    returns: Sequence[tuple[int, int]],
    purchase_id: int | None = None,
) -> int:
    """Book a move into the wallet that brings (lot, points) back; its id.

    Only into lots of the wallet's member that have not expired: what came from another needs a
    new lot, by a grant.
    """
    assert sum(points for _, points in returns) == transfer.points, "all goes into lots"
    transfer_id = await _add(tx, transfer, purchase_id)
    await tx.execute(
        insert(LOT_RETURNS),
        [
            {"transfer_id": transfer_id, "lot_id": lot_id, "points": points}
            for lot_id, points in returns
        ],
    )
    for lot_id, points in returns:
        alive = or_(LOTS.c.expires_at.is_(None), LOTS.c.expires_at > transfer.at)
        own = LOTS.c.member_id * 10 + Account.WALLET.value == transfer.target
        done = await tx.execute(
            update(LOTS)
            .where(LOTS.c.id == lot_id, alive, own)
            .values(remaining=LOTS.c.remaining + points)
        )
        assert done.rowcount == 1, "the caller looked, behind the member's lock"
    return transfer_id


async def uses_of(tx: AsyncConnection, transfer_id: int) -> list[Use]:
    """What that move took from lots, in the order in which it would be spent again."""
    statement = (
        select(
            LOT_USES.c.lot_id,
            LOT_USES.c.points,
            LOTS.c.member_id,
            LOTS.c.active_from,
            LOTS.c.expires_at,
        )
        .join(LOTS, LOTS.c.id == LOT_USES.c.lot_id)
        .where(LOT_USES.c.transfer_id == transfer_id)
        .order_by(LOTS.c.expires_at.is_(None), LOTS.c.expires_at, LOT_USES.c.lot_id)
    )
    return [Use(**row) for row in (await tx.execute(statement)).mappings()]


async def open_account(tx: AsyncConnection, kind: Account, member_id: int) -> int:
    """The member's account of that kind, made when it is first needed; its number."""
    number = account_id(kind, member_id)
    await tx.execute(
        insert_or(tx, ACCOUNTS)
        .values(id=number, kind=kind, member_id=member_id)
        .on_conflict_do_nothing(index_elements=["id"])
    )
    return number


async def standing(tx: AsyncConnection, account: int) -> int:
    """What the moves have left in an account."""
    given, taken = (
        select(func.coalesce(func.sum(TRANSFERS.c.points), 0)).where(side == account)
        for side in (TRANSFERS.c.target, TRANSFERS.c.source)
    )
    statement = select(given.scalar_subquery() - taken.scalar_subquery())
    return int((await tx.execute(statement)).scalar_one())


async def lots(tx: AsyncConnection, member_id: int) -> list[Lot]:
    """The member's lots that hold anything, expired or not."""
    rows = await tx.execute(_OPEN_LOTS, {"holder": member_id})
    return [Lot(**row) for row in rows.mappings()]


async def balances(
    tx: AsyncConnection, member_ids: Collection[int], at: datetime
) -> dict[int, int]:
    """What these members can spend at that moment; who has nothing is not in it."""
    alive = or_(LOTS.c.expires_at.is_(None), LOTS.c.expires_at > at)
    statement = (
        select(LOTS.c.member_id, cast(func.sum(LOTS.c.remaining), BigInteger).label("points"))
        .where(LOTS.c.member_id.in_(member_ids), LOTS.c.remaining > 0)
        .where(LOTS.c.active_from <= at, alive)
        .group_by(LOTS.c.member_id)
    )
    return {row.member_id: row.points for row in await tx.execute(statement)}


async def moves(
    tx: AsyncConnection, member_id: int, limit: int, offset: int
) -> tuple[Sequence[Transfer], int]:
    """The member's moves, latest first, and how many there are in all."""
    mine = or_(TRANSFERS.c.source == wallet(member_id), TRANSFERS.c.target == wallet(member_id))
    statement = (
        select(TRANSFERS)
        .where(mine)
        .order_by(TRANSFERS.c.at.desc(), TRANSFERS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    found = [transfer_of(row) for row in (await tx.execute(statement)).mappings()]
    total = await tx.execute(select(func.count()).select_from(TRANSFERS).where(mine))
    return found, int(total.scalar_one())


async def _add(tx: AsyncConnection, transfer: Transfer, purchase_id: int | None) -> int:
    statement = (
        insert(TRANSFERS)
        .values(
            key=transfer.key,
            source=transfer.source,
            target=transfer.target,
            points=transfer.points,
            reason=transfer.reason,
            explanation=encode_all(transfer.explanation),
            rule=transfer.rule,
            purchase_id=purchase_id,
            at=transfer.at,
        )
        .returning(TRANSFERS.c.id)
    )
    return int((await tx.execute(statement)).scalar_one())


def transfer_of(row: RowMapping) -> Transfer:
    """A row of the moves as the book knows it."""
    at: datetime = row["at"]
    return Transfer(
        key=row["key"],
        source=row["source"],
        target=row["target"],
        points=row["points"],
        reason=Reason(row["reason"]),
        at=at,
        explanation=decode_all(row["explanation"]),
        rule=row["rule"],
    )
