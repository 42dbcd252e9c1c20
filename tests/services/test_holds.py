"""Points set aside are spent or come back to the very lots they came from, once."""

import asyncio
import json
from datetime import timedelta

import pytest

from club.errors import KeyReused, NotEnoughPoints, NotOffered, PressExpired
from club.facts import decode_all
from club.holds import HoldState
from club.ledger import Account
from club.refunds import Refunding
from services.holds import HoldShown
from storage.db import Database
from templates.render import Reader, render
from tests.services.bookkeeping import PROGRAMME
from tests.services.desk import CASHIER, MANAGER, RULES, START, Desk


async def test_a_hold_takes_the_points_and_posting_spends_them(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(30, 50)
    held = await desk.holds.hold(sara.number, 60, by=CASHIER, key="u:1")
    assert (held.state, held.points, held.balance) == (HoldState.OPEN, 60, 20)
    assert held.expires_at == START + timedelta(hours=24)
    assert await desk.stands(Account.HELD, sara) == 60
    posted = await desk.holds.post(held.id, by=MANAGER)
    assert (posted.state, posted.balance, posted.repeated) == (HoldState.POSTED, 20, False)
    assert await desk.stands(Account.HELD, sara) == 0
    assert await desk.stands(Account.SPENT) == 60
    late = await desk.holds.void(held.id, by=CASHIER)
    assert (late.state, late.balance, late.repeated) == (HoldState.POSTED, 20, True)
    assert [await desk.letters(one) for one in ("points_held", "hold_posted", "hold_voided")] == [
        1,
        1,
        0,
    ]
    await desk.in_order()


async def test_voiding_fills_the_very_lots_again(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(30, 50)
    before = await desk.held(sara)
    held = await desk.holds.hold(sara.number, 60, by=CASHIER, key="u:1")
    assert await desk.lots(sara) == [20]
    voided = await desk.holds.void(held.id, by=CASHIER)
    assert (voided.state, voided.balance) == (HoldState.VOIDED, 80)
    assert await desk.lots(sara) == [30, 50]
    assert await desk.held(sara) == before
    await desk.in_order()


async def test_a_hold_that_is_over_comes_back_by_itself_and_cannot_be_posted(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(80)
    held = await desk.holds.hold(sara.number, 60, by=CASHIER, key="u:1")
    await desk.ticks.run_due()  # Begins the jobs.
    assert await desk.ticks.next_at() <= held.expires_at
    desk.now = held.expires_at - timedelta(seconds=1)
    await desk.ticks.run_due()
    assert (await desk.held(sara)).balance == 20
    desk.now = held.expires_at
    posted = await desk.holds.post(held.id, by=CASHIER)
    assert (posted.state, posted.balance, posted.repeated) == (HoldState.VOIDED, 80, False)
    second = await desk.holds.hold(sara.number, 10, by=CASHIER, key="u:2")
    desk.now = second.expires_at
    await desk.ticks.run_due()
    assert (await desk.held(sara)).balance == 80
    assert await desk.letters("hold_voided") == 2
    await desk.ticks.run_due()
    assert await desk.letters("hold_voided") == 2
    assert await desk.ticks.next_at() > desk.now
    await desk.in_order()


@pytest.mark.parametrize(("grace", "left"), [(30, 8), (0, 0)])
async def test_what_expired_meanwhile_has_the_grace_of_refunds(
    db: Database, grace: int, left: int
) -> None:
    refunds = Refunding(grace_days=grace)
    desk = Desk(db, RULES.model_copy(update={"refunds": refunds}))
    sara = await desk.member(10)
    ends = (await desk.held(sara)).next_expiry
    assert ends is not None
    desk.now = ends - timedelta(hours=1)
    held = await desk.holds.hold(sara.number, 8, by=CASHIER, key="u:1")
    desk.now = ends + timedelta(hours=1)
    await desk.ticks.run_due()
    voided = await desk.holds.void(held.id, by=CASHIER)
    assert voided.balance == left
    assert await desk.stands(Account.HELD, sara) == 0
    desk.now += timedelta(days=grace, hours=24)
    await desk.ticks.run_due()
    assert (await desk.held(sara)).balance == 0
    assert await desk.stands(Account.EXPIRED) == 10
    await desk.in_order()


async def test_a_late_press_is_logged_and_told_as_it_ended(db: Database) -> None:
    """Without grace, points whose lot ended while they were set aside are lost."""
    desk = Desk(db, RULES.model_copy(update={"refunds": Refunding(grace_days=0)}))
    sara = await desk.member(10)
    ends = (await desk.held(sara)).next_expiry
    assert ends is not None
    desk.now = ends - timedelta(hours=1)
    held = await desk.holds.hold(sara.number, 8, by=CASHIER, key="u:1")
    desk.now = held.expires_at
    posted = await desk.holds.post(held.id, by=CASHIER)
    assert (posted.state, posted.points, posted.lost) == (HoldState.VOIDED, 8, 8)
    assert (await desk.holds.void(held.id, by=CASHIER)).lost == 8
    logged = await desk.keeper.rows("SELECT action FROM audit_log ORDER BY id")
    assert [action for (action,) in logged] == ["hold", "hold_voided"]
    [(facts,)] = await desk.keeper.rows(
        "SELECT facts FROM outbox WHERE message = 'letters/hold_voided'"
    )
    told = decode_all(json.loads(facts) if isinstance(facts, str) else facts)  # type: ignore[arg-type]
    english = render("letters/hold_voided", Reader("en"), **told)
    assert "8 points that had been set aside: expired meanwhile" in english
    assert "منقضی شد" in render("letters/hold_voided", Reader("fa"), **told)
    await desk.in_order()


async def test_a_club_without_spending_sets_nothing_aside(db: Database) -> None:
    desk = Desk(db, PROGRAMME)
    sara = await desk.member(30)
    with pytest.raises(NotOffered):
        await desk.holds.hold(sara.number, 6, by=CASHIER, key="u:1")
    assert (await desk.held(sara)).balance == 30


async def test_the_same_key_sets_aside_once(db: Database) -> None:
    desk = Desk(db)
    sara, nima = await desk.member(80), await desk.member(80)
    first = await desk.holds.hold(sara.number, 60, by=CASHIER, key="u:1")
    again = await desk.holds.hold(sara.number, 60, by=CASHIER, key="u:1")
    assert (again.id, again.balance, again.repeated) == (first.id, 20, True)
    for other, points in ((sara, 61), (nima, 60)):
        with pytest.raises(KeyReused):
            await desk.holds.hold(other.number, points, by=CASHIER, key="u:1")
    with pytest.raises(NotEnoughPoints):
        await desk.holds.hold(sara.number, 21, by=CASHIER, key="u:2")
    with pytest.raises(PressExpired):
        await desk.holds.post(first.id + 99, by=CASHIER)
    await desk.in_order()


async def test_posted_and_voided_at_once_it_ends_once(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(80)
    held = await desk.holds.hold(sara.number, 60, by=CASHIER, key="u:1")
    ways = [desk.holds.post, desk.holds.void] * 4
    ended: list[HoldShown] = await asyncio.gather(*(way(held.id, by=CASHIER) for way in ways))
    assert len({(one.state, one.balance) for one in ended}) == 1
    assert sum(not one.repeated for one in ended) == 1
    await desk.in_order()


async def test_eight_holds_of_one_balance_never_take_more_than_there_is(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(50, 45)
    done = await asyncio.gather(
        *(desk.holds.hold(sara.number, 30, by=CASHIER, key=f"u:{n}") for n in range(8)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, HoldShown) for one in done) == 3
    assert sum(isinstance(one, NotEnoughPoints) for one in done) == 5
    assert (await desk.held(sara)).balance == 5
    await desk.in_order()
