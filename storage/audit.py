"""Questions whose answer is empty as long as the book is right; each is one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import EARNING, Account, Reason
from club.programme import Programme
from storage.tables.book import ACCOUNTS, LOT_USES, LOTS, PURCHASES, TRANSFERS
from storage.tables.members import MEMBERS
from storage.tables.merges import MERGES

FAULTS_AT_MOST = 1_000  # Of each kind: after so many another line helps nobody.


class Law(StrEnum):
    """What must be true of the book; a broken one is told with the id of the row."""

    TWO_SIDES = "two_sides"
    POINTS_ABOVE_ZERO = "points_above_zero"
    SUM_ZERO = "sum_zero"
    NOT_BELOW_ZERO = "not_below_zero"
    WALLET_IS_LOTS = "wallet_is_lots"
    LOT_IS_GRANT = "lot_is_grant"
    LOT_REMAINING = "lot_remaining"
    USES_ARE_MOVE = "uses_are_move"
    OWN_LOTS = "own_lots"
    PURCHASE_POINTS = "purchase_points"
    POINTS_EARNED = "points_earned"
    TIER = "tier"


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks a law: what stands there and what should."""

    law: Law
    id: int
    found: int | str | None
    expected: int | str | None


async def hold_still(tx: AsyncConnection) -> None:
    """Let all that this transaction reads be of one moment; to be called before it reads."""
    if tx.dialect.name == "postgresql":  # On SQLite a reading transaction is so anyway.
        await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


async def size(tx: AsyncConnection) -> tuple[int, int, int]:
    """How many transfers, members and lots there are."""
    counts = [
        (await tx.execute(select(func.count()).select_from(table))).scalar_one()
        for table in (TRANSFERS, MEMBERS, LOTS)
    ]
    return counts[0], counts[1], counts[2]


async def findings(tx: AsyncConnection, programme: Programme) -> list[Finding]:
    """All that is wrong, law by law, FAULTS_AT_MOST of each."""
    found: list[Finding] = []
    for law, statement in _questions(programme):
        rows = await tx.execute(statement.order_by("id").limit(FAULTS_AT_MOST))
        found += [Finding(law, row.id, row.found, row.expected) for row in rows]
    return found


def _questions(programme: Programme) -> Sequence[tuple[Law, Select[Any]]]:
    return (
        (Law.TWO_SIDES, _two_sides()),
        (Law.POINTS_ABOVE_ZERO, _points_above_zero()),
        (Law.SUM_ZERO, _sum_zero()),
        (Law.NOT_BELOW_ZERO, _not_below_zero()),
        (Law.WALLET_IS_LOTS, _wallet_is_lots()),
        (Law.LOT_IS_GRANT, _lot_is_grant()),
        (Law.LOT_REMAINING, _lot_remaining()),
        (Law.USES_ARE_MOVE, _uses_are_move()),
        (Law.OWN_LOTS, _own_lots()),
        (Law.PURCHASE_POINTS, _purchase_points()),
        (Law.POINTS_EARNED, _points_earned()),
        (Law.TIER, _tier(programme)),
    )


def _two_sides() -> Select[Any]:
    """Both accounts of a transfer are there, and are two."""
    source, target = ACCOUNTS.alias("source"), ACCOUNTS.alias("target")
    sides = (
        case((source.c.id.is_(None), 0), else_=1)
        + case((target.c.id.is_(None), 0), else_=1)
        - case((TRANSFERS.c.source == TRANSFERS.c.target, 1), else_=0)
    )
    both = TRANSFERS.outerjoin(source, source.c.id == TRANSFERS.c.source).outerjoin(
        target, target.c.id == TRANSFERS.c.target
    )
    wrong = or_(
        source.c.id.is_(None), target.c.id.is_(None), TRANSFERS.c.source == TRANSFERS.c.target
    )
    return _answer(TRANSFERS.c.id, sides, literal(2)).select_from(both).where(wrong)


def _points_above_zero() -> Select[Any]:
    return _answer(TRANSFERS.c.id, TRANSFERS.c.points, literal(1)).where(TRANSFERS.c.points <= 0)


def _sum_zero() -> Select[Any]:
    """All accounts together hold nothing: what one has, another gave."""
    balances = _balances()
    total = _sum(balances.c.points)
    known = balances.join(ACCOUNTS, ACCOUNTS.c.id == balances.c.account)
    return _answer(literal(0), total, literal(0)).select_from(known).having(total != 0)


def _not_below_zero() -> Select[Any]:
    balances = _balances()
    may = (Account.ISSUED.value, Account.ADJUSTED.value)  # Where points come from.
    held = balances.join(ACCOUNTS, ACCOUNTS.c.id == balances.c.account)
    wrong = (balances.c.points < 0, ACCOUNTS.c.kind.not_in(may))
    return _answer(ACCOUNTS.c.id, balances.c.points, literal(0)).select_from(held).where(*wrong)


def _wallet_is_lots() -> Select[Any]:
    """What the transfers left in a wallet is what its lots hold, the unbooked expired ones too."""
    balances, lots = _balances(), _summed(LOTS.c.member_id, LOTS.c.remaining)
    wallets = MEMBERS.outerjoin(balances, balances.c.account == _wallet(MEMBERS.c.id)).outerjoin(
        lots, lots.c.of == MEMBERS.c.id
    )
    held = func.coalesce(lots.c.points, 0)
    return _differing(MEMBERS.c.id, held, func.coalesce(balances.c.points, 0), wallets)


