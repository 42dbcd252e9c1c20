"""Gifts: given once, by whom they were asked of, within limits, and never earned."""

import asyncio
from datetime import timedelta

import pytest

from club.errors import (
    GiftTooLarge,
    GiftTooSmall,
    NotAMember,
    NotEnoughPoints,
    NotOffered,
    OwnNumber,
    PressExpired,
    UnknownMember,
)
from club.members import number_of
from club.misreadings import BadMemberNumber
from services.gifts import INTENT_LIFE, PointsGiven
from storage.db import Database
from tests.services.bookkeeping import PROGRAMME
from tests.services.desk import CASHIER, Desk, user


async def test_a_gift_keeps_each_lots_expiry_and_is_not_earned(db: Database) -> None:
    desk = Desk(db)
    sara, nima = await desk.member(30, 50), await desk.member()
    before = await desk.keeper.rows(_ENDS.format(sara.id))
    asked = await desk.gifts.ask(user(sara), nima.number, 60)
    assert (asked.number, asked.points, asked.balance) == (nima.number, 60, 20)
    given = await desk.gifts.give(user(sara), asked.intent_id)
    assert given == PointsGiven(number=nima.number, points=60, balance=20, repeated=False)
    assert await desk.lots(nima) == [30, 30]
    assert await desk.keeper.rows(_ENDS.format(nima.id)) == before
    assert await desk.lots(sara) == [20]
    assert (await desk.keeper.member(nima.id)).points_earned == 0
    assert (await desk.keeper.member(sara.id)).points_earned == 80
    assert await desk.letters("gift_received") == 1
    await desk.in_order()


_ENDS = "SELECT active_from, expires_at FROM lots WHERE member_id = {} ORDER BY expires_at"


async def test_two_taps_at_once_give_once(db: Database) -> None:
    desk = Desk(db)
    sara, nima = await desk.member(80), await desk.member()
    asked = await desk.gifts.ask(user(sara), nima.number, 60)
    given = await asyncio.gather(
        *(desk.gifts.give(user(sara), asked.intent_id) for _ in range(4)),
        desk.gifts.drop(user(sara), asked.intent_id),
        return_exceptions=True,
    )
    faults = [one for one in given if isinstance(one, BaseException)]
    assert all(isinstance(one, PressExpired) for one in faults), "the drop may have been first"
    done = [one for one in given if isinstance(one, PointsGiven)]
    if done:
        assert sum(not one.repeated for one in done) == 1
        assert (await desk.held(nima)).balance == 60
        assert await desk.letters("gift_received") == 1
    else:
        assert (await desk.held(nima)).balance == 0
    await desk.in_order()


async def test_members_who_give_each_other_at_once_both_do(db: Database) -> None:
    desk = Desk(db)
    sara, nima = await desk.member(80), await desk.member(80)
    there = [await desk.gifts.ask(user(sara), nima.number, 20) for _ in range(3)]
    back = [await desk.gifts.ask(user(nima), sara.number, 20) for _ in range(3)]
    await asyncio.gather(
        *(desk.gifts.give(user(sara), one.intent_id) for one in there),
        *(desk.gifts.give(user(nima), one.intent_id) for one in back),
    )
    assert (await desk.held(sara)).balance == (await desk.held(nima)).balance == 80
    await desk.in_order()


async def test_a_card_of_somebody_else_too_late_or_dropped_gives_nothing(db: Database) -> None:
    desk = Desk(db)
    sara, nima = await desk.member(80), await desk.member()
    asked = await desk.gifts.ask(user(sara), nima.number, 60)
    with pytest.raises(PressExpired):
        await desk.gifts.give(user(nima), asked.intent_id)
    assert await desk.gifts.drop(user(sara), asked.intent_id) is None
    with pytest.raises(PressExpired):
        await desk.gifts.give(user(sara), asked.intent_id)
    late = await desk.gifts.ask(user(sara), nima.number, 60)
    desk.now += INTENT_LIFE
    with pytest.raises(PressExpired):
        await desk.gifts.give(user(sara), late.intent_id)
    assert (await desk.held(sara)).balance == 80


async def test_what_cannot_be_given_is_refused_when_asked(db: Database) -> None:
    desk = Desk(db)
    sara, nima = await desk.member(500), await desk.member()
    for number, points, refusal in (
        (nima.number, 9, GiftTooSmall),
        (nima.number, 201, GiftTooLarge),
        (sara.number, 60, OwnNumber),
        (number_of(9_999), 60, UnknownMember),
        (nima.number[:-1] + str((int(nima.number[-1]) + 1) % 10), 60, BadMemberNumber),
    ):
        with pytest.raises(refusal):
            await desk.gifts.ask(user(sara), number, points)
    with pytest.raises(NotEnoughPoints):
        await desk.gifts.ask(user(nima), sara.number, 10)
    with pytest.raises(NotAMember):
        await desk.gifts.ask(1, nima.number, 10)
    with pytest.raises(NotOffered):
        await Desk(db, PROGRAMME).gifts.offer(user(sara))


async def test_the_limit_is_of_a_day_and_of_all_cards_together(db: Database) -> None:
    desk = Desk(db)
    sara, nima = await desk.member(500), await desk.member()
    first = await desk.gifts.ask(user(sara), nima.number, 120)
    second = await desk.gifts.ask(user(sara), nima.number, 120)
    await desk.gifts.give(user(sara), first.intent_id)
    with pytest.raises(GiftTooLarge) as refused:
        await desk.gifts.give(user(sara), second.intent_id)
    assert refused.value.facts == {"points": 120, "most": 200, "left": 80}
    assert (await desk.gifts.offer(user(sara))).left == 80
    desk.now += timedelta(hours=9)  # Midnight in Tehran was in between.
    assert (await desk.gifts.offer(user(sara))).left == 200


async def test_a_gift_to_who_left_or_of_what_is_gone_is_refused_at_the_press(
    db: Database,
) -> None:
    desk = Desk(db)
    sara, nima = await desk.member(80), await desk.member()
    asked = await desk.gifts.ask(user(sara), nima.number, 60)
    await desk.spending.spend(sara.number, 30, None, by=CASHIER, key="u:1")
    with pytest.raises(NotEnoughPoints):
        await desk.gifts.give(user(sara), asked.intent_id)
    fewer = await desk.gifts.ask(user(sara), nima.number, 40)
    leaving = await desk.members.ask_to_leave(user(nima))
    await desk.members.leave(user(nima), leaving.intent_id)
    with pytest.raises(UnknownMember):
        await desk.gifts.give(user(sara), fewer.intent_id)
    assert (await desk.held(sara)).balance == 50
    await desk.in_order()
