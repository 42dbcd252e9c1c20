"""What is known of many customers whose purchases are worked through at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, cast, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import EARNING, wallet
from club.missions import Bought, left_of
from club.tiers import Standing
from storage.counts import COUNTS_STILL
from storage.tables.book import PURCHASES, TRANSFERS
from storage.tables.ladders import STANDINGS
from storage.tables.members import MEMBERS, TAGS
from storage.tables.merges import MERGES
from storage.tables.refunds import TAKEBACKS


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPurchase:
    """A purchase that was not undone."""

    member_id: int
    bought: Bought  # What was refunded is taken off.
    on_ladders: bool  # Whether ladders count it: not where all of it was given back.


async def entangled(tx: AsyncConnection, member_ids: Collection[int]) -> set[int]:
    """Those of them who have brought friends, or into whom others were merged."""
    friend = MEMBERS.alias("friend")
    brought = (
        select(MEMBERS.c.id)
        .join(friend, friend.c.referred_by_code == MEMBERS.c.referral_code)
        .where(MEMBERS.c.id.in_(member_ids))
    )
    merged = select(MERGES.c.target_id).where(MERGES.c.target_id.in_(member_ids))
    return set((await tx.execute(union(brought, merged))).scalars())


async def purchases(
    tx: AsyncConnection, member_ids: Collection[int], since: datetime
) -> list[KeptPurchase]:
    """Their purchases since then, in order of time."""
    statement = (
        select(
            PURCHASES.c.member_id,
            COUNTS_STILL.label("on_ladders"),
            PURCHASES.c.id,
            PURCHASES.c.at,
            PURCHASES.c.amount_minor,
            PURCHASES.c.genres,
            PURCHASES.c.discount_minor,
            PURCHASES.c.refunded_minor,
        )
        .where(
            PURCHASES.c.member_id.in_(member_ids),
            PURCHASES.c.at >= since,
            PURCHASES.c.undone_at.is_(None),
        )
        .order_by(PURCHASES.c.at, PURCHASES.c.id)
    )
    return [
        KeptPurchase(member_id=member_id, bought=left_of(*facts), on_ladders=bool(on_ladders))
        for member_id, on_ladders, *facts in await tx.execute(statement)
    ]


async def buyers(tx: AsyncConnection, member_ids: Collection[int]) -> set[int]:
    """Those of them who have a purchase that was not undone."""
    bought = select(PURCHASES.c.id).where(
        PURCHASES.c.member_id == MEMBERS.c.id, PURCHASES.c.undone_at.is_(None)
    )
    statement = select(MEMBERS.c.id).where(MEMBERS.c.id.in_(member_ids), bought.exists())
    return set((await tx.execute(statement)).scalars())


async def earned(
    tx: AsyncConnection, member_ids: Collection[int], since: datetime
) -> list[tuple[int, datetime, int]]:
    """Points that they have earned since then and that count: (member, when, points)."""
    gone = (
        select(func.coalesce(func.sum(TAKEBACKS.c.points), 0))
        .where(TAKEBACKS.c.transfer_id == TRANSFERS.c.id)
        .scalar_subquery()
    )
    statement = select(
        TRANSFERS.c.target, TRANSFERS.c.at, TRANSFERS.c.points - cast(gone, BigInteger)
    ).where(
        TRANSFERS.c.target.in_([wallet(member_id) for member_id in member_ids]),
        TRANSFERS.c.reason.in_([reason.value for reason in EARNING]),
        TRANSFERS.c.at >= since,
    )
    return [(target // 10, at, points) for target, at, points in await tx.execute(statement)]


async def standings(
    tx: AsyncConnection, member_ids: Collection[int]
) -> dict[tuple[int, str], Standing]:
    """Where they stand as it is kept, by member and ladder."""
    statement = select(STANDINGS).where(STANDINGS.c.member_id.in_(member_ids))
    return {
        (row.member_id, row.ladder): Standing(
            tier=row.tier,
            floor=row.floor,
            since=row.since,
            falls_at=row.falls_at,
            warned_at=row.warned_at,
        )
        for row in await tx.execute(statement)
    }


async def tags(tx: AsyncConnection, member_ids: Collection[int]) -> list[tuple[int, str]]:
    """Their tags: (member, tag)."""
    statement = select(TAGS.c.member_id, TAGS.c.tag).where(TAGS.c.member_id.in_(member_ids))
    return [(row.member_id, row.tag) for row in await tx.execute(statement)]