def _lot_is_grant() -> Select[Any]:
    """A lot has the points of a transfer into its member's wallet."""
    grants = LOTS.outerjoin(TRANSFERS, TRANSFERS.c.id == LOTS.c.transfer_id)
    own = TRANSFERS.c.target == _wallet(LOTS.c.member_id)
    return _differing(LOTS.c.id, LOTS.c.points, case((own, TRANSFERS.c.points), else_=0), grants)


def _lot_remaining() -> Select[Any]:
    uses = _summed(LOT_USES.c.lot_id, LOT_USES.c.points)
    left = LOTS.c.points - func.coalesce(uses.c.points, 0)
    return _differing(
        LOTS.c.id, LOTS.c.remaining, left, LOTS.outerjoin(uses, uses.c.of == LOTS.c.id)
    )


def _uses_are_move() -> Select[Any]:
    """A transfer out of a wallet was taken from lots, to the point; no other was."""
    uses = _summed(LOT_USES.c.transfer_id, LOT_USES.c.points)
    from_wallet = TRANSFERS.c.source % 10 == Account.WALLET.value
    return _differing(
        TRANSFERS.c.id,
        func.coalesce(uses.c.points, 0),
        case((from_wallet, TRANSFERS.c.points), else_=0),
        TRANSFERS.outerjoin(uses, uses.c.of == TRANSFERS.c.id),
    )


def _own_lots() -> Select[Any]:
    """What is taken from a lot leaves the wallet of the lot's member."""
    uses = LOT_USES.outerjoin(LOTS, LOTS.c.id == LOT_USES.c.lot_id).outerjoin(
        TRANSFERS, TRANSFERS.c.id == LOT_USES.c.transfer_id
    )
    return _differing(LOT_USES.c.lot_id, TRANSFERS.c.source, _wallet(LOTS.c.member_id), uses)


def _purchase_points() -> Select[Any]:
    """A purchase names what its grants brought, undone or not."""
    granted = _summed(
        TRANSFERS.c.purchase_id,
        TRANSFERS.c.points,
        TRANSFERS.c.purchase_id.is_not(None),
        TRANSFERS.c.reason == Reason.PURCHASE.value,
    )
    purchases = PURCHASES.outerjoin(granted, granted.c.of == PURCHASES.c.id)
    brought = func.coalesce(granted.c.points, 0)
    return _differing(PURCHASES.c.id, PURCHASES.c.points, brought, purchases)


def _points_earned() -> Select[Any]:
    """What a member earned ever: granted by rules, less all that undone purchases brought."""
    earned = _summed(
        TRANSFERS.c.target,
        TRANSFERS.c.points,
        TRANSFERS.c.reason.in_([reason.value for reason in EARNING]),
    )
    undone = _summed(PURCHASES.c.member_id, PURCHASES.c.points, PURCHASES.c.undone_at.is_not(None))
    one = MEMBERS.alias("one")
    members = (
        one.outerjoin(MERGES, MERGES.c.source_id == one.c.id)
        .outerjoin(earned, earned.c.of == _wallet(one.c.id))
        .outerjoin(undone, undone.c.of == one.c.id)
    )
    heir = func.coalesce(MERGES.c.target_id, one.c.id)  # A merged customer's count for the member.
    points = func.coalesce(earned.c.points, 0) - func.coalesce(undone.c.points, 0)
    counting = (
        select(heir.label("of"), _sum(points).label("points"))
        .select_from(members)
        .group_by(heir)
        .subquery("counting")
    )
    return _differing(
        MEMBERS.c.id,
        MEMBERS.c.points_earned,
        func.coalesce(counting.c.points, 0),
        MEMBERS.outerjoin(counting, counting.c.of == MEMBERS.c.id),
    )


def _tier(programme: Programme) -> Select[Any]:
    """The tier is the highest whose points were earned, as club/tiers.py says it."""
    steps = [
        (MEMBERS.c.points_earned >= tier.points, tier.key) for tier in reversed(programme.tiers)
    ]
    return _differing(MEMBERS.c.id, MEMBERS.c.tier, case(*steps), MEMBERS)


def _answer(
    row: ColumnElement[Any], found: ColumnElement[Any], expected: ColumnElement[Any]
) -> Select[Any]:
    return select(row.label("id"), found.label("found"), expected.label("expected"))


def _differing(
    row: ColumnElement[Any],
    found: ColumnElement[Any],
    expected: ColumnElement[Any],
    source: FromClause,
) -> Select[Any]:
    """Rows in which the two are not the same."""
    rows = _answer(row, found, expected).select_from(source)
    return rows.where(found.is_distinct_from(expected))


def _wallet(member_id: ColumnElement[Any]) -> ColumnElement[Any]:
    # The CHECK of the accounts says the same: member, then one digit for the kind.
    return member_id * 10 + Account.WALLET.value


def _balances() -> FromClause:
    """What the transfers left in each account."""
    taken = select(TRANSFERS.c.source.label("account"), (-TRANSFERS.c.points).label("points"))
    given = select(TRANSFERS.c.target.label("account"), TRANSFERS.c.points.label("points"))
    moves = union_all(taken, given).subquery()
    return (
        select(moves.c.account, _sum(moves.c.points).label("points"))
        .group_by(moves.c.account)
        .subquery("balances")
    )


def _summed(
    of: ColumnElement[Any], points: ColumnElement[Any], *only: ColumnElement[bool]
) -> FromClause:
    """The points of each `of`."""
    sums = select(of.label("of"), _sum(points).label("points"))
    return sums.where(*only).group_by(of).subquery()


def _sum(points: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.sum(points), BigInteger)  # PostgreSQL sums to NUMERIC.
