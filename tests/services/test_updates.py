"""Updates are kept once, taken in order, and done only when they were handled."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import RowMapping, select

from services.updates import BATCH_SIZE, MAX_ATTEMPTS, AnotherBot, Updates, person_of
from storage import club as club_store
from storage.db import Database
from storage.tables.intake import UPDATES
from storage.tables.outbox import OUTBOX
from storage.vault import Vault, make_key

BOT = 7_000_000_001
SARA, REZA = 412_907_318, 731_554_902
STAFF_CHAT = -4_918_273_645
START = datetime(2026, 3, 21, 8, 30, tzinfo=UTC)
CLUB_START = datetime(2018, 9, 23, tzinfo=UTC)


class Hand:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Desk:
    """The service under test, with its clock and a look at its rows."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = Hand()
        self.updates = self.with_key(make_key())

    def with_key(self, key: str) -> Updates:
        return Updates(self.db, Vault(key), self.clock, lambda: CLUB_START)

    async def take(self, busy: Sequence[int] = (), limit: int = 16) -> list[int]:
        return [taken.update_id for taken in await self.updates.take(busy, limit)]

    async def rows(self) -> Sequence[RowMapping]:
        async with self.db.read() as tx:
            return (await tx.execute(select(UPDATES).order_by(UPDATES.c.id))).mappings().all()

    async def letters(self) -> Sequence[RowMapping]:
        async with self.db.read() as tx:
            return (await tx.execute(select(OUTBOX))).mappings().all()

    async def fail_until_parked(self) -> list[float]:
        """The pauses after each failure of the only update that waits."""
        pauses: list[float] = []
        for _ in range(MAX_ATTEMPTS):
            (taken,) = await self.updates.take((), 1)
            if await self.updates.fail(taken.id, "OSError at services/club.py:1"):
                return pauses
            pause = await self.updates.next_due(())
            assert pause is not None
            pauses.append(pause.total_seconds())
            self.clock.move(pauses[-1])
        raise AssertionError("never parked")


def message(update_id: int, person: int = SARA, text: str = "salam") -> dict[str, Any]:
    return {"update_id": update_id, "message": {"from": {"id": person}, "text": text}}


def press(update_id: int, person: int = SARA) -> dict[str, Any]:
    return {"update_id": update_id, "callback_query": {"id": "1", "from": {"id": person}}}


@pytest.fixture
def desk(db: Database) -> Desk:
    return Desk(db)


async def test_the_first_bot_owns_the_database(desk: Desk) -> None:
    await desk.updates.own(BOT)
    await desk.updates.own(BOT)
    with pytest.raises(AnotherBot) as refused:
        await desk.updates.own(BOT + 1)
    assert refused.value.owner_id == BOT


async def test_an_update_is_kept_once(desk: Desk) -> None:
    assert await desk.updates.store(BOT, [message(5), message(5), message(6)]) == 2
    assert await desk.updates.store(BOT, [message(6), message(7)]) == 1
    assert await desk.updates.store(BOT, []) == 0
    assert [row["update_id"] for row in await desk.rows()] == [5, 6, 7]


async def test_what_was_done_is_known_when_it_comes_again(desk: Desk) -> None:
    await desk.updates.store(BOT, [message(5)])
    (taken,) = await desk.updates.take((), 1)
    await desk.updates.done(taken.id)
    assert await desk.updates.store(BOT, [message(5)]) == 0
    assert await desk.take() == []
    assert await desk.updates.next_due(()) is None


async def test_what_it_says_is_sealed_and_emptied_when_done(desk: Desk) -> None:
    await desk.updates.store(BOT, [message(5, text="+989121234567")])
    (row,) = await desk.rows()
    assert b"9121234567" not in row["payload"]
    (taken,) = await desk.updates.take((), 1)
    assert taken.payload == message(5, text="+989121234567")
    await desk.updates.done(taken.id)
    (row,) = await desk.rows()
    assert (row["state"], row["payload"]) == ("done", None)


@pytest.mark.parametrize(
    ("raw", "person"),
    [
        (message(1, person=SARA), SARA),
        (press(1, person=REZA), REZA),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": 9}, "from": {"id": SARA}}}, SARA),
        ({"update_id": 1, "message": {"chat": {"id": -100}, "sender_chat": {"id": -100}}}, -100),
        ({"update_id": 1, "poll": {"id": "2"}}, 0),
        ({"update_id": 1, "something_new": [1]}, 0),
        ({"update_id": 1, "message": {"from": {"id": "x"}, "chat": {"id": 3}}}, 3),
        ({"update_id": 1}, 0),
    ],
)
def test_every_update_has_a_person(raw: dict[str, Any], person: int) -> None:
    assert person_of(raw) == person


async def test_each_person_has_one_update_out_and_the_oldest_first(desk: Desk) -> None:
    await desk.updates.store(
        BOT, [message(1, SARA), message(2, SARA), message(3, REZA), message(4, 77)]
    )
    assert await desk.take(busy=[77]) == [1, 3]
    assert await desk.take(busy=[SARA, REZA], limit=1) == [4]
    assert await desk.take(busy=[SARA, REZA, 77]) == []
    assert await desk.updates.next_due([SARA, REZA, 77]) is None


