"""What the questions of the audit are made of: rows that break a law, as id, found, expected."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    cast,
    func,
    select,
    union_all,
)

from club.ledger import Account
from storage.tables.book import TRANSFERS


def answer(
    row: ColumnElement[Any], found: ColumnElement[Any], expected: ColumnElement[Any]
) -> Select[Any]:
    """A question: which row, what stands there, what should."""
    return select(row.label("id"), found.label("found"), expected.label("expected"))


def differing(
    row: ColumnElement[Any],
    found: ColumnElement[Any],
    expected: ColumnElement[Any],
    source: FromClause,
) -> Select[Any]:
    """Rows in which the two are not the same."""
    rows = answer(row, found, expected).select_from(source)
    return rows.where(found.is_distinct_from(expected))


def own(member_id: ColumnElement[Any], kind: Account) -> ColumnElement[Any]:
    """A member's account of that kind."""
    # The CHECK of the accounts says the same: member, then one digit for the kind.
    return member_id * 10 + kind.value


def wallet(member_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The account that holds the member's points."""
    return own(member_id, Account.WALLET)


def is_of(account: ColumnElement[Any], kind: Account) -> ColumnElement[bool]:
    """Whether an account is of that kind."""
    return account % 10 == kind.value


def balances(*kinds: Account) -> FromClause:
    """What the transfers left in each account of these kinds."""
    numbers = [kind.value for kind in kinds]
    taken = select(TRANSFERS.c.source.label("account"), (-TRANSFERS.c.points).label("points"))
    given = select(TRANSFERS.c.target.label("account"), TRANSFERS.c.points.label("points"))
    moves = union_all(
        taken.where((TRANSFERS.c.source % 10).in_(numbers)),
        given.where((TRANSFERS.c.target % 10).in_(numbers)),
    ).subquery()
    return (
        select(moves.c.account, total(moves.c.points).label("points"))
        .group_by(moves.c.account)
        .subquery("balances")
    )


def summed(
    of: ColumnElement[Any], points: ColumnElement[Any], *only: ColumnElement[bool]
) -> FromClause:
    """The points of each `of`."""
    sums = select(of.label("of"), total(points).label("points"))
    return sums.where(*only).group_by(of).subquery()


def or_zero(points: ColumnElement[Any]) -> ColumnElement[int]:
    """The sum, and 0 where there is nothing to sum."""
    return func.coalesce(points, 0)


def total(points: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum of whole numbers, whole on both databases."""
    return cast(func.sum(points), BigInteger)  # PostgreSQL sums to NUMERIC.
