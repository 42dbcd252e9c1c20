"""Who may do what."""

from datetime import UTC, datetime, timedelta

import pytest

from club.errors import NotAllowed
from club.staff import UNDO_WINDOW, Role, may_undo, require

NOON = datetime(2025, 10, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("role", "user_id", "after", "allowed"),
    [
        (Role.CASHIER, 1, UNDO_WINDOW, True),
        (Role.CASHIER, 1, UNDO_WINDOW + SECOND, False),
        (Role.CASHIER, 2, SECOND, False),
        (Role.MANAGER, 2, timedelta(days=400), True),
        (Role.OWNER, 2, timedelta(days=400), True),
    ],
)
def test_who_may_undo(role: Role, user_id: int, after: timedelta, allowed: bool) -> None:
    assert may_undo(role, user_id, 1, NOON, NOON + after) is allowed


def test_a_role_allows_what_those_below_it_may() -> None:
    require(Role.OWNER, Role.CASHIER)
    require(Role.CASHIER, Role.CASHIER)
    with pytest.raises(NotAllowed):
        require(Role.CASHIER, Role.MANAGER)
