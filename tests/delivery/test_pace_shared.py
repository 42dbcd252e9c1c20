"""One pace for several that send: on PostgreSQL, in real time."""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from itertools import count

import pytest

from bot.delivery.pace import Pace
from storage.db import Database
from tests.delivery.sender import send, sent, stored_pace

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
RATE = 30
JITTER = 2  # What may lie between leaving and being stamped.
SECONDS = 3.5


def most_in_a_second(moments: Sequence[float]) -> int:
    return max(sum(1 for at in moments if start <= at < start + 1) for start in moments)


def mean(moments: Sequence[float]) -> float:
    return (len(moments) - 1) / (max(moments) - min(moments))


@pytest.mark.parametrize("senders", [1, 2, 4])
async def test_several_senders_share_one_rate(migrated_url: str, senders: int) -> None:
    each = await asyncio.gather(
        *(sent(migrated_url, RATE, SECONDS, 1000 * number + 1) for number in range(senders))
    )
    moments = [at for one in each for at in one]
    assert most_in_a_second(moments) <= RATE + JITTER
    # A busy machine wakes them too late for many places; test_pace_given asks for the whole rate.
    assert mean(moments) >= 0.5 * RATE
    assert all(each), "each has its share"


async def test_processes_share_one_rate_and_one_that_is_frozen_holds_up_nobody(
    migrated_url: str,
) -> None:
    command = (sys.executable, "-m", "tests.delivery.sender", migrated_url, str(RATE), str(SECONDS))
    started = [
        await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        for _ in range(3)
    ]
    for one in started:
        assert one.stdout is not None
        assert await one.stdout.readline() == b"ready\n"
    await asyncio.sleep(1)
    started[0].send_signal(signal.SIGSTOP)
    frozen_at = time.monotonic()
    await asyncio.sleep(1.5)
    thawed_at = time.monotonic()
    started[0].send_signal(signal.SIGCONT)
    said = [(await one.communicate())[0] for one in started]
    moments = [float(line) for one in said for line in one.split()]
    assert all(said)
    assert most_in_a_second(moments) <= RATE + JITTER
    # So many places, and no more, were reserved by who could not use them.
    assert sum(1 for at in moments if frozen_at <= at < thawed_at) >= 1.5 * 0.5 * RATE - 3


async def test_an_answer_waits_little_for_letters_of_all(migrated_url: str) -> None:
    letters = [
        asyncio.create_task(sent(migrated_url, RATE, SECONDS, 1000 * number + 1))
        for number in range(2)
    ]
    db = Database(migrated_url)
    pace = Pace(time.monotonic, rate=RATE, stored=stored_pace(db))
    await asyncio.sleep(1)
    waits, moments = [], []
    for chat_id in range(900_001, 900_016):
        asked = time.monotonic()
        await pace.live(chat_id)
        moments.append(time.monotonic())
        waits.append(moments[-1] - asked)
        await asyncio.sleep(0.15)
    moments += [at for one in await asyncio.gather(*letters) for at in one]
    assert sorted(waits)[-2] <= 0.1
    assert most_in_a_second(moments) <= RATE + JITTER
    await pace.close()
    await db.close()


async def test_a_halt_that_one_is_told_stops_all(migrated_url: str) -> None:
    until = time.monotonic() + SECONDS
    each: list[list[float]] = [[], [], []]
    databases = [Database(migrated_url) for _ in each]
    paces = [Pace(time.monotonic, rate=RATE, stored=stored_pace(db)) for db in databases]
    sending = [
        asyncio.create_task(send(pace, until, count(1000 * number + 1), moments))
        for number, (pace, moments) in enumerate(zip(paces, each, strict=True))
        for _ in range(5)
    ]
    await asyncio.sleep(1)
    halted = time.monotonic()
    paces[0].halt(1.5)
    await asyncio.gather(*sending)
    after = sorted(at - halted for moments in each for at in moments if at > halted)
    assert not [at for at in after if 0.25 < at < 1.45]
    assert [at for at in after if at > 1.5]
    assert paces[1].per_second < 0.8 * RATE
    for pace, db in zip(paces, databases, strict=True):
        await pace.close()
        await db.close()


async def test_answers_go_on_while_the_database_is_away(migrated_url: str) -> None:
    db = Database(migrated_url)
    stored = stored_pace(db)
    pace = Pace(time.monotonic, rate=RATE, stored=stored)
    await db.close()
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    stored._db = nowhere
    asked = time.monotonic()
    await asyncio.gather(*(pace.live(chat_id) for chat_id in range(1, 21)))
    assert time.monotonic() - asked < 0.5
    await asyncio.gather(*(pace.live(chat_id) for chat_id in range(21, 41)))
    assert time.monotonic() - asked >= 1
    await pace.close()
    await nowhere.close()
