"""How often rules with a limit have given something, and how much: to a member, and to all."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import BigInteger, bindparam, cast, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import wallet
from club.limits import Uses
from storage.statements import insert as insert_or
from storage.tables.book import TRANSFERS
from storage.tables.budgets import BUDGETS
from storage.takebacks import GONE

_USES = (
    select(
        TRANSFERS.c.rule,
        func.count().label("times"),
        cast(func.sum(TRANSFERS.c.points - GONE), BigInteger).label("points"),
    )
    .where(
        TRANSFERS.c.target == bindparam("wallet"),
        TRANSFERS.c.rule.in_(bindparam("rules", expanding=True)),
        TRANSFERS.c.points > GONE,
        TRANSFERS.c.at >= bindparam("since"),
        TRANSFERS.c.at < bindparam("until"),
    )
    .group_by(TRANSFERS.c.rule)
)
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, tzinfo=UTC)


async def of_member(
    tx: AsyncConnection,
    member_id: int,
    rules: Collection[str],
    since: datetime | None,
    until: datetime | None,
) -> dict[str, Uses]:
    """What these rules have given the member from then to then, less what refunds took back.

    Rules that gave nothing are not in it. What was given later is no use of this period: a past
    that is imported is booked when later purchases are in the book already.
    """
    values = {
        "wallet": wallet(member_id),
        "rules": list(rules),
        "since": since or _EARLIEST,
        "until": until or _LATEST,
    }
    rows = await tx.execute(_USES, values)
    return {row.rule: Uses(times=row.times, points=row.points) for row in rows}


async def given(
    tx: AsyncConnection,
    member_ids: Collection[int],
    rules: Collection[str],
    since: datetime | None,
) -> Sequence[tuple[int, str, datetime, int]]:
    """What these rules have given these members since then: (member, rule, at, points).

    Less what refunds took back; where they took all, it is not in it.
    """
    left = TRANSFERS.c.points - GONE
    statement = select(
        TRANSFERS.c.target, TRANSFERS.c.rule, TRANSFERS.c.at, left.label("points")
    ).where(TRANSFERS.c.target.in_([wallet(one) for one in member_ids]), left > 0)
    statement = statement.where(TRANSFERS.c.at >= (since or _EARLIEST))
    rows = await tx.execute(statement.where(TRANSFERS.c.rule.in_(rules)))
    return [(row.target // 10, row.rule, row.at, row.points) for row in rows]


async def lock(
    tx: AsyncConnection, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Uses]:
    """What these rules have given to all in these periods; nobody else gives until the end.

    Members are locked before budgets, and budgets in order.
    """
    pairs = sorted(set(wanted))
    rows = [{"rule": rule, "period": period, "times": 0, "points": 0} for rule, period in pairs]
    await tx.execute(insert_or(tx, BUDGETS).on_conflict_do_nothing(), rows)
    statement = (
        select(BUDGETS)
        .where(tuple_(BUDGETS.c.rule, BUDGETS.c.period).in_(pairs))
        .order_by(BUDGETS.c.rule, BUDGETS.c.period)
        .with_for_update()
    )
    found = await tx.execute(statement)
    return {(row.rule, row.period): Uses(times=row.times, points=row.points) for row in found}


async def add(tx: AsyncConnection, uses: Sequence[tuple[str, str, int, int]]) -> None:
    """Count what was given: (rule, period, times, points); the rows are locked."""
    statement = (
        update(BUDGETS)
        .where(BUDGETS.c.rule == bindparam("of_rule"), BUDGETS.c.period == bindparam("of_period"))
        .values(
            times=BUDGETS.c.times + bindparam("more_times"),
            points=BUDGETS.c.points + bindparam("more_points"),
        )
    )
    await tx.execute(
        statement,
        [
            {"of_rule": rule, "of_period": period, "more_times": times, "more_points": points}
            for rule, period, times, points in uses
        ],
    )
