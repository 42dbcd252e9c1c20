"""What ladders count, one by one, so that it can be told when it will count no longer."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.forecasts import Deed
from club.ladders import Counted
from club.ledger import EARNING, Account, wallet
from club.windows import Window
from storage.counts import COUNTS_STILL, bounds, within
from storage.tables.book import PURCHASES, TRANSFERS
from storage.tables.members import MEMBERS
from storage.tables.merges import MERGES
from storage.takebacks import GONE


async def of_members(
    tx: AsyncConnection, counted: Sequence[Counted], member_ids: Sequence[int], window: Window
) -> dict[int, list[Deed]]:
    """All that counts of these members within the window, by member."""
    found: dict[int, list[Deed]] = defaultdict(list)
    for of in counted:
        for statement in _statements(of, member_ids):
            for row in await tx.execute(statement, bounds("deeds", window)):
                found[row.member_id].append(Deed(of=of, at=row.at, count=row.much))
    return found


def _statements(of: Counted, member_ids: Sequence[int]) -> tuple[Select[Any], ...]:
    match of:
        case "points":
            return _points(member_ids)
        case "referrals":
            return (_friends(member_ids),)
        case "amount":
            return (_bought(member_ids, PURCHASES.c.amount_minor - PURCHASES.c.refunded_minor),)
        case "purchases":
            return (_bought(member_ids, literal(1)),)


def _bought(member_ids: Sequence[int], much: ColumnElement[int]) -> Select[Any]:
    return select(PURCHASES.c.member_id, PURCHASES.c.at, much.label("much")).where(
        PURCHASES.c.member_id.in_(member_ids), within(PURCHASES.c.at, "deeds"), COUNTS_STILL
    )


def _friends(member_ids: Sequence[int]) -> Select[Any]:
    """Friends whom they brought, by the first purchase of each that counts."""
    friend, first = MEMBERS.alias("friend"), func.min(PURCHASES.c.at)
    return (
        select(MEMBERS.c.id.label("member_id"), first.label("at"), literal(1).label("much"))
        .join(friend, friend.c.referred_by_code == MEMBERS.c.referral_code)
        .join(PURCHASES, PURCHASES.c.member_id == friend.c.id)
        .where(
            MEMBERS.c.id.in_(member_ids),
            friend.c.agreed_at.is_not(None),
            friend.c.left_at.is_(None),
            COUNTS_STILL,
        )
        .group_by(MEMBERS.c.id, friend.c.id)
        .having(within(first, "deeds"))
    )


def _points(member_ids: Sequence[int]) -> tuple[Select[Any], ...]:
    """What they earned, and what customers earned who were merged into them."""
    much = (TRANSFERS.c.points - GONE).label("much")
    earned = (
        TRANSFERS.c.reason.in_([reason.value for reason in EARNING]),
        within(TRANSFERS.c.at, "deeds"),
    )
    holder = (TRANSFERS.c.target // literal(10)).label("member_id")
    own = select(holder, TRANSFERS.c.at, much).where(
        TRANSFERS.c.target.in_([wallet(id_) for id_ in member_ids]), *earned
    )
    merged = (
        select(MERGES.c.target_id.label("member_id"), TRANSFERS.c.at, much)
        .join(TRANSFERS, TRANSFERS.c.target == MERGES.c.source_id * 10 + Account.WALLET.value)
        .where(MERGES.c.target_id.in_(member_ids), *earned)
    )
    return own, merged
