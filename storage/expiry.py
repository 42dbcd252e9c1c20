"""Points at their end: lots that have expired."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Text,
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


async def _lock_holders(tx: AsyncConnection, over: tuple[ColumnElement[bool], ...]) -> None:
    """Lock the members whose lots these are, in the order in which everybody locks several."""
    holders = select(LOTS.c.member_id).where(*over)
    locked = select(MEMBERS.c.id).where(MEMBERS.c.id.in_(holders)).order_by(MEMBERS.c.id)
    await tx.execute(select(func.count()).select_from(locked.with_for_update().subquery()))
