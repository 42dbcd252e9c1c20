"""What is counted of the bot's sending."""

from typing import Any

import pytest

from sandbox.counts import LETTERS_KEPT, SAME_LETTER_S, UNKNOWN_KEPT, Calls, Pace
from tests.sandbox.running import Json, Town, button, inline

ANN, BOB, GROUP = 101, 102, -103


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def paced(*sends: tuple[float, int]) -> Pace:
    """The counts after sends at these moments to these chats."""
    clock = Clock()
    pace = Pace({}, clock)
    for clock.now, chat in sends:
        pace.count(chat)
    return pace


@pytest.mark.parametrize(
    ("sends", "overall", "in_a_chat", "in_a_group"),
    [
        ([], 0, 0, 0),
        ([(0, ANN), (0.5, BOB), (0.99, ANN)], 3, 2, 0),
        ([(0, ANN), (1, ANN), (2, ANN)], 1, 1, 0),
        ([(0, GROUP), (30, GROUP), (59.9, GROUP), (60, GROUP)], 2, 2, 3),
        ([(0, GROUP), (60, GROUP)], 1, 1, 1),
    ],
)
def test_the_most_in_any_rolling_time(
    sends: list[tuple[float, int]], overall: int, in_a_chat: int, in_a_group: int
) -> None:
    pace = paced(*sends)
    assert pace.most_in_a_second == overall
    assert pace.most_in_a_second_per_chat == in_a_chat
    assert pace.most_in_a_minute_per_group == in_a_group


@pytest.mark.parametrize(
    ("first", "second", "repeated"),
    [
        ({"text": "Hello"}, {"text": "Hello"}, True),
        ({"text": "Hello"}, {"text": "Hello!"}, False),
        ({"text": "Hello"}, {"caption": "Hello", "document": {"file_unique_id": "a"}}, True),
        ({"photo": [{"file_unique_id": "a"}]}, {"photo": [{"file_unique_id": "a"}]}, True),
        ({"photo": [{"file_unique_id": "a"}]}, {"photo": [{"file_unique_id": "b"}]}, False),
    ],
)
def test_what_counts_as_the_same_letter(first: Json, second: Json, repeated: bool) -> None:
    pace = Pace({})
    pace.count(ANN, first, "{}")
    pace.count(BOB, second, "{}")
    pace.count(ANN, second, "[]")
    assert pace.repeats.total() == 0
    pace.count(ANN, second, "{}")
    assert dict(pace.repeats) == ({ANN: 1} if repeated else {})


def test_the_same_words_after_an_hour_are_a_new_letter() -> None:
    clock = Clock()
    pace = Pace({}, clock)
    for pause_s in (0, SAME_LETTER_S, SAME_LETTER_S + 1):
        clock.now += pause_s
        pace.count(ANN, {"text": "Hello"})
    assert pace.repeats.total() == 1


def test_memory_has_its_limits() -> None:
    pace, calls = Pace({}), Calls()
    for n in range(LETTERS_KEPT + 1):
        pace.count(ANN, {"text": str(n)})
    pace.count(ANN, {"text": "0"})
    assert pace.repeats.total() == 0
    for n in range(UNKNOWN_KEPT + 5):
        calls.add_unknown("sendMessage", f"p{n}")
    calls.add_unknown("sendMessage", "p1")
    assert len(calls.unknown_parameters) == UNKNOWN_KEPT
    assert calls.unknown_parameters["sendMessage.p1"] == 2


def counts(town: Town) -> Any:
    return town.get("counts")


def test_counts_of_a_conversation(own_town: Town) -> None:
    town = own_town
    ann, bob = town.person(), town.person("Bob")
    markup = inline(button("a", "a"))
    for one in (ann, ann, bob):
        town.send(one, "Letter", reply_markup=markup)
    town.send(ann, "Letter")
    town.send(ann, "Another", disable_notifications=True)
    town.refusal("sendMessage", chat_id=ann, text="")
    told = counts(town)
    assert (told["delivered"], told["delivered_total"]) == ({str(ann): 4, str(bob): 1}, 5)
    assert told["repeats"] == {"count": 1, "by_chat": {str(ann): 1}}
    assert told["refused"] == {"400 Bad Request: message text is empty": 1}
    assert told["unknown_parameters"] == {"sendMessage.disable_notifications": 1}
    assert (told["ambiguous"], told["sends_during_lockout"], told["unchecked"]) == (0, 0, 0)
    assert (told["polling"], told["webhook"], told["pending_updates"]) == (False, False, 2)


def test_a_groups_minute_is_counted(own_town: Town) -> None:
    group = own_town.group(own_town.person())
    for n in range(3):
        own_town.send(group, f"Letter {n}")
    assert counts(own_town)["most_in_a_minute_per_group"] == 3


def test_a_copied_message_is_the_same_letter(own_town: Town) -> None:
    ann = own_town.person()
    sent = own_town.send(ann, "Letter")
    place = {"chat_id": ann, "from_chat_id": ann, "message_id": sent["message_id"]}
    own_town.result("copyMessage", **place)
    assert counts(own_town)["repeats"]["count"] == 1


def test_unchecked_sends_are_counted_apart(own_town: Town) -> None:
    ann = own_town.person()
    own_town.stop()
    own_town.start("--not-strict")
    own_town.send(ann, "Letter", some="nonsense")
    assert counts(own_town)["unchecked"] == 1
