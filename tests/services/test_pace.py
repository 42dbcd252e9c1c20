"""The stored pace: one row for all who send, by the database's clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import RowMapping, select, update

from club.facts import decode_all
from club.letters import Letter, LetterState
from services.pace import AHEAD_S, FLOOR, RECOVERY, SHRINK, SPREAD_S, WHOLE, StoredPace
from storage import club as club_store
from storage import outbox as outbox_store
from storage.db import Database
from storage.tables.outbox import OUTBOX
from tests.stopped_clock import StoppedClock

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
STAFF = -100
RATE = 30
STEP_S = SPREAD_S / RATE
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
CLUB_NOON = datetime(2019, 6, 1, 12, tzinfo=UTC)


class Desk:
    """The service under test, and its time."""

    def __init__(self, db: Database, clock: StoppedClock | None) -> None:
        """`clock`: PostgreSQL's own."""
        self.db = db
        self.now = NOON
        self.club_now = CLUB_NOON
        self.pace = StoredPace(db, lambda: self.now, lambda: self.club_now)
        self._clock = clock

    async def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self._clock is not None:
            await self._clock.move(seconds)

    async def permille(self) -> int:
        return (await self.pace.stand()).permille

    async def letters(self) -> Sequence[RowMapping]:
        async with self.db.read() as tx:
            return (await tx.execute(select(OUTBOX))).mappings().all()


@pytest.fixture
async def desk(db: Database, migrated_url: str) -> Desk:
    if db.is_sqlite:
        return Desk(db, None)
    clock = StoppedClock(migrated_url)
    await clock.stop()
    return Desk(db, clock)


async def test_of_several_halts_the_last_to_end_counts(desk: Desk) -> None:
    assert (await desk.pace.stand()).halted_s == 0
    await desk.pace.halt(30)
    await desk.pace.halt(5)
    assert (await desk.pace.stand()).halted_s == pytest.approx(30, abs=1)
    await desk.pace.halt(50)
    await desk.move(20)
    assert (await desk.pace.stand()).halted_s == pytest.approx(30, abs=1)
    await desk.move(31)
    assert (await desk.pace.stand()).halted_s == 0


async def test_a_halt_slows_letters_once_and_they_recover_after_it(desk: Desk) -> None:
    assert await desk.permille() == WHOLE
    for _ in range(5):  # So many were in flight.
        await desk.pace.halt(3)
    assert await desk.permille() == SHRINK
    await desk.move(2.5)
    assert await desk.permille() == SHRINK
    await desk.move(20.5)
    assert await desk.permille() == pytest.approx(SHRINK + 20 * RECOVERY, abs=RECOVERY)
    await desk.move(60)
    assert await desk.permille() == WHOLE


async def test_many_halts_leave_the_least_rate(desk: Desk) -> None:
    for _ in range(20):
        await desk.pace.halt(1)
        await desk.move(1.5)
    assert FLOOR <= await desk.permille() < FLOOR + 3 * RECOVERY
    await desk.move(180)
    assert await desk.permille() == WHOLE


async def test_staff_hear_once_of_a_long_silence(desk: Desk) -> None:
    async with desk.db.write() as tx:
        await club_store.put(tx, "staff_chat_id", str(STAFF))
        waits = [Letter(key=f"k{number}", message="m", chat_id=-5) for number in (1, 2)]
        await outbox_store.add(tx, waits, CLUB_NOON)
    await desk.pace.halt(60)
    assert len(await desk.letters()) == 2
    await desk.pace.halt(90)
    await desk.pace.halt(120)
    *_, told = await desk.letters()
    assert len(await desk.letters()) == 3
    assert (told["message"], told["chat_id"]) == ("staff/halted", STAFF)
    assert told["facts"]["letters_held"] == 2
    await desk.move(130)
    await desk.pace.halt(3600)
    assert len(await desk.letters()) == 4


