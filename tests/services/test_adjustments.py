"""By hand: up to a limit alone, beyond it by two different people, once."""

import asyncio
from datetime import timedelta

import pytest

from club.errors import KeyReused, MemberHasLeft, NotEnoughPoints, PressExpired, SecondPersonNeeded
from services.adjustments import (
    INTENT_LIFE,
    AdjustmentAsked,
    AdjustmentDropped,
    PointsAdjusted,
)
from storage.db import Database
from tests.services.desk import MANAGER, OWNER, Desk, user


async def ask(desk: Desk, number: str, points: int, key: str = "u:1") -> AdjustmentAsked:
    """So many points that it takes two."""
    asked = await desk.adjustments.adjust(number, points, "prize", by=MANAGER, key=key)
    assert isinstance(asked, AdjustmentAsked)
    return asked


@pytest.mark.parametrize("points", [100, -100, 101, -101])
async def test_up_to_the_limit_one_is_enough(db: Database, points: int) -> None:
    desk = Desk(db)
    sara = await desk.member(500)
    outcome = await desk.adjustments.adjust(sara.number, points, "prize", by=MANAGER, key="u:1")
    if abs(points) > 100:
        assert isinstance(outcome, AdjustmentAsked)
        assert (await desk.held(sara)).balance == 500
        assert await desk.letters("adjusted") == 0
        return
    assert isinstance(outcome, PointsAdjusted)
    assert (outcome.points, outcome.balance, outcome.confirmed_by) == (points, 500 + points, None)
    assert await desk.letters("adjusted") == 1
    with pytest.raises(KeyReused):
        await desk.adjustments.adjust(sara.number, -points, "prize", by=MANAGER, key="u:1")


async def test_a_second_person_confirms_and_a_second_press_changes_nothing(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(10)
    asked = await ask(desk, sara.number, 300)
    assert (asked.limit, asked.asked_by, asked.points) == (100, str(MANAGER), 300)
    with pytest.raises(SecondPersonNeeded):
        await desk.adjustments.confirm(asked.intent_id, by=MANAGER)
    pressed = await asyncio.gather(
        *(desk.adjustments.confirm(asked.intent_id, by=OWNER) for _ in range(3))
    )
    assert sum(not one.repeated for one in pressed) == 1
    assert {(one.asked_by, one.confirmed_by, one.balance) for one in pressed} == {
        (str(MANAGER), str(OWNER), 310)
    }
    late = await desk.adjustments.drop(asked.intent_id, by=MANAGER)
    assert isinstance(late, PointsAdjusted)
    assert await desk.letters("adjusted") == 1
    await desk.in_order()


async def test_the_same_command_again_makes_a_card_that_counts_once(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(10)
    first, second = await ask(desk, sara.number, 300), await ask(desk, sara.number, 300)
    await desk.adjustments.confirm(first.intent_id, by=OWNER)
    again = await desk.adjustments.confirm(second.intent_id, by=OWNER)
    assert (again.repeated, again.balance) == (True, 310)
    told = await desk.adjustments.adjust(sara.number, 300, "prize", by=MANAGER, key="u:1")
    assert isinstance(told, PointsAdjusted)
    assert told.repeated


async def test_what_was_dropped_or_is_too_old_is_not_done(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(10)
    asked = await ask(desk, sara.number, 300)
    dropped = await desk.adjustments.drop(asked.intent_id, by=MANAGER)
    assert dropped == AdjustmentDropped(number=sara.number, points=300, dropped_by=str(MANAGER))
    assert await desk.adjustments.drop(asked.intent_id, by=OWNER) == dropped
    with pytest.raises(PressExpired):
        await desk.adjustments.confirm(asked.intent_id, by=OWNER)
    late = await ask(desk, sara.number, 300, "u:2")
    desk.now += INTENT_LIFE - timedelta(seconds=1)
    desk.now += timedelta(seconds=1)
    for press in (desk.adjustments.confirm, desk.adjustments.drop):
        with pytest.raises(PressExpired):
            await press(late.intent_id, by=OWNER)
    assert (await desk.held(sara)).balance == 10


async def test_what_cannot_be_taken_is_refused_at_the_asking_and_at_the_press(
    db: Database,
) -> None:
    desk = Desk(db)
    sara = await desk.member(300)
    with pytest.raises(NotEnoughPoints):
        await ask(desk, sara.number, -301)
    asked = await ask(desk, sara.number, -300)
    await desk.adjustments.adjust(sara.number, -1, "oops", by=MANAGER, key="u:2")
    with pytest.raises(NotEnoughPoints):
        await desk.adjustments.confirm(asked.intent_id, by=OWNER)
    leaving = await desk.members.ask_to_leave(user(sara))
    await desk.members.leave(user(sara), leaving.intent_id)
    with pytest.raises(MemberHasLeft):
        await desk.adjustments.confirm(asked.intent_id, by=OWNER)
    await desk.in_order()
