"""What goes back with a purchase: shares, what is taken from which lot, how spent points return."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from club.ledger import Lot
from club.refunds import WhenSpent
from club.takebacks import Comeback, Regrant, Spent, come_back, recover, share

NOON = datetime(2025, 10, 4, 8, 30, tzinfo=UTC)
TEHRAN = ZoneInfo("Asia/Tehran")
DAY = timedelta(days=1)
GRACE_ENDS = datetime(2025, 11, 3, 20, 30, tzinfo=UTC)  # The end of 3 November in Tehran.


@pytest.mark.parametrize(
    ("points", "amount", "refunded", "gone", "goes"),
    [
        (1000, 200, 100, 0, 500),
        (1000, 200, 100, 1000, 0),  # All of it went before.
        (1000, 200, 200, 500, 500),
        (10, 3, 1, 0, 3),  # Rounds down in parts …
        (10, 3, 2, 3, 3),
        (10, 3, 3, 6, 4),  # … and comes to the whole in the end.
        (1, 3, 2, 0, 0),
        (0, 200, 200, 0, 0),
        (7, 0, 0, 0, 7),  # What cost nothing goes back whole.
    ],
)
def test_a_share_never_comes_to_more_than_was_granted(
    points: int, amount: int, refunded: int, gone: int, goes: int
) -> None:
    assert share(points, amount, refunded, gone) == goes


def lot(id_: int, remaining: int, *, begins: int = -1, ends: int | None = 100) -> Lot:
    """A lot that is active and ends so many days from now."""
    return Lot(
        id=id_,
        points=1000,
        remaining=remaining,
        active_from=NOON + begins * DAY,
        expires_at=None if ends is None else NOON + ends * DAY,
    )


WALLET = (
    lot(1, 50, ends=10),
    lot(2, 30, ends=200),  # The purchase's own.
    lot(3, 40, begins=5),  # Waits.
    lot(4, 20, begins=-90, ends=-1),  # Has expired, and is not booked yet.
)


@pytest.mark.parametrize(
    ("points", "when_spent", "uses", "owed"),
    [
        (20, "owe", ((2, 20),), 0),
        (30, "within_balance", ((2, 30),), 0),
        (31, "within_balance", ((2, 30), (1, 1)), 0),
        (100, "within_balance", ((2, 30), (1, 50)), 0),
        (100, "owe", ((2, 30), (1, 50), (3, 20)), 0),
        (130, "owe", ((2, 30), (1, 50), (3, 40)), 10),
        (130, "pending_only", (), 0),
    ],
)
def test_the_programme_chooses_what_of_spent_points_is_taken(
    points: int, when_spent: WhenSpent, uses: tuple[tuple[int, int], ...], owed: int
) -> None:
    taken = recover(WALLET, {2}, points, when_spent, at=NOON)
    assert (taken.uses, taken.owed) == (uses, owed)


@pytest.mark.parametrize("when_spent", ["owe", "within_balance", "pending_only"])
def test_waiting_points_of_the_purchase_are_taken_first(when_spent: WhenSpent) -> None:
    taken = recover(WALLET, {3}, 25, when_spent, at=NOON)
    assert (taken.uses, taken.owed) == (((3, 25),), 0)


def test_who_has_left_owes_nothing() -> None:
    assert recover((), set(), 25, "owe", at=NOON, may_owe=False).owed == 0


def spent(id_: int, points: int, *, ends: int | None, own: bool = True) -> Spent:
    """Points that a lot paid with; it ends so many days from now."""
    expires_at = None if ends is None else NOON + ends * DAY
    return Spent(lot_id=id_, points=points, own=own, expires_at=expires_at)


@pytest.mark.parametrize(
    ("points", "into_lots", "regrants"),
    [
        (10, ((3, 10),), ()),
        (50, ((3, 40), (2, 10)), ()),
        (70, ((3, 40), (2, 30)), ()),
        (85, ((3, 40), (2, 30)), (Regrant(points=15, expires_at=GRACE_ENDS),)),
    ],
)
def test_spent_points_come_back_where_they_live_longest(
    points: int, into_lots: tuple[tuple[int, int], ...], regrants: tuple[Regrant, ...]
) -> None:
    paid = (spent(1, 25, ends=-1), spent(2, 30, ends=10), spent(3, 40, ends=None))
    back = come_back(paid, points, 30, at=NOON, zone=TEHRAN)
    assert back == Comeback(into_lots=into_lots, regrants=regrants)
    assert back.points == points


def test_without_grace_what_has_expired_is_lost() -> None:
    paid = (spent(1, 25, ends=-1), spent(2, 30, ends=10))
    back = come_back(paid, 55, 0, at=NOON, zone=TEHRAN)
    assert (back.into_lots, back.regrants) == (((2, 30),), ())


def test_what_another_wallet_paid_becomes_a_lot_of_its_own() -> None:
    back = come_back((spent(1, 25, ends=10, own=False),), 20, 0, at=NOON, zone=TEHRAN)
    assert back.regrants == (Regrant(points=20, expires_at=NOON + 10 * DAY),)
