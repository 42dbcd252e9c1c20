"""Points at their end: lots that have expired."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Text,
    bindparam,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import Account, Reason, account_id
from storage.tables.book import LOT_USES, LOTS, TRANSFERS
from storage.tables.members import MEMBERS

# Written out, not bound: only so do both databases see that the partial indexes fit.
_OPEN = LOTS.c.remaining > literal_column("0")
_KEY = literal("expiry:lot:") + cast(LOTS.c.id, Text)


async def expire_lots(tx: AsyncConnection, until: datetime) -> int:
    """Book all that has expired by then, at the moment it did; how many lots these were.

    One move a lot. What was booked before is not open any more.
    """
    over = (_OPEN, LOTS.c.expires_at <= until)
    if tx.dialect.name == "postgresql":  # On SQLite the whole file belongs to this transaction.
        await _lock_holders(tx, over)
    moves = select(
        _KEY,
        LOTS.c.member_id * 10 + Account.WALLET.value,  # The CHECK of the accounts says the same.
        literal(account_id(Account.EXPIRED), BigInteger),
        LOTS.c.remaining,
        literal(Reason.EXPIRY.value),
        literal({}, JSON),
        LOTS.c.expires_at,
    )
    # The lots are locked as well: one that was added since its member was not seen above.
    moves = moves.where(*over).order_by(LOTS.c.id).with_for_update(of=LOTS)
    names = ["key", "source", "target", "points", "reason", "explanation", "at"]
    await tx.execute(insert(TRANSFERS).from_select(names, moves))
    # From here on a lot counts only if it has its move: none that was added meanwhile is emptied.
    uses = (
        select(TRANSFERS.c.id, LOTS.c.id, LOTS.c.remaining)
        .join(TRANSFERS, TRANSFERS.c.key == _KEY)
        .where(*over)
        .order_by(TRANSFERS.c.id)
    )
    await tx.execute(insert(LOT_USES).from_select(["transfer_id", "lot_id", "points"], uses))
    moved = exists().where(TRANSFERS.c.key == _KEY)
    emptied = await tx.execute(update(LOTS).where(*over, moved).values(remaining=0))
    return emptied.rowcount


async def extend(tx: AsyncConnection, member_id: int, ends: datetime, at: datetime) -> None:
    """Let the member's open lots live on; none gets shorter, and none without an end gets one."""
    await extend_all(tx, [(member_id, ends, at)])


async def extend_all(tx: AsyncConnection, rows: Sequence[tuple[int, datetime, datetime]]) -> None:
    """As `extend`, one after the other: (member, end, when) each."""
    statement = (
        update(LOTS)
        .where(LOTS.c.member_id == bindparam("member"), _OPEN)
        .where(LOTS.c.expires_at > bindparam("at"), LOTS.c.expires_at < bindparam("to"))
        .values(expires_at=bindparam("to"))
    )
    values = [{"member": member_id, "to": to, "at": at} for member_id, to, at in rows]
    await tx.execute(statement, values)


async def endless(tx: AsyncConnection, after: int, limit: int) -> list[tuple[int, datetime]]:
    """Open lots that never end, by number, after that one: (number, first moment)."""
    statement = (
        select(LOTS.c.id, LOTS.c.active_from)
        .where(LOTS.c.id > after, _OPEN, LOTS.c.expires_at.is_(None))
        .order_by(LOTS.c.id)
        .limit(limit)
    )
    return [(row.id, row.active_from) for row in await tx.execute(statement)]


async def end(tx: AsyncConnection, ends: Sequence[tuple[int, datetime]]) -> None:
    """Give these lots an end."""
    statement = update(LOTS).where(LOTS.c.id == bindparam("lot")).values(expires_at=bindparam("to"))
    await tx.execute(statement, [{"lot": lot_id, "to": to} for lot_id, to in ends])


async def _lock_holders(tx: AsyncConnection, over: tuple[ColumnElement[bool], ...]) -> None:
    """Lock the members whose lots these are, in the order in which everybody locks several."""
    holders = select(LOTS.c.member_id).where(*over)
    locked = select(MEMBERS.c.id).where(MEMBERS.c.id.in_(holders)).order_by(MEMBERS.c.id)
    await tx.execute(select(func.count()).select_from(locked.with_for_update().subquery()))
