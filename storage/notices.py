"""What will expire and was not announced yet, and what letters have announced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.members import Reach
from club.notices import EndingLot
from storage.statements import insert
from storage.tables.book import LOTS
from storage.tables.members import MEMBERS
from storage.tables.notices import EXPIRY_NOTICES

Windows = Sequence[tuple[int, datetime]]

# Written out, not bound: only so do both databases see that the partial index fits.
_OPEN = LOTS.c.remaining > literal_column("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A member who has news to hear, and all that ends within the widest window."""

    member_id: int
    last_day: int | None  # The day of the last letter.
    lots: tuple[EndingLot, ...]


async def ending(tx: AsyncConnection, after: datetime, windows: Windows) -> list[Ending]:
    """Members whom a letter reaches and who have a lot that is news, by member."""
    band = case(
        *((LOTS.c.expires_at <= until, days) for days, until in windows[:-1]), else_=windows[-1][0]
    )
    said = and_(
        EXPIRY_NOTICES.c.member_id == LOTS.c.member_id,
        EXPIRY_NOTICES.c.days == band,
        EXPIRY_NOTICES.c.covered_until >= LOTS.c.expires_at,
        EXPIRY_NOTICES.c.newest_lot >= LOTS.c.id,
    )
    lots = (
        select(
            LOTS.c.member_id,
            LOTS.c.id.label("lot_id"),
            LOTS.c.remaining.label("points"),
            LOTS.c.expires_at.label("ends_at"),
            band.label("days"),
            EXPIRY_NOTICES.c.member_id.is_not(None).label("announced"),
        )
        .join(MEMBERS, MEMBERS.c.id == LOTS.c.member_id)
        .join(EXPIRY_NOTICES, said, isouter=True)
        .where(
            _OPEN,
            LOTS.c.expires_at > after,
            LOTS.c.expires_at <= windows[-1][1],
            MEMBERS.c.agreed_at.is_not(None),
            MEMBERS.c.left_at.is_(None),
            MEMBERS.c.chat_user_id.is_not(None),
            MEMBERS.c.reach == Reach.ACTIVE.value,
        )
        .cte("ending")
    )
    last = (
        select(func.max(EXPIRY_NOTICES.c.day))
        .where(EXPIRY_NOTICES.c.member_id == lots.c.member_id)
        .scalar_subquery()
    )
    news = select(lots.c.member_id).where(~lots.c.announced)
    statement = (
        select(lots, last.label("last_day"))
        .where(lots.c.member_id.in_(news))
        .order_by(lots.c.member_id, lots.c.lot_id)
    )
    return list(_endings((await tx.execute(statement)).mappings()))


async def announce(
    tx: AsyncConnection, written: Sequence[tuple[int, int, int]], windows: Windows, day: int
) -> None:
    """Keep what letters of that day cover: (member, threshold, newest lot) each."""
    rows = [
        {
            "member_id": member_id,
            "days": days,
            "covered_until": until,
            "newest_lot": newest_lot,
            "day": day,
        }
        for member_id, threshold, newest_lot in written
        for days, until in windows
        if days <= threshold
    ]
    if not rows:
        return
    statement = insert(tx, EXPIRY_NOTICES)
    names = ("covered_until", "newest_lot", "day")
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["member_id", "days"],
            set_={name: statement.excluded[name] for name in names},
        ),
        rows,
    )


def _endings(rows: Any) -> Iterator[Ending]:
    for member_id, group in groupby(rows, lambda row: row["member_id"]):
        found = list(group)
        names = EndingLot.__dataclass_fields__
        yield Ending(
            member_id=member_id,
            last_day=found[0]["last_day"],
            lots=tuple(EndingLot(**{name: row[name] for name in names}) for row in found),
        )
