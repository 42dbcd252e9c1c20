"""A press that nobody answers: how long it lives, and how the app sends it again."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.callbacks import LIFE_S, Callbacks
from sandbox.state import Journal
from sandbox.updates import Updates
from tests.sandbox.running import PATIENCE_S, Json, Town, button, inline

SOON_S = 1.0  # Within it a test presses and answers, on a busy machine, too.
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
def quick(town: Town) -> Iterator[Town]:
    """A town in which unanswered presses come again soon, twice."""
    town.web.put("/api/faults", json={"presses": {"again_after_s": SOON_S, "times": 2}})
    yield town
    town.web.delete("/api/faults")


def queries(town: Town, count: int) -> list[Json]:
    """The button presses in the queue, once there are so many."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        updates = [one for one in town.result("getUpdates") if "callback_query" in one]
        if len(updates) >= count:
            return updates
        assert time.monotonic() < deadline, f"{len(updates)} of {count} came"
        time.sleep(0.02)


def pressed(town: Town) -> tuple[int, str]:
    ann = town.person()
    sent = town.send(ann, reply_markup=inline(button("go", "go:1")))
    return ann, town.press(ann, sent, "go:1")


def test_an_unanswered_press_comes_again_as_a_new_update(quick: Town) -> None:
    _, query = pressed(quick)
    first, second, third = queries(quick, 3)
    assert first["callback_query"]["id"] == query
    assert len({one["update_id"] for one in (first, second, third)}) == 3
    assert len({one["callback_query"]["id"] for one in (first, second, third)}) == 3
    for other in (second, third):
        assert {**other["callback_query"], "id": query} == first["callback_query"]
    time.sleep(2 * SOON_S)
    assert len(queries(quick, 3)) == 3


@pytest.mark.parametrize("which", [0, 1])
def test_an_answer_to_either_ends_the_waiting(quick: Town, which: int) -> None:
    _, query = pressed(quick)
    ids = [one["callback_query"]["id"] for one in queries(quick, 2)]
    quick.result("answerCallbackQuery", callback_query_id=ids[which], text="Done")
    answer = quick.get(f"callbacks/{query}")
    assert (answer["callback_query_id"], answer["answered"], answer["text"]) == (
        query,
        True,
        "Done",
    )
    assert quick.result("answerCallbackQuery", callback_query_id=ids[1 - which]) is True
    time.sleep(2 * SOON_S)
    assert len(queries(quick, 2)) == 2


def test_an_answered_press_does_not_come_again(quick: Town) -> None:
    _, query = pressed(quick)
    quick.result("answerCallbackQuery", callback_query_id=query)
    time.sleep(2 * SOON_S)
    assert len(queries(quick, 1)) == 1


def test_no_press_comes_again_from_under_a_message_that_is_gone(quick: Town) -> None:
    ann = quick.person()
    sent = quick.send(ann, reply_markup=inline(button("go", "go:1")))
    quick.press(ann, sent, "go:1")
    quick.result("deleteMessage", chat_id=ann, message_id=sent["message_id"])
    time.sleep(2 * SOON_S)
    assert len(queries(quick, 1)) == 1


def test_a_press_comes_again_after_a_restart_too(own_town: Town, tmp_path: Path) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text(f"[presses]\nagain_after_s = {SOON_S}\n")
    _, query = pressed(own_town)
    own_town.kill()
    own_town.start("--faults", str(faults))
    first, second = queries(own_town, 2)
    assert first["callback_query"]["id"] == query
    own_town.result("answerCallbackQuery", callback_query_id=second["callback_query"]["id"])
    assert own_town.get(f"callbacks/{query}")["answered"] is True


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_each_query_lives_150_seconds(tmp_path: Path) -> None:
    clock = Clock()
    journal = Journal(tmp_path / "town.sqlite")
    callbacks = Callbacks(journal, clock)
    press = callbacks.add(1, 1, 1, "go")
    clock.now += 100
    again = callbacks.repeat(press)
    clock.now += LIFE_S - 100
    assert callbacks.answerable(press.id) is press
    clock.now += 0.1
    assert callbacks.answerable(press.id) is None
    assert callbacks.answerable(again) is press
    assert callbacks.get(press.id) is press
    clock.now += 100
    assert callbacks.answerable(again) is None
    journal.close()


async def test_queries_leave_the_queue_long_before_messages(tmp_path: Path) -> None:
    clock = Clock()
    journal = Journal(tmp_path / "town.sqlite")
    updates = Updates(journal, clock)
    updates.add_raw({"callback_query": {}})
    updates.add_raw({"message": {}})
    clock.now += LIFE_S
    assert len(await updates.poll(0, 100, 0)) == 2
    clock.now += 1
    assert [set(one) - {"update_id"} for one in await updates.poll(0, 100, 0)] == [{"message"}]
    clock.now += 24 * 3600
    assert await updates.poll(0, 100, 0) == []
    journal.close()


def test_an_invented_query_is_refused(town: Town) -> None:
    assert town.refusal("answerCallbackQuery", callback_query_id="12") == (400, TOO_OLD)
