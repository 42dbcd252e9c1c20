"""Updates are stored, acknowledged and handled in the order that loses nothing."""

import asyncio
import json

import pytest

from bot.intake import IN_HAND
from bot.polling import ALLOWED_UPDATES, IntakeStopped
from tests.intake.hall import Hall, Handler
from tests.intake.messenger import BOT, message

HEARD_S = 0.3  # The refusal has been heard by then, and nothing new is begun.
SARA, REZA = 412_907_318, 731_554_902


async def test_an_update_is_stored_acknowledged_and_handled(hall: Hall, handler: Handler) -> None:
    async with hall.life(handler):
        await hall.messenger.put(message(100), message(101))
        await hall.messenger.all_acknowledged()
        await handler.seen(lambda: handler.finished == [100, 101])
    assert await hall.states() == {100: "done", 101: "done"}
    first, second, *_ = hall.messenger.polls
    assert json.loads(first["allowed_updates"]) == list(ALLOWED_UPDATES)
    assert "offset" not in first
    assert second["offset"] == "102"


async def test_stored_but_not_acknowledged_by_a_dead_process(hall: Hall, handler: Handler) -> None:
    await hall.updates.store(BOT, [message(100)])  # Committed; then the power went.
    await hall.messenger.put(message(100), message(101))
    async with hall.life(handler):
        await hall.messenger.all_acknowledged()
        await handler.seen(lambda: 101 in handler.finished)
    assert handler.begun == [100, 101]


async def test_what_a_dead_process_had_in_hand_is_taken_up(hall: Hall, handler: Handler) -> None:
    killed = Handler()
    killed.hold(100)
    async with hall.life(killed, finish_s=0):
        await hall.messenger.put(message(100))
        await hall.messenger.all_acknowledged()
        await killed.seen(lambda: killed.begun == [100])
    assert killed.finished == []
    async with hall.life(handler):
        await handler.seen(lambda: handler.finished == [100])
    (row,) = await hall.rows()
    assert (row["state"], row["attempts"]) == ("done", 2)


async def test_a_failing_handler_is_tried_again(hall: Hall, handler: Handler) -> None:
    handler.faults[100] = [OSError("no space left"), RuntimeError("still none")]
    async with hall.life(handler):
        await hall.messenger.put(message(100), message(101), message(102, REZA))
        await handler.seen(lambda: len(handler.finished) == 5)
    assert [number for number in handler.finished if number != 102] == [100, 100, 100, 101]
    assert await hall.states() == {100: "done", 101: "done", 102: "done"}
    assert hall.heard.times("update_failed") == 2


async def test_a_handler_that_always_fails_is_parked(hall: Hall, handler: Handler) -> None:
    handler.faults[100] = [OSError(str(number)) for number in range(9)]
    async with hall.life(handler):
        await hall.messenger.put(message(100), message(101))
        await hall.heard.until("update_parked")
        await handler.seen(lambda: 101 in handler.finished)
    assert handler.finished == [100] * 8 + [101]
    assert await hall.states() == {100: "parked", 101: "done"}


async def test_one_at_a_time_per_person_and_persons_beside_each_other(
    hall: Hall, handler: Handler
) -> None:
    gate = handler.hold(100)
    async with hall.life(handler):
        await hall.messenger.put(message(100, SARA), message(101, SARA))
        await hall.messenger.put(message(102, REZA), message(103, REZA))
        await handler.seen(lambda: handler.finished == [102, 103])
        assert 101 not in handler.begun
        gate.set()
        await handler.seen(lambda: handler.finished == [102, 103, 100, 101])


async def test_a_crowd_waits_and_a_flooder_holds_one_place(hall: Hall, handler: Handler) -> None:
    flood = [message(number, SARA) for number in range(50)]
    crowd = [message(number, number) for number in range(100, 140)]
    gates = [handler.hold(one["update_id"]) for one in [flood[0], *crowd]]
    await hall.messenger.put(*flood, *crowd)
    async with hall.life(handler):
        await handler.seen(lambda: len(handler.begun) == IN_HAND)
        assert handler.begun == [0, *range(100, 100 + IN_HAND - 1)]
        for gate in gates:
            gate.set()
        await handler.seen(lambda: len(handler.finished) == 90)
    assert handler.most_at_once == IN_HAND
    assert [number for number in handler.finished if number < 100] == list(range(50))


