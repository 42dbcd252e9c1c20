"""The pace: letters give way, answers go at once, and no second is overfull."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pace import GROUP_A_MINUTE, LIVE_BURST, LIVE_PATIENCE_S, MAX_CHATS, Halted, Pace
from tests.delivery.fake_time import FakeTime

GROUP = -100


@dataclass(frozen=True)
class Wish:
    """Somebody wants to send to a chat after so many seconds."""

    after_s: float
    chat_id: int
    live: bool


@dataclass(frozen=True)
class Sending:
    wish: Wish
    at: float


async def played(
    wishes: Sequence[Wish], rate: int, late_s: Sequence[float] = (0.0,)
) -> list[Sending]:
    """What left when, in order; timers wake late by `late_s`."""
    time = FakeTime(late_s)
    pace = Pace(time.clock, time.sleep, rate)
    sendings: list[Sending] = []

    async def fulfil(wish: Wish) -> None:
        await time.sleep(wish.after_s)
        await (pace.live(wish.chat_id) if wish.live else pace.letter(wish.chat_id))
        sendings.append(Sending(wish, time.now))

    await time.run(*(fulfil(wish) for wish in wishes))
    return sendings


def most_in(moments: Sequence[float], seconds: float) -> int:
    """The most moments in any rolling window."""
    # A moment that is a full window later, but for rounding, is in the next window.
    return max(
        (sum(1 for at in moments if start <= at < start + seconds - 1e-6) for start in moments),
        default=0,
    )


WISHES = st.lists(
    st.builds(
        Wish,
        after_s=st.sampled_from([0.0, 0.01, 0.1, 0.5, 1.0, 1.7, 4.0]),
        chat_id=st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, GROUP]),
        live=st.booleans(),
    ),
    max_size=60,
)


@settings(max_examples=80, deadline=None)
@given(wishes=WISHES, rate=st.integers(1, 12), late_s=st.lists(st.floats(0, 0.3), min_size=1))
def test_no_interleaving_breaks_the_pace(
    wishes: list[Wish], rate: int, late_s: list[float]
) -> None:
    sendings = asyncio.run(played(wishes, rate, late_s))
    moments = [sending.at for sending in sendings]
    letters = [sending for sending in sendings if not sending.wish.live]
    for letter in letters:
        before = [at for at in moments if letter.at - 1 + 1e-6 < at <= letter.at]
        live_at_once = sum(s.wish.live and s.at == letter.at for s in sendings)
        assert len(before) - live_at_once <= rate, "a letter has overfilled its second"
    assert most_in([letter.at for letter in letters], 1) <= rate
    assert most_in([s.at for s in sendings if s.wish.live], 1) <= rate
    for chat_id in {letter.wish.chat_id for letter in letters}:
        assert most_in([s.at for s in letters if s.wish.chat_id == chat_id], 1) == 1
    assert most_in([s.at for s in letters if s.wish.chat_id == GROUP], 60) <= GROUP_A_MINUTE


@settings(max_examples=40, deadline=None)
@given(wishes=WISHES, rate=st.integers(1, 12))
def test_answers_never_wait_for_letters(wishes: list[Wish], rate: int) -> None:
    answers = [wish for wish in wishes if wish.live]
    beside_letters = asyncio.run(played(wishes, rate))
    alone = asyncio.run(played(answers, rate))
    assert sorted(s.at for s in beside_letters if s.wish.live) == sorted(s.at for s in alone)


async def test_letters_follow_a_schedule_and_not_a_bucket_that_starts_full() -> None:
    sendings = await played([Wish(0, chat, live=False) for chat in range(1, 91)], 30)
    moments = [sending.at for sending in sendings]
    assert most_in(moments, 0.1) <= 4
    assert most_in(moments, 1) <= 30
    assert 28.5 <= 89 / (moments[-1] - moments[0]) <= 30


async def test_timers_that_wake_late_neither_overfill_a_second_nor_slow_the_letters() -> None:
    late_s = [0.0, 0.002, 0.015, 0.0, 0.001, 0.012]
    wishes = [Wish(0, chat, live=False) for chat in range(1, 301)]
    moments = [s.at for s in await played(wishes, 30, late_s)]
    assert most_in(moments, 1) <= 30
    assert 299 / (moments[-1] - moments[0]) >= 28.5


async def test_answers_are_charged_and_letters_wait_for_them() -> None:
    answers = [Wish(0.5, chat, live=True) for chat in range(101, 116)]
    letters = [Wish(0, chat, live=False) for chat in range(1, 61)]
    moments = [s.at for s in await played([*letters, *answers], 30)]
    assert most_in(moments, 1) <= 30 + len(answers)
    assert 74 / (moments[-1] - moments[0]) <= 30.1


async def test_a_chat_takes_a_burst_of_answers_and_then_one_a_second() -> None:
    moments = [s.at - 1000 for s in await played([Wish(0, 1, live=True)] * 7, 30)]
    assert moments == [0.0] * LIVE_BURST + [1.0, 2.0]


async def test_a_group_takes_so_many_a_minute() -> None:
    for live in (True, False):
        moments = [s.at for s in await played([Wish(0, GROUP, live=live)] * 45, 30)]
        assert GROUP_A_MINUTE - 1 <= most_in(moments, 60) <= GROUP_A_MINUTE


async def test_an_album_counts_as_its_pictures() -> None:
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    await time.run(pace.live(1, messages=LIVE_BURST), pace.live(1), pace.letter(2))
    assert time.now == pytest.approx(1001.0)


async def test_a_halt_stops_letters_at_once_and_answers_wait_only_for_a_short_one() -> None:
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    pace.halt(LIVE_PATIENCE_S)
    pace.halt(1)
    with pytest.raises(Halted):
        await pace.letter(1)
    await time.run(pace.live(1), pace.open())
    assert time.now == 1000 + LIVE_PATIENCE_S
    pace.halt(LIVE_PATIENCE_S + 1)
    with pytest.raises(Halted) as halt:
        await pace.live(1)
    assert halt.value.remaining_s == LIVE_PATIENCE_S + 1
    with pytest.raises(Halted):
        await pace.open()


async def test_a_letter_that_waits_for_its_turn_hears_of_a_halt() -> None:
    time = FakeTime()
    pace = Pace(time.clock, time.sleep, rate=1)
    await pace.letter(1)

    async def waits() -> None:
        with pytest.raises(Halted):
            await pace.letter(2)

    async def halts() -> None:
        await time.sleep(0.5)
        pace.halt(30)

    await time.run(waits(), halts())


async def test_chats_that_are_quiet_are_forgotten() -> None:
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    for chat_id in range(1, MAX_CHATS + 100):
        await pace.live(chat_id)
        time.now += 1
    assert len(pace._chats) <= MAX_CHATS
