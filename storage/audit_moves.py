"""Laws of moves and accounts: two sides, sums, and who may stand below zero."""

from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_

from club.ledger import Account
from storage.proof import answer, balances, differing, or_zero, own, summed, total
from storage.tables.book import ACCOUNTS, TRANSFERS
from storage.tables.holds import HOLDS
from storage.tables.members import MEMBERS


def two_sides() -> Select[Any]:
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
    return answer(TRANSFERS.c.id, sides, literal(2)).select_from(both).where(wrong)


def points_above_zero() -> Select[Any]:
    """Direction is told by source and target, not by a sign."""
    return answer(TRANSFERS.c.id, TRANSFERS.c.points, literal(1)).where(TRANSFERS.c.points <= 0)


def key_once() -> Select[Any]:
    """No two transfers have the same key; told with the later one."""
    times = func.count()
    again = answer(func.max(TRANSFERS.c.id), times, literal(1))
    return again.group_by(TRANSFERS.c.key).having(times > 1)


def sum_zero() -> Select[Any]:
    """All accounts together hold nothing: what one has, another gave."""
    source, target = ACCOUNTS.alias("source"), ACCOUNTS.alias("target")
    sides = TRANSFERS.outerjoin(source, source.c.id == TRANSFERS.c.source).outerjoin(
        target, target.c.id == TRANSFERS.c.target
    )
    given = case((target.c.id.is_not(None), TRANSFERS.c.points), else_=0)
    taken = case((source.c.id.is_not(None), TRANSFERS.c.points), else_=0)
    together = total(given - taken)
    return answer(literal(0), together, literal(0)).select_from(sides).having(together != 0)


def not_below_zero() -> Select[Any]:
    """No account stands below zero but those that points come from, and a debt."""
    may = (Account.ISSUED, Account.ADJUSTED, Account.DEBT)
    held = balances(*(kind for kind in Account if kind not in may))
    wrong = held.c.points < 0
    return answer(held.c.account, held.c.points, literal(0)).select_from(held).where(wrong)


def debt_not_above_zero() -> Select[Any]:
    """Nobody pays more than they owe."""
    held = balances(Account.DEBT)
    wrong = held.c.points > 0
    return answer(held.c.account, held.c.points, literal(0)).select_from(held).where(wrong)


def held_is_holds() -> Select[Any]:
    """What a member's account for held points has is what their open holds set aside."""
    held = balances(Account.HELD)
    opened = summed(HOLDS.c.member_id, HOLDS.c.points, HOLDS.c.state == "open")
    members = MEMBERS.outerjoin(held, held.c.account == own(MEMBERS.c.id, Account.HELD)).outerjoin(
        opened, opened.c.of == MEMBERS.c.id
    )
    return differing(MEMBERS.c.id, or_zero(opened.c.points), or_zero(held.c.points), members)


def hold_is_move() -> Select[Any]:
    """A hold has the points of its transfer, out of its member's wallet and set aside."""
    moves = HOLDS.outerjoin(TRANSFERS, TRANSFERS.c.id == HOLDS.c.transfer_id)
    aside = and_(
        TRANSFERS.c.source == own(HOLDS.c.member_id, Account.WALLET),
        TRANSFERS.c.target == own(HOLDS.c.member_id, Account.HELD),
    )
    moved = case((aside, TRANSFERS.c.points), else_=0)
    return differing(HOLDS.c.id, HOLDS.c.points, moved, moves)
