"""Greetings of many on one day: to each what one alone would get, in few statements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from club.birthdays import Birthday, both_ways
from club.calendar import local_day
from club.debts import owe
from club.ledger import Account, wallet
from club.programme import Programme
from club.rules import Rule
from services.audit import Audit
from services.birthdays import GREETED_AT_ONCE, greet
from storage import birthdays as birthdays_store
from storage import ledger as ledger_store
from storage import members as members_store
from storage import tags as tags_store
from storage.db import Database
from storage.tables.birthdays import BIRTHDAYS
from storage.tables.book import ACCOUNTS
from storage.tables.members import MEMBERS
from tests.club.rungs import NAME, ladder
from tests.rules import rule, with_rules
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

JOINED = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
MORNING = datetime(2025, 10, 6, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
SIXTH, SEVENTH = (Birthday(calendar="gregorian", month=10, day=day) for day in (6, 7))
FIVE = rule("birthday", "birthday", points=5)
GIVEN = "SELECT target, rule, points FROM transfers WHERE reason = 'birthday' ORDER BY target, id"
LETTERS = "SELECT member_id, facts FROM outbox WHERE message = 'letters/birthday' ORDER BY id"


def greeting(*rules: Rule) -> Programme:
    """The small programme with these rules for birthdays."""
    return with_rules(PROGRAMME, *rules, instead_of=())


class Party:
    """Members who have their birthday on the same day."""

    def __init__(self, db: Database, programme: Programme) -> None:
        self.db, self.programme = db, programme
        self.book = Bookkeeper(db, programme)

    async def invite(self, points: int = 0, day: Birthday = SIXTH, **facts: Any) -> int:
        """One of them, who has earned these points before."""
        member_id = await self.book.join(JOINED)
        if points:
            await self.book.give(member_id, points, JOINED)
        days = both_ways(day, local_day(JOINED, self.programme.zone))
        async with self.db.write() as tx:
            await birthdays_store.put(tx, member_id, day.calendar, days)
            await members_store.change(tx, member_id, **facts)
        return member_id

    async def greet(self, *ticks: datetime) -> int:
        """Work these ticks; the book is in order afterwards."""
        async with self.db.write() as tx:
            count = await greet(tx, self.programme, ticks or [MORNING])
        assert (await Audit(self.db, self.programme).run()).faults == ()
        return count

    async def given(self) -> list[tuple[object, ...]]:
        """What birthdays brought: member, rule, points."""
        rows = await self.book.rows(GIVEN)
        return [(target // 10, key, points) for target, key, points in rows]  # type: ignore[operator]


async def test_each_is_told_their_own_points_and_balance(db: Database) -> None:
    party = Party(db, greeting(FIVE))
    for points in (0, 7, 30):
        await party.invite(points)
    assert await party.greet() == 3
    assert await party.given() == [(1, "birthday", 5), (2, "birthday", 5), (3, "birthday", 5)]
    told = [(id_, facts) for id_, facts in await party.book.rows(LETTERS)]
    assert [str(facts).replace('"', "'") for _, facts in told] == [
        f"{{'points': 5, 'balance': {balance}}}" for balance in (5, 12, 35)
    ]
    assert await party.greet() == 0


async def test_who_owes_pays_and_who_is_lifted_rises_beside_the_others(db: Database) -> None:
    party = Party(db, greeting(FIVE))
    plain, owing, rising = [await party.invite(points) for points in (10, 10, 97)]
    async with db.write() as tx:
        await ledger_store.open_account(tx, Account.DEBT, owing)
        debt = owe(owing, 3, key="debt", at=JOINED, explanation={})
        await ledger_store.add_move(tx, debt)
    async with db.write() as tx:
        assert await greet(tx, party.programme, [MORNING]) == 3
        balances = await ledger_store.balances(tx, [plain, owing, rising], MORNING)
    assert balances == {plain: 15, owing: 12, rising: 102}
    paid = await party.book.rows("SELECT source, points FROM transfers WHERE reason = 'repay'")
    assert paid == [(wallet(owing), 3)]
    members = [await party.book.member(id_) for id_ in (plain, owing, rising)]
    assert [(one.points_earned, one.tier) for one in members] == [
        (15, "member"),
        (15, "member"),
        (102, "silver"),
    ]
    told = await party.book.rows("SELECT member_id FROM outbox WHERE message LIKE '%tier_reached'")
    assert told == [(rising,)]


async def test_the_present_is_that_of_the_tier_to_which_the_birthday_lifts(db: Database) -> None:
    steps = [
        {"key": "member", "name": NAME, "from": 0, "birthday_points": 1},
        {"key": "silver", "name": NAME, "from": 100, "birthday_points": 20},
    ]
    main = ladder(measure="points", tiers=steps)
    lately = ladder(0, 100, key="lately", measure="points", over={"months": 12})
    party = Party(db, greeting(FIVE).model_copy(update={"ladders": (main, lately)}))
    await party.invite(30)
    await party.invite(95)
    await party.greet()
    assert await party.given() == [
        (1, "birthday", 5),
        (1, "tier:member", 1),
        (2, "birthday", 5),
        (2, "tier:silver", 20),
    ]
    kept = await party.book.rows("SELECT ladder, member_id, tier FROM standings ORDER BY ladder")
    assert kept == [("lately", 2, "t1"), ("main", 2, "silver")]


@pytest.mark.parametrize(
    ("figures", "given"),
    [
        ({"limits": [{"of": "all", "per": "month", "points": 12}]}, [5, 5, 2]),
        ({"limits": [{"of": "all", "per": "day", "times": 2}]}, [5, 5]),
        ({"limits": [{"of": "all", "per": "ever", "times": 3}], "last": True}, [5, 5, 5]),
    ],
)
async def test_a_limit_for_all_holds_within_one_day(
    db: Database, figures: dict[str, Any], given: list[int]
) -> None:
    party = Party(db, greeting(rule("birthday", "birthday", points=5, **figures)))
    for _ in range(4):
        await party.invite()
    assert await party.greet() == 4
    assert [points for _, _, points in await party.given()] == given
    assert await party.book.rows("SELECT times, points FROM budgets") == [(len(given), sum(given))]


async def test_conditions_and_limits_are_of_each_member(db: Database) -> None:
    rules = (
        rule("silver", "birthday", points=1, when={"tiers": ["silver"]}),
        rule("poet", "birthday", points=2, when={"tags": ["poetry"]}),
        rule("english", "birthday", points=4, when={"fields": {"language": "en"}}),
        rule("week", "birthday", points=8, when={"birthday_week": True}),
        rule("once", "birthday", points=16, limits=[{"of": "member", "per": "ever", "times": 1}]),
    )
    party = Party(db, greeting(*rules))
    await party.invite(100)
    poet = await party.invite()
    await party.invite(language="en")
    async with db.write() as tx:
        await tags_store.give(tx, poet, "poetry")
    await party.greet()
    assert sorted(await party.given()) == [
        *[(1, "once", 16), (1, "silver", 1), (1, "week", 8)],
        *[(2, "once", 16), (2, "poet", 2), (2, "week", 8)],
        *[(3, "english", 4), (3, "once", 16), (3, "week", 8)],
    ]
    await party.greet(MORNING + 365 * DAY)
    assert len(await party.given()) == 9 + 6  # A year later all but what is given once.


async def test_a_crowd_of_two_days_is_greeted_once_each_by_its_own_day(db: Database) -> None:
    party = Party(db, greeting(FIVE))
    first = await party.invite(day=SEVENTH)
    crowd = range(first + 1, first + 1 + GREETED_AT_ONCE + 2)
    model = await party.book.member(first)
    days = both_ways(SIXTH, local_day(JOINED, party.programme.zone))
    marks = {f"{name}_month": month for name, (month, _) in days.items()}
    marks |= {f"{name}_day": of_month for name, (_, of_month) in days.items()}
    facts = {name: getattr(model, name) for name in ("language", "calendar", "agreed_at")}
    facts |= {"join_step": model.join_step, "tier": model.tier, "reach": model.reach}
    members = [
        {"id": id_, "referral_code": f"c{id_}", "points_earned": 0, "created_at": JOINED} | facts
        for id_ in crowd
    ]
    wallets = [{"id": wallet(id_), "kind": Account.WALLET, "member_id": id_} for id_ in crowd]
    async with db.write() as tx:
        await tx.execute(insert(MEMBERS), members)
        await tx.execute(insert(ACCOUNTS), wallets)
        celebrated = [{"member_id": id_, "calendar": "gregorian"} | marks for id_ in crowd]
        await tx.execute(insert(BIRTHDAYS), celebrated)
    ticks = [MORNING, MORNING + DAY]
    assert await party.greet(*ticks) == len(crowd) + 1
    assert await party.greet(*ticks) == 0
    keys = "SELECT count(*) FROM transfers WHERE key LIKE 'birthday:2025-10-0{}:%'"
    found = [await party.book.rows(keys.format(day)) for day in (6, 7)]
    assert found == [[(len(crowd),)], [(1,)]]
    letters = "SELECT count(*), count(DISTINCT member_id) FROM outbox"
    assert await party.book.rows(letters) == [(len(crowd) + 1, len(crowd) + 1)]