async def test_the_limit_leaves_the_youngest(desk: Desk) -> None:
    await desk.updates.store(BOT, [message(number, person=number) for number in (4, 3, 2, 1)])
    assert await desk.take(limit=3) == [4, 3, 2]


async def test_who_waits_for_the_next_try_keeps_the_later_ones_waiting(desk: Desk) -> None:
    await desk.updates.store(BOT, [message(1, SARA), message(2, SARA), message(3, REZA)])
    (first, _) = await desk.updates.take((), 16)
    await desk.updates.fail(first.id, "OSError")
    assert await desk.take() == [3]
    assert await desk.updates.next_due([REZA]) == timedelta(seconds=1)
    desk.clock.move(1)
    assert await desk.updates.next_due([REZA]) == timedelta(0)
    assert await desk.take(busy=[REZA]) == [1]
    await desk.updates.done(first.id)
    assert await desk.take(busy=[REZA]) == [2]


async def test_a_try_counts_before_it_ends(desk: Desk) -> None:
    await desk.updates.store(BOT, [message(1)])
    (first,) = await desk.updates.take((), 1)
    (after_a_crash,) = await desk.updates.take((), 1)
    assert (first.attempts, after_a_crash.attempts) == (1, 2)


async def test_pauses_grow_then_it_is_parked_and_named_to_staff(desk: Desk) -> None:
    async with desk.db.write() as tx:
        await club_store.put(tx, "staff_chat_id", str(STAFF_CHAT))
    await desk.updates.store(BOT, [message(1)])
    assert await desk.fail_until_parked() == [1, 2, 4, 8, 16, 32, 60]
    await desk.updates.store(BOT, [message(2)])
    assert await desk.take() == [2]  # It holds up nobody any more.
    (row, _) = await desk.rows()
    assert (row["state"], row["attempts"], row["payload"] is None) == ("parked", 8, False)
    (letter,) = await desk.letters()
    assert (letter["key"], letter["chat_id"]) == (f"parked:{row['id']}", STAFF_CHAT)
    assert letter["message"] == "staff/update_parked"
    assert letter["facts"] == {
        "number": row["id"],
        "attempts": 8,
        "fault": "OSError at services/club.py:1",
    }
    assert letter["created_at"] == CLUB_START


async def test_without_a_staff_group_it_is_parked_all_the_same(desk: Desk) -> None:
    await desk.updates.store(BOT, [message(1)])
    await desk.fail_until_parked()
    assert await desk.take() == []
    assert await desk.letters() == []


async def test_what_kills_the_program_each_time_is_parked(desk: Desk) -> None:
    await desk.updates.store(BOT, [message(1), message(2)])
    for _ in range(MAX_ATTEMPTS):
        assert await desk.take() == [1]
    assert await desk.take() == []
    (row, _) = await desk.rows()
    assert (row["state"], row["fault"]) == ("parked", "the program ended while it was handled")
    assert await desk.take() == [2]


async def test_a_press_is_handled_however_old_it_is(desk: Desk) -> None:
    await desk.updates.store(BOT, [press(1)])
    desk.clock.move(86_400)
    assert await desk.take() == [1], "its answer may be lost, what it asked for is not"


async def test_waiting_for_the_messenger_costs_no_try(desk: Desk) -> None:
    await desk.updates.store(BOT, [message(1)])
    for _ in range(20):
        (taken,) = await desk.updates.take((), 1)
        assert taken.attempts == 1
        await desk.updates.wait(taken.id, "away", timedelta(seconds=5))
        assert await desk.take() == []
        desk.clock.move(5)
    (row,) = await desk.rows()
    assert row["state"] == "pending"


async def test_what_another_key_sealed_waits_and_stops_nobody(desk: Desk) -> None:
    await desk.with_key(make_key()).store(BOT, [message(1, SARA)])
    await desk.updates.store(BOT, [message(2, REZA)])
    assert await desk.take() == [2]
    (row, _) = await desk.rows()
    assert (row["state"], row["fault"]) == ("pending", "sealed with another DATA_KEY")
    assert row["next_try_at"] == START + timedelta(seconds=1)


async def test_what_was_done_days_ago_is_forgotten(desk: Desk) -> None:
    many = BATCH_SIZE + 1
    for start in range(0, many, 100):
        numbers = range(start, min(start + 100, many))
        await desk.updates.store(BOT, [message(number, person=number) for number in numbers])
    for taken in await desk.updates.take((), many):
        await desk.updates.done(taken.id)
    await desk.updates.store(BOT, [message(many)])  # It waits, however old it is.
    assert await desk.updates.forget() == 0
    desk.clock.move(timedelta(days=3, seconds=1).total_seconds())
    assert await desk.updates.forget() == many
    assert [row["update_id"] for row in await desk.rows()] == [many]
