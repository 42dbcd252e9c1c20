"""What missions count, and which of them were completed, as the book tells it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import Reason, wallet
from club.missions import Bought, Completion
from storage.tables.book import PURCHASES, TRANSFERS
from storage.tables.refunds import TAKEBACKS

_BOUGHT = select(
    PURCHASES.c.member_id,
    PURCHASES.c.id,
    PURCHASES.c.at,
    (PURCHASES.c.amount_minor - PURCHASES.c.refunded_minor).label("amount_minor"),
    PURCHASES.c.genres,
    PURCHASES.c.discount_minor,
).where(
    PURCHASES.c.member_id.in_(bindparam("members", expanding=True)),
    PURCHASES.c.at >= bindparam("since"),
    PURCHASES.c.undone_at.is_(None),
)
_TAKEN = (
    select(func.coalesce(func.sum(TAKEBACKS.c.points), 0))
    .where(TAKEBACKS.c.transfer_id == TRANSFERS.c.id)
    .scalar_subquery()
)
_COMPLETED = select(
    TRANSFERS.c.target, TRANSFERS.c.rule, TRANSFERS.c.purchase_id, TRANSFERS.c.at
).where(
    TRANSFERS.c.target.in_(bindparam("wallets", expanding=True)),
    TRANSFERS.c.reason == Reason.MISSION,
    TRANSFERS.c.rule.in_(bindparam("rules", expanding=True)),
    TRANSFERS.c.points > _TAKEN,
)


async def bought(tx: AsyncConnection, member_id: int, since: datetime) -> list[Bought]:
    """The member's purchases since then that count."""
    return (await bought_by(tx, [member_id], since)).get(member_id, [])


async def bought_by(
    tx: AsyncConnection, member_ids: Collection[int], since: datetime
) -> dict[int, list[Bought]]:
    """The purchases since then that count, by member; what was given back is off already."""
    values = {"members": list(member_ids), "since": since}
    found: dict[int, list[Bought]] = {}
    for member_id, *facts in await tx.execute(_BOUGHT, values):
        found.setdefault(member_id, []).append(Bought(*facts))
    return found


async def completed(
    tx: AsyncConnection, member_id: int, rules: Collection[str]
) -> dict[str, list[Completion]]:
    """The completions of these missions that were rewarded, by rule; not those taken back."""
    found = await completed_by(tx, [member_id], rules)
    return {rule: done for (_, rule), done in found.items()}


async def completed_by(
    tx: AsyncConnection, member_ids: Collection[int], rules: Collection[str]
) -> dict[tuple[int, str], list[Completion]]:
    """The completions of these missions that were rewarded, by member and rule."""
    values = {"wallets": [wallet(one) for one in member_ids], "rules": list(rules)}
    found: dict[tuple[int, str], list[Completion]] = {}
    for target, rule, purchase_id, at in await tx.execute(_COMPLETED, values):
        done = Completion(purchase_id=purchase_id, at=at)
        found.setdefault((target // 10, rule), []).append(done)
    return found


def key_of(member_id: int, purchase_id: int) -> str:
    """The key of what missions give for the purchase that completes them."""
    return f"mission:{member_id}:{purchase_id}"
