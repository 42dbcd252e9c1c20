"""What missions count, and which of them were completed, as the book tells it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import Account, Reason
from club.missions import Bought, Completion, left_of
from storage.tables.book import PURCHASES, TRANSFERS
from storage.tables.members import MEMBERS
from storage.tables.merges import MERGES
from storage.takebacks import GONE

_BOUGHT = select(
    PURCHASES.c.member_id,
    PURCHASES.c.id,
    PURCHASES.c.at,
    PURCHASES.c.amount_minor,
    PURCHASES.c.genres,
    PURCHASES.c.discount_minor,
    PURCHASES.c.refunded_minor,
).where(
    PURCHASES.c.member_id.in_(bindparam("members", expanding=True)),
    PURCHASES.c.at >= bindparam("since"),
    PURCHASES.c.undone_at.is_(None),
)
_HOLDER = func.coalesce(MERGES.c.target_id, TRANSFERS.c.target // 10)
_COMPLETED = (
    select(_HOLDER, TRANSFERS.c.rule, TRANSFERS.c.purchase_id, TRANSFERS.c.at)
    .outerjoin(MERGES, MERGES.c.source_id == TRANSFERS.c.target // 10)
    .where(
        TRANSFERS.c.target.in_(
            union_all(
                select(MEMBERS.c.id * 10 + Account.WALLET.value).where(
                    MEMBERS.c.id.in_(bindparam("members", expanding=True))
                ),
                select(MERGES.c.source_id * 10 + Account.WALLET.value).where(
                    MERGES.c.target_id.in_(bindparam("members", expanding=True))
                ),
            )
        ),
        TRANSFERS.c.reason == Reason.MISSION,
        TRANSFERS.c.rule.in_(bindparam("rules", expanding=True)),
        TRANSFERS.c.points > GONE,
    )
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
        found.setdefault(member_id, []).append(left_of(*facts))
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
    """The completions of these missions that were rewarded, by member and rule.

    What a customer completed who was merged into a member, the member has completed.
    """
    values = {"members": list(member_ids), "rules": list(rules)}
    found: dict[tuple[int, str], list[Completion]] = {}
    for member_id, rule, purchase_id, at in await tx.execute(_COMPLETED, values):
        done = Completion(purchase_id=purchase_id, at=at)
        found.setdefault((member_id, rule), []).append(done)
    return found


def key_of(member_id: int, purchase_id: int) -> str:
    """The key of what missions give when that purchase is booked."""
    return f"mission:{member_id}:{purchase_id}"
