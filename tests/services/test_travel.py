"""Club time is moved from tick to tick, once a wish, however often the program is killed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from bot.clock import Clock
from bot.travel import BRIEFLY, PATIENCE, Follower, Traveller
from club.errors import TimeStandsFast, UnderWay
from club.letters import Letter
from club.misreadings import BadSpan
from club.travel import FARTHEST, read_span
from services.club import Club
from services.outbox import Outbox
from services.ticks import IDLE_AT_ONCE, Ticks
from services.travel import Travel
from storage import outbox as outbox_store
from storage.db import Database
from storage.tables.programme import TICKS
from storage.vault import Vault, make_key
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

START = datetime(2025, 10, 1, 9, 0, tzinfo=UTC)  # 12:30 in Tehran.
NIGHT = datetime(2025, 10, 1, 20, 35, tzinfo=UTC)
MORNING = datetime(2025, 10, 2, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
STAFF = -77
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Program:
    """One run of the program: a clock of its own on the stored rows."""

    def __init__(self, db: Database, machine: "Machine", offset: timedelta) -> None:
        self.clock = Clock(offset, machine.time)
        self.ticks = Ticks(db, PROGRAMME, self.clock.club_time, machine.time)
        self.travel = Travel(db, self.ticks, self.clock, machine.time, allowed=True)
        self.told: list[timedelta] = []
        outbox = Outbox(db, Vault(make_key()), PROGRAMME, machine.time, self.clock.club_time)
        self.leads = True
        self.woken = 0
        self.traveller = Traveller(
            self.travel,
            outbox,
            lambda: None,
            self._tell,
            machine.time,
            leads=lambda: self.leads,
        )
        self.follower = Follower(self.travel, [self._wake], leads=lambda: self.leads)

    async def _tell(self, offset: timedelta) -> None:
        self.told.append(offset)

    def _wake(self) -> None:
        self.woken += 1

    async def go(self, legs: int) -> list[datetime]:
        """So many legs, each with its tick; the ticks that were worked."""
        worked = []
        for _ in range(legs):
            await self.traveller.leg()
            worked += [done.at for done in await self.ticks.run_due()]
        return worked


class Machine:
    """Machine time, which the test moves by hand."""

    def __init__(self) -> None:
        self.now = START

    def time(self) -> datetime:
        return self.now


@pytest.fixture
def machine() -> Machine:
    return Machine()


async def started(db: Database, machine: Machine) -> Program:
    """The program after a start, on what was stored."""
    program = Program(db, machine, await Club(db, machine.time).clock_offset())
    await program.ticks.run_due()
    return program


async def booked(db: Database) -> list[tuple[str, datetime]]:
    """The ticks that are booked, in order, without those that the jobs began with."""
    async with db.read() as tx:
        rows = await tx.execute(select(TICKS.c.job, TICKS.c.at).where(TICKS.c.at > START))
        return sorted(((row.job, row.at) for row in rows), key=lambda tick: tick[1])


def ticks_of(days: int) -> list[tuple[str, datetime]]:
    """The ticks of so many days from START on."""
    each = (("expire_lots", NIGHT), ("expiry_notices", MORNING))
    return [(job, at + day * DAY) for day in range(days) for job, at in each]


async def test_idle_ticks_are_passed_by_in_one_leg_and_booked_each(
    db: Database, machine: Machine
) -> None:
    program = await started(db, machine)
    shown = await program.travel.set_out(2 * DAY, chat_id=STAFF, key="a")
    assert shown.until == START + 2 * DAY
    assert await program.go(1) == []
    assert not program.travel.under_way
    assert await booked(db) == ticks_of(2)
    assert program.clock.club_time() == START + 2 * DAY
    assert program.told == [2 * DAY]
    assert await program.traveller.leg() is None


async def test_a_long_idle_way_is_gone_in_several_legs(db: Database, machine: Machine) -> None:
    program = await started(db, machine)
    await program.travel.set_out(IDLE_AT_ONCE * DAY, chat_id=STAFF, key="a")
    await program.go(1)
    assert await booked(db) == ticks_of(IDLE_AT_ONCE // 2)
    assert program.clock.club_time() == ticks_of(IDLE_AT_ONCE // 2)[-1][1]
    await program.go(2)
    assert await booked(db) == ticks_of(IDLE_AT_ONCE)
    assert not program.travel.under_way


async def test_a_tick_with_work_is_worked_alone_and_at_its_own_time(
    db: Database, machine: Machine
) -> None:
    book = Bookkeeper(db)
    sara = await book.join(START - 400 * DAY)
    await book.give(sara, 7, START - 365 * DAY)
    program = await started(db, machine)
    await program.travel.set_out(3 * DAY, chat_id=STAFF, key="a")
    await program.traveller.leg()
    assert program.clock.club_time() == NIGHT
    assert await booked(db) == []
    assert [done.at for done in await program.ticks.run_due()] == [NIGHT]
    assert await program.go(1) == []
    assert await booked(db) == ticks_of(3)


async def test_a_tick_that_fails_is_not_passed_by(db: Database, machine: Machine) -> None:
    program = await started(db, machine)
    await program.travel.set_out(2 * DAY, chat_id=STAFF, key="a")
    async with db.write() as tx:
        await tx.execute(text("ALTER TABLE expiry_notices RENAME TO lost"))
    with pytest.raises(ExceptionGroup):
        await program.go(1)
    assert program.clock.club_time() == MORNING
    assert await booked(db) == ticks_of(1)[:1]
    async with db.write() as tx:
        await tx.execute(text("ALTER TABLE lost RENAME TO expiry_notices"))
    assert [done.at for done in await program.ticks.run_due()] == [MORNING]
    await program.go(1)
    assert await booked(db) == ticks_of(2)


async def test_the_same_wish_again_moves_nothing(db: Database, machine: Machine) -> None:
    program = await started(db, machine)
    await program.travel.set_out(DAY, chat_id=STAFF, key="a")
    with pytest.raises(UnderWay):
        await program.travel.set_out(DAY, chat_id=STAFF, key="b")
    assert (await program.travel.set_out(DAY, chat_id=STAFF, key="a")).until == START + DAY
    await program.go(9)
    assert (await program.travel.set_out(DAY, chat_id=STAFF, key="a")).until is None
    assert await program.go(3) == []
    assert program.clock.club_time() == START + DAY


async def test_a_killed_program_travels_on(db: Database, machine: Machine) -> None:
    program = await started(db, machine)
    await program.travel.set_out(IDLE_AT_ONCE * DAY, chat_id=STAFF, key="a")
    await program.go(1)
    reached = program.clock.club_time()
    machine.now += timedelta(minutes=1)
    program = await started(db, machine)
    assert program.clock.club_time() == reached + timedelta(minutes=1)
    await program.go(9)
    assert await booked(db) == ticks_of(IDLE_AT_ONCE)
    assert program.clock.club_time() == START + IDLE_AT_ONCE * DAY


async def test_a_tick_is_left_when_its_letters_are_out_or_patience_ends(
    db: Database, machine: Machine
) -> None:
    book = Bookkeeper(db)
    sara = await book.join(START - 350 * DAY)
    await book.give(sara, 40, START - 350 * DAY)
    program = await started(db, machine)
    await program.travel.set_out(2 * DAY, chat_id=STAFF, key="a")
    assert await program.go(1) == [MORNING]
    assert await book.rows("SELECT count(*) FROM outbox") == [(1,)]
    assert await program.traveller.leg() == BRIEFLY
    assert program.clock.club_time() == MORNING
    machine.now += PATIENCE
    assert await program.traveller.leg() == timedelta(0)
    assert program.clock.club_time() == NIGHT + DAY, "one tick, as long as a letter is on its way"


async def test_the_chat_hears_of_the_arrival_once(db: Database, machine: Machine) -> None:
    program = await started(db, machine)
    await program.travel.set_out(timedelta(hours=1), chat_id=STAFF, key="a")
    await program.go(3)
    async with db.read() as tx:
        rows = (await tx.execute(text("SELECT key, chat_id, message FROM outbox"))).all()
    assert [tuple(row) for row in rows] == [("travel:a", STAFF, "letters/clock_arrived")]


async def test_who_is_no_trial_keeps_real_time(db: Database, machine: Machine) -> None:
    program = Program(db, machine, timedelta(0))
    travel = Travel(db, program.ticks, program.clock, machine.time, allowed=False)
    with pytest.raises(TimeStandsFast):
        await travel.show()
    with pytest.raises(TimeStandsFast):
        await travel.set_out(DAY, chat_id=STAFF, key="a")
    assert await travel.go_on() is None


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        ("+30d", 30 * DAY),
        ("30 d", 30 * DAY),
        ("۲ هفته", 14 * DAY),
        ("+12H", timedelta(hours=12)),
        ("1098d", FARTHEST),
    ],
)
def test_a_span_is_read_in_either_language(typed: str, span: timedelta) -> None:
    assert read_span(typed) == span


@pytest.mark.parametrize("typed", ["-1d", "0d", "30", "d", "+30x", "1099d", "1.5d", "+3d +4d"])
def test_what_is_no_way_ahead_is_refused(typed: str) -> None:
    with pytest.raises(BadSpan):
        read_span(typed)


@on_postgresql
async def test_others_follow_where_the_leader_moves_the_clock(
    db: Database, machine: Machine
) -> None:
    leader = await started(db, machine)
    another = Database(db.url.render_as_string(hide_password=False))
    other = await started(another, machine)
    other.leads = False
    await other.follower.look()
    assert other.woken == 0, "nothing has moved"
    async with db.write() as tx:
        later = Letter(key="later", message="m", chat_id=STAFF, not_before=START + DAY)
        await outbox_store.add(tx, [later], START)
    await leader.travel.set_out(40 * DAY, chat_id=STAFF, key="1")
    await other.follower.look()
    assert await other.traveller.leg() is None, "that is for the leader to do"
    await leader.go(1)
    letters = Outbox(another, Vault(make_key()), PROGRAMME, machine.time, other.clock.club_time)
    assert not await letters.claim("other", 5)
    await other.follower.look()
    assert [letter.key for letter in await letters.claim("other", 5)] == ["later"]
    assert (other.clock.offset, other.woken) == (leader.clock.offset, 1)
    await other.follower.look()
    assert other.woken == 1, "once for each move"
    await another.close()


@on_postgresql
async def test_who_leads_next_goes_on_with_the_way(db: Database, machine: Machine) -> None:
    leader = await started(db, machine)
    other = await started(db, machine)
    other.leads = False
    await other.follower.look()
    assert not other.travel.under_way
    await leader.travel.set_out(DAY, chat_id=STAFF, key="1")
    leader.leads, other.leads = False, True
    await other.follower.look()
    assert other.woken == 1
    await arrived(other)
    assert other.clock.club_time() == START + DAY


async def arrived(program: Program) -> None:
    """The way is gone to its end."""
    while program.travel.under_way:
        await program.go(1)
