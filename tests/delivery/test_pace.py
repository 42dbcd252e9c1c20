"""The pace: letters give way, answers go at once, and no second is overfull."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.chats import GROUP_A_MINUTE, LIVE_BURST, MAX_CHATS
from bot.delivery.pace import Pace
from bot.delivery.schedule import SPREAD_S
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
    assert most_in(moments, 1) <= rate
    for chat_id in {letter.wish.chat_id for letter in letters}:
        assert most_in([s.at for s in letters if s.wish.chat_id == chat_id], 1) == 1
    assert most_in([s.at for s in letters if s.wish.chat_id == GROUP], 60) <= GROUP_A_MINUTE


@settings(max_examples=30, deadline=None)
@given(after_s=st.lists(st.floats(1.2, 5), max_size=20), rate=st.integers(5, 40))
def test_behind_a_campaign_a_crowd_of_answers_waits_for_itself_alone(
    after_s: list[float], rate: int
) -> None:
    answers = [Wish(at, 1000 + number, live=True) for number, at in enumerate(after_s)]
    letters = [Wish(0, chat, live=False) for chat in range(1, 7 * rate)]
    sendings = asyncio.run(played([*letters, *answers], rate))
    for answer in (sending for sending in sendings if sending.wish.live):
        asked = answer.wish.after_s
        crowd = sum(1 for other in after_s if asked - 1.1 <= other <= asked)
        assert answer.at - 1000 - asked <= (crowd + 1) * SPREAD_S / rate


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
    assert most_in(moments, 1) <= 30
    assert 74 / (moments[-1] - moments[0]) >= 28.5


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


@pytest.mark.parametrize("late_s", [[0.0], [0.0, 0.002, 0.015, 0.0, 0.001, 0.012]])
async def test_during_a_campaign_an_answer_waits_for_one_place_at_most(late_s: list[float]) -> None:
    time = FakeTime(late_s)
    pace = Pace(time.clock, time.sleep)
    waits: list[float] = []

    async def asks(after_s: float, chat_id: int) -> None:
        await time.sleep(after_s)
        asked = time.now
        await pace.live(chat_id)
        waits.append(time.now - asked)

    letters = [pace.letter(chat_id) for chat_id in range(1, 600)]
    seldom = [asks(1 + 3.1 * number, -1000 - number) for number in range(4)]
    chatting = [asks(14 + 0.37 * number, -2000 - number) for number in range(12)]
    await time.run(*letters, *seldom, *chatting)
    assert max(waits) <= SPREAD_S / 30 + 0.016
    assert sorted(waits)[len(waits) // 2] <= 0.016


async def test_chats_that_are_quiet_are_forgotten() -> None:
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    for chat_id in range(1, MAX_CHATS + 100):
        await pace.live(chat_id)
        time.now += 1
    assert len(pace._chats) <= MAX_CHATS
