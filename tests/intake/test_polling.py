"""What the messenger does with our polls, over a real socket: it swallows them, or says no."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import pytest
from telegram.error import TimedOut

from bot.polling import OTHER_POLLER, IntakeStopped, Polling
from tests.intake.hall import Hall, Handler
from tests.intake.messenger import message

DISTURBED = (409, {"description": "Conflict: terminated by other getUpdates request"})


async def test_polls_that_are_swallowed_get_new_connections(hall: Hall, handler: Handler) -> None:
    hall.messenger.swallows = 8
    async with hall.life(handler, poll_s=0.05, silent_s=0.12, alarm_s=600.0):
        await hall.messenger.put(message(100))
        await hall.heard.until("polling_renewed")
        await handler.seen(lambda: handler.finished == [100])
    assert hall.messenger.swallows == 0
    assert hall.heard.actions[0] == "messenger_away"
    assert 1 <= hall.heard.times("polling_renewed") <= 8
    assert "messenger_back" in hall.heard.actions


async def test_a_long_silence_is_an_error_again_at_twice_the_time(
    hall: Hall, handler: Handler
) -> None:
    hall.messenger.swallows = 8
    async with hall.life(handler, poll_s=0.02, silent_s=600.0, alarm_s=0.1):
        await hall.messenger.put(message(100))
        await handler.seen(lambda: handler.finished == [100])
    assert 1 <= hall.heard.times("polling_silent") < 8, "not with every poll"


class Deaf:
    """A transport that keeps none of its promises."""

    async def call(
        self, method: str, params: Mapping[str, Any], read_timeout_s: float | None = None
    ) -> tuple[int, dict[str, Any]]:
        await asyncio.Event().wait()
        raise AssertionError("nobody wakes it")

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...


async def test_a_poll_ends_even_if_the_transport_does_not_end_it() -> None:
    with pytest.raises(TimedOut):
        await Polling(Deaf(), poll_s=0.02).next()


async def test_a_poll_that_disturbs_ours_once_is_borne(hall: Hall, handler: Handler) -> None:
    hall.messenger.refusals = [DISTURBED, DISTURBED]
    async with hall.life(handler, conflict_s=20.0):
        await hall.messenger.put(message(100))
        await handler.seen(lambda: handler.finished == [100])
    assert hall.heard.times("polling_disturbed") == 1


async def test_another_program_that_goes_on_polling_ends_ours(hall: Hall, handler: Handler) -> None:
    hall.messenger.refusals = [DISTURBED] * 10_000
    began = time.monotonic()

    async def live() -> None:
        async with hall.life(handler, conflict_s=0.3):
            await hall.ended()

    with pytest.raises(IntakeStopped, match=OTHER_POLLER):
        await live()
    assert time.monotonic() - began >= 0.3
