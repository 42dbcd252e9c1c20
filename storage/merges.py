"""Which customers from before the club went into which members."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import Reason
from storage.statements import insert as insert_or
from storage.tables.book import LOT_USES, LOTS, PURCHASES, TRANSFERS
from storage.tables.members import LINKS, MEMBERS, TAGS
from storage.tables.merges import MERGES
from storage.tables.outbox import OUTBOX


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRow:
    """A merge that stands: `source_id` went into `target_id`."""

    source_id: int
    target_id: int
    points: int
    points_earned: int
    at: datetime


async def add(tx: AsyncConnection, merge: MergeRow) -> None:
    """Keep it; the table's key stops a second one of the same customer."""
    values = {name: getattr(merge, name) for name in MergeRow.__dataclass_fields__}
    await tx.execute(insert(MERGES).values(**values))


async def find(tx: AsyncConnection, source_id: int) -> MergeRow | None:
    """Into whom that customer went, and with what."""
    statement = select(MERGES).where(MERGES.c.source_id == source_id)
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else MergeRow(**row)


async def names(tx: AsyncConnection, source: str) -> dict[int, frozenset[str]]:
    """Under which of the source's names members stood before they were merged."""
    statement = (
        select(MERGES.c.target_id, MEMBERS.c.external_id)
        .join(MEMBERS, MEMBERS.c.id == MERGES.c.source_id)
        .where(MEMBERS.c.source == source)
    )
    found: dict[int, set[str]] = defaultdict(set)
    for row in await tx.execute(statement):
        found[row.target_id].add(row.external_id)
    return {member_id: frozenset(known) for member_id, known in found.items()}


async def names_of(tx: AsyncConnection, target_id: int) -> list[tuple[str, str]]:
    """Source and name of every customer who went into the member."""
    statement = (
        select(MEMBERS.c.source, MEMBERS.c.external_id)
        .join(MERGES, MERGES.c.source_id == MEMBERS.c.id)
        .where(MERGES.c.target_id == target_id)
        .order_by(MEMBERS.c.id)
    )
    return [(row.source, row.external_id) for row in await tx.execute(statement)]


async def asked(tx: AsyncConnection, keys: Sequence[str]) -> bool:
    """Whether a letter has asked this, or told of the answer."""
    statement = select(OUTBOX.c.id).where(OUTBOX.c.key.in_(keys)).limit(1)
    return (await tx.execute(statement)).scalar_one_or_none() is not None


async def purchases_of_lots(tx: AsyncConnection, member_id: int) -> dict[int, int]:
    """Which of the member's open lots a purchase brought: lot → purchase."""
    statement = (
        select(LOTS.c.id, TRANSFERS.c.purchase_id)
        .join(TRANSFERS, TRANSFERS.c.id == LOTS.c.transfer_id)
        .where(LOTS.c.member_id == member_id, LOTS.c.remaining > 0)
        .where(TRANSFERS.c.purchase_id.is_not(None), TRANSFERS.c.reason != Reason.RETURN)
    )
    return {row.id: row.purchase_id for row in await tx.execute(statement)}


async def empty(tx: AsyncConnection, uses: Sequence[tuple[int, int, int]]) -> None:
    """Lots whose whole rest was moved: (transfer, lot, points)."""
    rows = [
        {"transfer_id": transfer_id, "lot_id": lot_id, "points": points}
        for transfer_id, lot_id, points in uses
    ]
    await tx.execute(insert(LOT_USES), rows)
    statement = update(LOTS).where(LOTS.c.id == bindparam("lot"))
    values = [{"lot": lot_id, "taken": points} for _, lot_id, points in uses]
    await tx.execute(statement.values(remaining=LOTS.c.remaining - bindparam("taken")), values)


async def hand_over(tx: AsyncConnection, source_id: int, target_id: int, at: datetime) -> None:
    """Purchases and likings go to the member; links of the customer end."""
    await tx.execute(
        update(PURCHASES).where(PURCHASES.c.member_id == source_id).values(member_id=target_id)
    )
    likings = (await tx.execute(select(TAGS).where(TAGS.c.member_id == source_id))).mappings()
    rows = [dict(row) | {"member_id": target_id} for row in likings]
    if rows:
        await tx.execute(insert_or(tx, TAGS).on_conflict_do_nothing(), rows)
    await tx.execute(
        update(LINKS)
        .where(LINKS.c.member_id == source_id, LINKS.c.used_at.is_(None))
        .values(used_at=at)
    )
