"""Debt is paid by what is earned, and by nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from club.debts import debt, owe, repay
from club.ledger import Account, Lot, Reason, account_id, wallet

NOON = datetime(2025, 10, 4, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
OLDER, NEWER, WAITING = (
    Lot(id=1, points=50, remaining=50, active_from=NOON - DAY, expires_at=None),
    Lot(id=2, points=30, remaining=30, active_from=NOON, expires_at=None),
    Lot(id=3, points=20, remaining=20, active_from=NOON + DAY, expires_at=None),
)


@pytest.mark.parametrize(
    ("lots", "owed", "earned", "uses"),
    [
        ((OLDER, NEWER), 10, 30, ((2, 10),)),
        ((OLDER, NEWER), 100, 30, ((2, 30),)),  # What was there before stays.
        ((OLDER, NEWER, WAITING), 100, 50, ((3, 20), (2, 30))),  # What waits pays too.
        ((OLDER,), 100, 20, ((1, 20),)),
        ((), 100, 20, None),
    ],
)
def test_the_newest_points_pay(
    lots: tuple[Lot, ...], owed: int, earned: int, uses: tuple[tuple[int, int], ...] | None
) -> None:
    paid = repay(7, lots, owed, earned, key="k", at=NOON)
    assert (None if paid is None else paid.uses) == uses


def test_what_has_expired_pays_nothing() -> None:
    gone = Lot(id=1, points=5, remaining=5, active_from=NOON - DAY, expires_at=NOON)
    assert repay(7, (gone,), 5, 5, key="k", at=NOON) is None


def test_debt_is_an_account_of_the_member() -> None:
    owed = owe(7, 40, key="k", at=NOON, explanation={})
    assert (owed.source, owed.target, owed.reason) == (
        account_id(Account.DEBT, 7),
        account_id(Account.ISSUED),
        Reason.REFUND,
    )
    paid = repay(7, (NEWER,), 40, 30, key="k", at=NOON)
    assert paid is not None
    assert (paid.transfer.source, paid.transfer.target) == (wallet(7), debt(7))
