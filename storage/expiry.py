"""Points at their end: lots that have expired, and members whose points soon will."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from club.members import Reach
from storage.tables.book import LOT_USES, LOTS, TRANSFERS
from storage.tables.members import MEMBERS
from storage.tables.outbox import OUTBOX

# Written out, not bound: only so do both databases see that the partial indexes fit.
_OPEN = LOTS.c.remaining > literal_column("0")
_KEY = literal("expiry:lot:") + cast(LOTS.c.id, Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a member will lose within a window."""

    member_id: int
    points: int
    first_end: datetime
    last_end: datetime
    newest_lot: int


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


async def ending(tx: AsyncConnection, after: datetime, until: datetime) -> list[Ending]:
    """Members whom a letter reaches and whose points end in (after, until], by member."""
    statement = (
        select(
            LOTS.c.member_id,
            cast(func.sum(LOTS.c.remaining), BigInteger).label("points"),
            func.min(LOTS.c.expires_at).label("first_end"),
            func.max(LOTS.c.expires_at).label("last_end"),
            func.max(LOTS.c.id).label("newest_lot"),
        )
        .join(MEMBERS, MEMBERS.c.id == LOTS.c.member_id)
        .where(
            _OPEN,
            LOTS.c.expires_at > after,
            LOTS.c.expires_at <= until,
            MEMBERS.c.agreed_at.is_not(None),
            MEMBERS.c.left_at.is_(None),
            MEMBERS.c.chat_user_id.is_not(None),
            MEMBERS.c.reach == Reach.ACTIVE.value,
        )
        .group_by(LOTS.c.member_id)
        .order_by(LOTS.c.member_id)
    )
    return [Ending(**row) for row in (await tx.execute(statement)).mappings()]


async def announced(tx: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which there is a letter."""
    return set((await tx.execute(select(OUTBOX.c.key).where(OUTBOX.c.key.in_(keys)))).scalars())


async def _lock_holders(tx: AsyncConnection, over: tuple[ColumnElement[bool], ...]) -> None:
    """Lock the members whose lots these are, in the order in which everybody locks several."""
    holders = select(LOTS.c.member_id).where(*over)
    locked = select(MEMBERS.c.id).where(MEMBERS.c.id.in_(holders)).order_by(MEMBERS.c.id)
    await tx.execute(select(func.count()).select_from(locked.with_for_update().subquery()))
