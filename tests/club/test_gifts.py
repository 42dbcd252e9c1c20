"""Points from one member to another: limits, and each lot's own expiry."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from club.carrying import give
from club.errors import GiftTooLarge, GiftTooSmall, NotEnoughPoints
from club.gifts import Gifts, check_gift
from club.ledger import Lot

NOON = datetime(2025, 10, 4, 12, 0, tzinfo=UTC)
RULES = Gifts(least=10, most_a_day=500)


def lot(number: int, remaining: int, days: int | None, *, starts: int = -1) -> Lot:
    return Lot(
        id=number,
        points=remaining,
        remaining=remaining,
        active_from=NOON + timedelta(days=starts),
        expires_at=None if days is None else NOON + timedelta(days=days),
    )


@pytest.mark.parametrize(
    ("points", "given_today", "refused"),
    [
        (9, 0, GiftTooSmall),
        (10, 0, None),
        (500, 0, None),
        (501, 0, GiftTooLarge),
        (10, 490, None),
        (11, 490, GiftTooLarge),
        (10, 700, GiftTooLarge),  # The programme was changed since.
    ],
)
def test_a_gift_has_limits(points: int, given_today: int, refused: type[Exception] | None) -> None:
    if refused is None:
        check_gift(points, given_today, RULES)
        return
    with pytest.raises(refused):
        check_gift(points, given_today, RULES)


def test_limits_that_leave_no_gift_are_a_fault() -> None:
    with pytest.raises(ValidationError, match="no gift would ever fit"):
        Gifts(least=11, most_a_day=10)


def test_each_lot_keeps_its_expiry_and_is_a_move_of_its_own() -> None:
    lots = [lot(1, 50, None), lot(2, 30, 9), lot(3, 20, 2), lot(4, 99, 5, starts=1)]
    given = give(1, 2, lots, 60, key="gift:7", at=NOON, explanation={})
    assert [(one.lot_id, one.grant.transfer.points, one.grant.expires_at) for one in given] == [
        (3, 20, lots[2].expires_at),
        (2, 30, lots[1].expires_at),
        (1, 10, None),
    ]
    assert [one.grant.transfer.key for one in given] == ["gift:7:1", "gift:7:2", "gift:7:3"]
    assert {(one.grant.transfer.source, one.grant.transfer.target) for one in given} == {(11, 21)}


def test_a_lot_of_100_gives_90_and_keeps_10_and_never_gives_101() -> None:
    hundred = [lot(1, 100, 30)]
    (given,) = give(1, 2, hundred, 90, key="g", at=NOON, explanation={})
    assert (given.grant.transfer.points, given.grant.expires_at) == (90, hundred[0].expires_at)
    with pytest.raises(NotEnoughPoints) as refused:
        give(1, 2, hundred, 101, key="g", at=NOON, explanation={})
    assert refused.value.facts == {"balance": 100, "points": 101}
