"""What the messenger's "too many requests" does to the pace: silence, then slower letters."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pace import LIVE_PATIENCE_S, Halted, Pace
from services.pace import FLOOR, SHRINK, WHOLE
from storage.db import Database
from tests.delivery.fake_time import FakeTime
from tests.delivery.sender import stored_pace

RATE = 30


async def test_a_halt_stops_letters_at_once_and_answers_wait_only_for_a_short_one() -> None:
    fake = FakeTime()
    pace = Pace(fake.clock, fake.sleep)
    pace.halt(LIVE_PATIENCE_S)
    pace.halt(1)
    with pytest.raises(Halted):
        await pace.letter(1)
    await fake.run(pace.live(1), pace.open())
    assert fake.now == 1000 + LIVE_PATIENCE_S
    pace.halt(LIVE_PATIENCE_S + 1)
    with pytest.raises(Halted) as halt:
        await pace.live(1)
    assert halt.value.remaining_s == LIVE_PATIENCE_S + 1
    with pytest.raises(Halted):
        await pace.open()


async def test_a_letter_that_waits_for_its_turn_hears_of_a_halt() -> None:
    fake = FakeTime()
    pace = Pace(fake.clock, fake.sleep, rate=1)
    await pace.letter(1)

    async def waits() -> None:
        with pytest.raises(Halted):
            await pace.letter(2)

    async def halts() -> None:
        await fake.sleep(0.5)
        pace.halt(30)

    await fake.run(waits(), halts())


HALTS = st.lists(st.tuples(st.floats(0, 6), st.floats(0.1, 3)), max_size=6)
ANSWERS = st.lists(st.tuples(st.floats(0, 8), st.integers(1, 9)), max_size=25)
LATE = st.lists(st.floats(0, 0.2), min_size=1, max_size=9)


@settings(max_examples=60, deadline=None)
@given(halts=HALTS, answers=ANSWERS, rate=st.integers(1, 40), late_s=LATE)
def test_nothing_leaves_in_a_halt_and_no_second_is_overfull(
    halts: list[tuple[float, float]],
    answers: list[tuple[float, int]],
    rate: int,
    late_s: list[float],
) -> None:
    fake = FakeTime(late_s)
    moments: list[float] = []
    silent: list[tuple[float, float]] = []

    async def writes(pace: Pace, number: int) -> None:
        for chat_id in range(number * 100, number * 100 + 15):
            try:
                await pace.letter(chat_id + 100)
            except Halted as halt:
                await fake.sleep(halt.remaining_s)
            else:
                moments.append(fake.now)

    async def answer(pace: Pace, after_s: float, chat_id: int) -> None:
        await fake.sleep(after_s)
        await pace.live(chat_id)
        moments.append(fake.now)

    async def refuse(pace: Pace, after_s: float, delay_s: float) -> None:
        await fake.sleep(after_s)
        pace.halt(delay_s)
        silent.append((fake.now, fake.now + delay_s))

    async def play() -> None:
        pace = Pace(fake.clock, fake.sleep, rate)
        await fake.run(
            *(refuse(pace, *halt) for halt in halts),
            *(writes(pace, number) for number in range(6)),
            *(answer(pace, *each) for each in answers),
        )

    asyncio.run(play())
    assert not [at for at in moments for since, until in silent if since < at < until - 1e-6]
    assert _most(moments) <= rate


async def test_after_a_halt_letters_are_slower_and_in_a_minute_whole_again() -> None:
    fake = FakeTime()
    pace = Pace(fake.clock, fake.sleep)
    whole = pace.per_second
    assert whole >= 0.98 * RATE
    for _ in range(5):  # Requests that were in flight together.
        pace.halt(3)
    assert pace.per_second == pytest.approx(whole * SHRINK / WHOLE)
    fake.now += 3
    moments: list[float] = []
    await fake.run(_letters(pace, fake, moments, 30))
    assert 29 / (moments[-1] - moments[0]) == pytest.approx(0.7 * RATE, rel=0.05)
    fake.now = 1000 + 3 + 61
    assert pace.per_second == whole


async def test_a_storm_of_refusals_neither_stops_letters_nor_lets_them_rush() -> None:
    fake, dice = FakeTime(), random.Random(7)
    pace = Pace(fake.clock, fake.sleep)
    moments: list[float] = []
    halts: list[float] = []

    def refused() -> None:
        if dice.random() < 0.1:
            if pace.halted_s() == 0:
                halts.append(fake.now)
            pace.halt(3)

    await fake.run(_letters(pace, fake, moments, 300, refused))
    stormy_s = fake.now - 1000
    assert pace.per_second >= RATE * FLOOR / WHOLE * 0.98
    assert len(halts) / stormy_s < 1 / 3
    assert len(moments) / stormy_s > 1
    fake.now += 180
    assert pace.per_second >= 0.98 * RATE


async def test_a_halt_survives_a_restart(db: Database) -> None:
    stored = stored_pace(db)
    first = Pace(time.monotonic, stored=stored)
    await first.recall()
    assert first.halted_s() == 0
    first.halt(10)
    first.halt(40)
    await first.close()
    second = Pace(time.monotonic, stored=stored)
    await second.recall()
    assert 35 < second.halted_s() <= 40.1
    assert second.per_second == pytest.approx(first.per_second, rel=0.01)
    assert second.per_second < 0.75 * RATE
    await second.close()


async def _letters(
    pace: Pace,
    fake: FakeTime,
    moments: list[float],
    number: int,
    after: Callable[[], None] = lambda: None,
) -> None:
    """One after the other, whatever halts there are; `after` is called when one has left."""
    for chat_id in range(1, number + 1):
        while True:
            try:
                await pace.letter(chat_id)
            except Halted as halt:
                await fake.sleep(halt.remaining_s)
            else:
                break
        moments.append(fake.now)
        after()


def _most(moments: Sequence[float]) -> int:
    return max(
        (sum(1 for at in moments if start <= at < start + 1 - 1e-6) for start in moments),
        default=0,
    )
