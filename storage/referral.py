"""Who brought whom: kept as the code that a member came with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import Reason, wallet
from club.members import Member
from club.referral import INVITER
from storage import members as members_store
from storage.tables.book import PURCHASES, TRANSFERS
from storage.tables.members import MEMBERS, PRIVATE
from storage.takebacks import GONE

CHAIN_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendRow:
    """Somebody who joined by a member's link; the name is sealed."""

    member_id: int
    name: bytes | None
    joined_at: datetime
    bought: bool


async def owner(tx: AsyncConnection, code: str) -> Member | None:
    """The member whose code this is."""
    statement = select(MEMBERS.c.id).where(MEMBERS.c.referral_code == code)
    found = (await tx.execute(statement)).scalar_one_or_none()
    return None if found is None else await members_store.find(tx, found)


async def chain(tx: AsyncConnection, member_id: int) -> tuple[int, ...]:
    """Who brought the member, who brought that one, and so on; the nearest first."""
    inviter = MEMBERS.alias("inviter")
    found: list[int] = []
    while len(found) < CHAIN_LENGTH:
        statement = (
            select(inviter.c.id)
            .join(MEMBERS, MEMBERS.c.referred_by_code == inviter.c.referral_code)
            .where(MEMBERS.c.id == member_id)
        )
        above = (await tx.execute(statement)).scalar_one_or_none()
        if above is None or above in found:
            break
        found.append(above)
        member_id = above
    return tuple(found)


async def friends(
    tx: AsyncConnection, code: str, limit: int, offset: int
) -> tuple[Sequence[FriendRow], int]:
    """Those who joined by this code, latest first, and how many there are in all."""
    mine = (
        (MEMBERS.c.referred_by_code == code)
        & MEMBERS.c.agreed_at.is_not(None)
        & MEMBERS.c.left_at.is_(None)
    )
    bought = exists().where(PURCHASES.c.member_id == MEMBERS.c.id, PURCHASES.c.undone_at.is_(None))
    statement = (
        select(
            MEMBERS.c.id.label("member_id"),
            PRIVATE.c.name,
            MEMBERS.c.agreed_at.label("joined_at"),
            bought.label("bought"),
        )
        .join(PRIVATE, PRIVATE.c.member_id == MEMBERS.c.id, isouter=True)
        .where(mine)
        .order_by(MEMBERS.c.agreed_at.desc(), MEMBERS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    found = [FriendRow(**row) for row in (await tx.execute(statement)).mappings()]
    total = await tx.execute(select(func.count()).select_from(MEMBERS).where(mine))
    return found, int(total.scalar_one())


async def booked(tx: AsyncConnection, keys: Sequence[str]) -> bool:
    """Whether any move stands under one of these keys."""
    statement = select(TRANSFERS.c.id).where(TRANSFERS.c.key.in_(keys)).limit(1)
    return (await tx.execute(statement)).first() is not None


async def brought(tx: AsyncConnection, member_id: int) -> dict[int, int]:
    """Points that the member has for each friend they brought; not those taken back."""
    statement = select(TRANSFERS.c.key, (TRANSFERS.c.points - GONE).label("points")).where(
        TRANSFERS.c.target == wallet(member_id), TRANSFERS.c.reason == Reason.REFERRAL
    )
    found: dict[int, int] = {}
    for row in await tx.execute(statement):
        _, friend, *_ = row.key.split(":")
        if INVITER in row.key.split(":"):
            found[int(friend)] = found.get(int(friend), 0) + int(row.points)
    return found
