"""Grants, spends and what a wallet holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from club.errors import NotEnoughPoints
from club.ledger import (
    Account,
    Lot,
    Reason,
    Transfer,
    account_id,
    grant,
    holdings,
    spend,
    wallet,
)
from club.programme import parse_programme

NOON = datetime(2025, 10, 4, 12, 0, tzinfo=UTC)
PROGRAMME = parse_programme((Path(__file__).parents[2] / "programme.toml").read_text())


def lot(number: int, remaining: int, days: int | None = None, *, starts: int = -1) -> Lot:
    """A lot that expires in so many days and became active so many days ago."""
    return Lot(
        id=number,
        points=max(remaining, 1),
        remaining=remaining,
        active_from=NOON + timedelta(days=starts),
        expires_at=None if days is None else NOON + timedelta(days=days),
    )


def uses(
    lots: list[Lot], points: int, first: tuple[int, ...] = (), *, waiting: bool = False
) -> dict[int, int]:
    """What a spend takes from which lot."""
    taken = spend(
        1,
        lots,
        points,
        Account.ADJUSTED,
        Reason.ADJUST,
        key="k",
        at=NOON,
        explanation={},
        first=first,
        waiting=waiting,
    )
    return dict(taken.uses)


def test_the_lot_that_expires_first_is_spent_first() -> None:
    lots = [lot(1, 50), lot(2, 30, days=9), lot(3, 20, days=2)]
    assert uses(lots, 45) == {3: 20, 2: 25}
    assert uses(lots, 100) == {3: 20, 2: 30, 1: 50}


def test_a_named_lot_goes_before_all_others() -> None:
    assert uses([lot(1, 50), lot(2, 30, days=9)], 60, first=(1,)) == {1: 50, 2: 10}


def test_more_than_there_is_is_refused_with_the_figures() -> None:
    with pytest.raises(NotEnoughPoints) as refused:
        uses([lot(1, 50), lot(2, 9, days=-1), lot(3, 9, starts=1)], 51)
    assert refused.value.facts == {"balance": 50, "points": 51}


def test_a_wallet_is_right_to_the_second() -> None:
    ending = lot(1, 40, days=1)
    assert ending.expires_at is not None
    last = ending.expires_at - timedelta(seconds=1)
    assert holdings([ending], last).balance == 40
    assert holdings([ending], ending.expires_at).balance == 0


def test_what_waits_is_told_apart() -> None:
    held = holdings([lot(1, 40, days=3), lot(2, 5, starts=2), lot(3, 7, days=3)], NOON)
    assert (held.balance, held.waiting, held.next_points) == (47, 5, 47)
    assert held.next_expiry == NOON + timedelta(days=3)


def test_an_empty_wallet_holds_nothing() -> None:
    held = holdings([], NOON)
    assert (held.balance, held.waiting, held.next_points, held.next_expiry) == (0, 0, 0, None)


def test_granted_points_live_from_when_they_are_active() -> None:
    given_ = grant(7, 5, Reason.PURCHASE, PROGRAMME, key="k", at=NOON, explanation={})
    assert given_.active_from == NOON
    assert given_.expires_at == datetime(2026, 10, 4, 20, 30, tzinfo=UTC)
    later = NOON + timedelta(days=14)
    waits = grant(
        7, 5, Reason.PURCHASE, PROGRAMME, key="k", at=NOON, explanation={}, active_from=later
    )
    assert waits.active_from == later
    assert waits.expires_at == datetime(2026, 10, 18, 20, 30, tzinfo=UTC)


def test_waiting_points_are_taken_only_where_that_is_asked() -> None:
    lots = [lot(1, 50, days=2), lot(2, 30, days=9, starts=1), lot(3, 9, days=-1)]
    with pytest.raises(NotEnoughPoints):
        uses(lots, 51)
    assert uses(lots, 80, waiting=True) == {1: 50, 2: 30}


def test_an_adjustment_comes_from_its_own_account() -> None:
    given_ = grant(7, 5, Reason.ADJUST, PROGRAMME, key="k", at=NOON, explanation={})
    assert (given_.transfer.source, given_.transfer.target) == (5, 71)
    earned = grant(7, 5, Reason.PURCHASE, PROGRAMME, key="k", at=NOON, explanation={})
    assert earned.transfer.source == account_id(Account.ISSUED)


@pytest.mark.parametrize("points", [0, -1])
def test_a_transfer_moves_something(points: int) -> None:
    with pytest.raises(AssertionError):
        Transfer(key="k", source=2, target=11, points=points, reason=Reason.PROFILE, at=NOON)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90), st.one_of(st.none(), st.integers(-3, 9))), max_size=8),
    st.integers(1, 500),
)
def test_a_spend_takes_exactly_what_it_says(
    drawn: list[tuple[int, int | None]], points: int
) -> None:
    lots = [lot(number, left, days) for number, (left, days) in enumerate(drawn, 1)]
    balance = holdings(lots, NOON).balance
    if balance < points:
        with pytest.raises(NotEnoughPoints):
            uses(lots, points)
        return
    taken = uses(lots, points)
    assert sum(taken.values()) == points
    assert all(0 < taken[one.id] <= one.remaining for one in lots if one.id in taken)
    assert holdings(lots, NOON).balance - points >= 0
    assert wallet(1) == 11
