"""Grants on disk: moves into wallets and the lots they make, many in two statements."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.facts import encode_all
from club.ledger import Grant
from storage.tables.book import LOTS, TRANSFERS
from storage.tables.members import MEMBERS

_MOVES = insert(TRANSFERS).returning(TRANSFERS.c.key, TRANSFERS.c.id)
_LOTS = insert(LOTS)


async def add(
    tx: AsyncConnection, grants: Sequence[tuple[Grant, int, int | None]]
) -> dict[str, int]:
    """Book grants, each with its member and purchase: moves and lots; key → id of the move."""
    transfers = [
        {
            "key": granted.transfer.key,
            "source": granted.transfer.source,
            "target": granted.transfer.target,
            "points": granted.transfer.points,
            "reason": granted.transfer.reason,
            "explanation": encode_all(granted.transfer.explanation),
            "rule": granted.transfer.rule,
            "purchase_id": purchase_id,
            "at": granted.transfer.at,
        }
        for granted, _, purchase_id in grants
    ]
    ids = {row.key: row.id for row in await tx.execute(_MOVES, transfers)}
    lots = [
        {
            "member_id": member_id,
            "transfer_id": ids[granted.transfer.key],
            "points": granted.transfer.points,
            "remaining": granted.transfer.points,
            "active_from": granted.active_from,
            "expires_at": granted.expires_at,
        }
        for granted, member_id, _ in grants
    ]
    await tx.execute(_LOTS, lots)
    return ids


async def count(tx: AsyncConnection, earned: Mapping[int, int]) -> None:
    """Count so many points more as earned by each of these members, whose rows are locked."""
    by_points: dict[int, list[int]] = {}
    for member_id, points in earned.items():
        by_points.setdefault(points, []).append(member_id)
    for points, member_ids in sorted(by_points.items()):
        statement = update(MEMBERS).where(MEMBERS.c.id.in_(member_ids))
        await tx.execute(statement.values(points_earned=MEMBERS.c.points_earned + points))