async def test_a_fault_while_storing_acknowledges_nothing(hall: Hall, handler: Handler) -> None:
    async with hall.life(handler):
        await hall.messenger.polled(1)
        await hall.take_table_away()
        await hall.messenger.put(message(100))
        await hall.heard.until("database_away")
        assert [one["update_id"] for one in hall.messenger.queue] == [100]
        await hall.put_table_back()
        await hall.messenger.all_acknowledged()
        await handler.seen(lambda: handler.finished == [100])
        await hall.heard.until("database_back")
    assert hall.heard.actions == ["database_away", "database_back"]


async def test_a_fault_while_storing_then_the_end(hall: Hall, handler: Handler) -> None:
    async with hall.life(handler):
        await hall.messenger.polled(1)
        await hall.take_table_away()
        await hall.messenger.put(message(100))
        await hall.heard.until("database_away")
    assert len(hall.messenger.queue) == 1
    await hall.put_table_back()
    async with hall.life(handler):
        await handler.seen(lambda: handler.finished == [100])
        await hall.messenger.all_acknowledged()


async def test_done_counts_only_when_it_is_committed(hall: Hall, handler: Handler) -> None:
    gate = handler.hold(100)
    async with hall.life(handler):
        await hall.messenger.put(message(100))
        await handler.seen(lambda: handler.begun == [100])
        await hall.take_table_away()
        gate.set()
        await hall.heard.until("database_away")
    await hall.put_table_back()
    assert await hall.states() == {100: "pending"}
    async with hall.life(handler):
        await handler.seen(lambda: handler.finished == [100, 100])
    assert await hall.states() == {100: "done"}


async def test_trouble_on_the_way_is_waited_out_and_said_once(hall: Hall, handler: Handler) -> None:
    bad_gateway: tuple[int, dict[str, object]] = (502, {"description": "Bad Gateway"})
    hall.messenger.refusals = [None, None, bad_gateway, (429, {}), (400, {}), bad_gateway]
    async with hall.life(handler):
        await hall.messenger.put(message(100))
        await handler.seen(lambda: handler.finished == [100])
    assert hall.messenger.refused == 6
    assert hall.heard.actions == ["messenger_away", "messenger_back"]


async def test_stopped_in_trouble_it_does_not_say_that_it_is_over(
    hall: Hall, handler: Handler
) -> None:
    hall.messenger.refusals = [None] * 1000
    async with hall.life(handler):
        await hall.heard.until("messenger_away")
    assert hall.heard.actions == ["messenger_away"]


@pytest.mark.parametrize(
    ("status", "description", "words"),
    [
        (401, "Unauthorized", "BOT_TOKEN"),
        (404, "Not Found", "BOT_TOKEN"),
        (409, "Conflict: terminated by other getUpdates request", "Another program"),
        (409, "Conflict: can't use getUpdates method while webhook is active", "webhook"),
    ],
)
async def test_a_refusal_for_good_ends_it_with_one_sentence(
    hall: Hall, handler: Handler, status: int, description: str, words: str
) -> None:
    gate = handler.hold(100)
    await hall.updates.store(BOT, [message(100)])

    async def live() -> None:
        async with hall.life(handler):
            await handler.seen(lambda: handler.begun == [100])
            hall.messenger.refusals = [(status, {"description": description})]
            await hall.messenger.put(message(101))
            await hall.messenger.all_acknowledged()
            await asyncio.sleep(HEARD_S)
            gate.set()
            await hall.ended()

    with pytest.raises(IntakeStopped, match=words):
        await live()
    # What was in hand was finished; what waited behind it is taken up at the next start.
    assert await hall.states() == {100: "done", 101: "pending"}


async def test_stop_ends_the_poll_and_lets_work_finish(hall: Hall, handler: Handler) -> None:
    gate = handler.hold(100)
    async with hall.life(handler) as intake:
        await hall.messenger.put(message(100))
        await hall.messenger.all_acknowledged()
        await handler.seen(lambda: handler.begun == [100])
        intake.stop()
        gate.set()
    assert await hall.states() == {100: "done"}


async def test_ids_may_begin_anew_after_a_silence(hall: Hall, handler: Handler) -> None:
    hall.messenger.patience_s = 0.01
    async with hall.life(handler):
        await hall.messenger.put(message(500))
        await hall.messenger.all_acknowledged()
        await hall.messenger.polled(len(hall.messenger.polls) + 2)
        await hall.messenger.put(message(7))
        await handler.seen(lambda: handler.finished == [500, 7])
