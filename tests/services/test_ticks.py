"""What the club does by itself: each tick once, and neither too much nor too little."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from club.ledger import wallet
from club.ticks import Job
from services.ticks import TickDone, Ticks
from storage.db import Database
from storage.tables.book import ACCOUNTS, LOTS, TRANSFERS
from storage.tables.members import MEMBERS
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

START = datetime(2025, 10, 1, 9, 0, tzinfo=UTC)  # 12:30 in Tehran.
NIGHT = datetime(2025, 10, 1, 20, 35, tzinfo=UTC)  # The first tick after START.
MORNING = datetime(2025, 10, 2, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


class Town:
    """A club whose time the test sets."""

    def __init__(self, db: Database) -> None:
        self.now = START
        self.book = Bookkeeper(db)
        self.ticks = self.process(db)

    def process(self, db: Database) -> Ticks:
        """A program at work on the book."""
        return Ticks(db, PROGRAMME, lambda: self.now, lambda: self.now)

    async def at(self, moment: datetime) -> list[TickDone]:
        """What is done when it is that late."""
        self.now = moment
        return await self.ticks.run_due()


@pytest.fixture
def town(db: Database) -> Town:
    return Town(db)


async def test_a_new_club_has_no_backlog(town: Town) -> None:
    assert await town.ticks.due() == []
    assert await town.ticks.next_at() == NIGHT
    town.now = MORNING + DAY
    assert await town.ticks.due() == [
        (Job.EXPIRE_LOTS, NIGHT),
        (Job.EXPIRY_NOTICES, MORNING),
        (Job.EXPIRE_LOTS, NIGHT + DAY),
        (Job.EXPIRY_NOTICES, MORNING + DAY),
    ]


async def test_after_a_pause_the_latest_tick_does_the_work_of_all(town: Town) -> None:
    await town.ticks.due()
    late = NIGHT + 40 * DAY
    member = await town.book.join(START)
    await town.book.give(member, 10, START - YEAR)  # Its end is on the first night.
    assert await town.at(late) == [
        TickDone(job=Job.EXPIRY_NOTICES, at=MORNING + 39 * DAY, passed_over=39, changed=0),
        TickDone(job=Job.EXPIRE_LOTS, at=late, passed_over=40, changed=1),
    ]
    assert await town.ticks.due() == []
    assert await town.ticks.run_due() == []
    booked = await town.book.rows("SELECT job, count(*) FROM ticks GROUP BY job ORDER BY job")
    assert booked == [("expire_lots", 42), ("expiry_notices", 41)]  # With the row each began with.


async def test_a_clock_that_goes_back_repeats_nothing(town: Town) -> None:
    await town.ticks.due()
    assert len(await town.at(MORNING)) == 2
    assert await town.at(START) == []
    assert await town.ticks.next_at() == NIGHT + DAY


async def test_two_processes_work_a_tick_once(town: Town, db: Database, database_url: str) -> None:
    await town.ticks.due()
    member = await town.book.join(START)
    await town.book.give(member, 10, START - YEAR)
    town.now = NIGHT
    other = Database(database_url)
    done = await asyncio.gather(*(town.process(each).run_due() for each in (db, other, db, other)))
    await other.close()
    assert sorted(len(one) for one in done) == [0, 0, 0, 1]
    moved = await town.book.rows("SELECT points FROM transfers WHERE reason = 'expiry'")
    assert moved == [(10,)]


async def test_a_job_that_fails_stays_due_and_does_not_hold_up_the_other(
    town: Town, db: Database
) -> None:
    await town.ticks.due()
    member = await town.book.join(START)
    await town.book.give(member, 10, START - YEAR + DAY)
    async with db.write() as tx:
        await tx.execute(text("ALTER TABLE outbox RENAME TO lost"))
    with pytest.raises(ExceptionGroup):
        await town.at(MORNING)
    assert await town.ticks.due() == [(Job.EXPIRY_NOTICES, MORNING)]
    async with db.write() as tx:
        await tx.execute(text("ALTER TABLE lost RENAME TO outbox"))
    assert [done.changed for done in await town.ticks.run_due()] == [1]


async def test_expired_lots_are_booked_at_the_moment_they_expired(town: Town) -> None:
    await town.ticks.due()
    member = await town.book.join(START)
    await town.book.give(member, 30, START - YEAR - DAY)
    await town.book.give(member, 80, START - YEAR)
    await town.book.give(member, 7, START - YEAR + DAY)
    await town.book.spend(member, 40, START - 2 * DAY)  # All of the first, ten of the second.
    assert [done.changed for done in await town.at(NIGHT)] == [1]
    ended = int(datetime(2025, 10, 1, 20, 30, tzinfo=UTC).timestamp() * 1000)
    assert await town.book.rows(
        "SELECT key, source, target, points, at FROM transfers WHERE reason = 'expiry'"
    ) == [("expiry:lot:2", member * 10 + 1, 3, 70, ended)]
    lots = await town.book.rows("SELECT id, remaining FROM lots ORDER BY id")
    assert lots == [(1, 0), (2, 0), (3, 7)]
    uses = await town.book.rows("SELECT lot_id, points FROM lot_uses ORDER BY transfer_id, lot_id")
    assert uses == [(1, 30), (2, 10), (2, 70)]
    after = await town.book.member(member)
    assert (after.points_earned, after.tier) == (117, "silver")


async def test_the_lots_of_many_members_expire_at_once(town: Town, db: Database) -> None:
    await town.ticks.due()
    members = range(1, 1_001)
    joined = {
        "language": "fa",
        "calendar": "jalali",
        "join_step": "done",
        "tier": "member",
        "points_earned": 0,
        "reach": "active",
        "created_at": START,
    }
    move = {"source": 2, "points": 1, "reason": "adjust", "explanation": {}, "at": START}
    lot = {"points": 1, "remaining": 1, "active_from": START, "expires_at": NIGHT}
    async with db.write() as tx:
        for table, rows in (
            (MEMBERS, [{**joined, "referral_code": str(n)} for n in members]),
            (ACCOUNTS, [{"id": wallet(n), "kind": 1, "member_id": n} for n in members]),
            (TRANSFERS, [{**move, "key": str(n), "target": wallet(n)} for n in members]),
            (LOTS, [{**lot, "member_id": n, "transfer_id": n} for n in members]),
        ):
            await tx.execute(insert(table), rows)
    assert [done.changed for done in await town.at(NIGHT)] == [len(members)]
    assert await town.book.rows("SELECT count(*) FROM lots WHERE remaining > 0") == [(0,)]