async def test_a_letter_that_waits_tells_of_the_whole_silence(desk: Desk) -> None:
    async with desk.db.write() as tx:
        await club_store.put(tx, "staff_chat_id", str(STAFF))
    await desk.pace.halt(61)
    passed = timedelta(seconds=40)
    await desk.move(passed.total_seconds())
    desk.club_now += passed
    await desk.pace.halt(3600)
    await desk.pace.halt(5)  # It ends before the other: nothing is new.
    (told,) = await desk.letters()
    facts = decode_all(told["facts"])
    whole = {"silent_from": CLUB_NOON, "silent_until": CLUB_NOON + passed + timedelta(hours=1)}
    for name, moment in whole.items():
        assert abs(facts[name] - moment) < timedelta(seconds=1), name
    assert facts["letters_held"] == 0
    async with desk.db.write() as tx:
        await tx.execute(update(OUTBOX).values(state=LetterState.SENT))
    await desk.pace.halt(7200)
    (left,) = await desk.letters()
    assert left["facts"] == told["facts"]


async def test_without_a_staff_group_a_long_silence_is_kept_all_the_same(desk: Desk) -> None:
    await desk.pace.halt(3600)
    assert (await desk.pace.stand()).halted_s == pytest.approx(3600, abs=1)
    assert not await desk.letters()


@on_postgresql
async def test_places_follow_one_another_and_never_lie_far_ahead(desk: Desk) -> None:
    first = await desk.pace.letters(RATE, 1)
    assert first.places == 1
    again = await desk.pace.letters(RATE, 10)
    assert again.begin_s == pytest.approx(first.begin_s + STEP_S, abs=0.001)
    assert again.places <= 2
    while (got := await desk.pace.letters(RATE, 10)).places:
        pass
    assert AHEAD_S < got.begin_s - got.now_s <= AHEAD_S + STEP_S


@on_postgresql
async def test_at_a_high_rate_many_places_are_given_at_once(desk: Desk) -> None:
    got = await desk.pace.letters(1000, 500)
    assert 0.9 * AHEAD_S <= got.places * got.step_s <= 1.3 * AHEAD_S


@on_postgresql
async def test_a_burst_of_answers_leaves_at_once_and_letters_wait_for_it(desk: Desk) -> None:
    for _ in range(29):
        got = await desk.pace.answers(RATE, 1)
        assert got.begin_s == got.now_s
    late = await desk.pace.answers(RATE, 1)
    assert late.begin_s - late.now_s > 0.5
    assert (await desk.pace.letters(RATE, 1)).places == 0
    await desk.move(0.5)
    next_place = await desk.pace.answers(RATE, 1)
    assert next_place.begin_s - late.begin_s == pytest.approx(STEP_S, abs=0.001)


@on_postgresql
async def test_an_album_has_room_for_all_its_pictures(desk: Desk) -> None:
    whole = await desk.pace.answers(RATE, 10)
    assert whole.begin_s == whole.now_s
    await desk.move(5)
    for _ in range(29):
        await desk.pace.answers(RATE, 1)
    next_place = await desk.pace.answers(RATE, 1)
    album = await desk.pace.answers(RATE, 5)
    assert album.begin_s - next_place.begin_s == pytest.approx(5 * STEP_S, abs=0.01)


@on_postgresql
async def test_an_answer_waits_for_few_letters(desk: Desk) -> None:
    while (await desk.pace.letters(RATE, 10)).places:
        pass
    got = await desk.pace.answers(RATE, 1)
    assert got.begin_s - got.now_s <= AHEAD_S + STEP_S


@on_postgresql
async def test_slow_letters_do_not_slow_answers(desk: Desk) -> None:
    for _ in range(10):
        await desk.pace.halt(1)
        await desk.move(1.2)
    slow = await desk.pace.letters(RATE, 1)
    assert slow.step_s == pytest.approx(STEP_S * WHOLE / slow.permille, rel=0.001)
    assert slow.permille < 150
    assert (await desk.pace.letters(RATE, 1)).places == 0
    got = await desk.pace.answers(RATE, 1)
    assert got.begin_s - got.now_s <= AHEAD_S + STEP_S


@on_postgresql
async def test_nothing_is_reserved_during_a_halt(desk: Desk) -> None:
    await desk.pace.halt(30)
    got = await desk.pace.letters(RATE, 5)
    assert got.places == 0
    assert got.halted_s == pytest.approx(30, abs=1)
    assert (await desk.pace.answers(RATE, 1)).halted_s == pytest.approx(30, abs=1)


@on_postgresql
async def test_a_clock_that_was_set_back_keeps_nobody_waiting(desk: Desk) -> None:
    await desk.pace.letters(RATE, 1)
    await desk.move(-3600)
    assert (await desk.pace.letters(RATE, 1)).places == 1
