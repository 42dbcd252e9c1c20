"""What goes wrong with which call, decided without a server and with a clock of the test's own."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.faults import SENDING, FaultsBroken, checked
from sandbox.mishaps import Mishap, Mishaps

KNOWN = {name.lower(): name for name in ("getMe", "sendMessage", *SENDING)}
ANN, BOB, GROUP = 101, 102, -103
Setting = Callable[..., "Scene"]


class Scene:
    """Mishaps under a clock that the test moves."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.now = 1000.0
        self.told: list[int] = []
        self.mishaps = Mishaps(checked(body, KNOWN), lambda: self.now, self.told.append)

    def send(self, chat: int = ANN, method: str = "sendmessage", **values: Any) -> Mishap | None:
        return self.mishaps.before(method, {"chat_id": chat, "text": "Hello", **values})

    def codes(self, *chats: int) -> list[int | None]:
        """How sends to these chats end."""
        ends = [self.send(chat) for chat in chats]
        return [end.code if end else None for end in ends]


def fault(**parts: Any) -> Scene:
    return Scene({"seed": 7, "fault": [{"kind": "502", **parts}]})


def strokes(scene: Scene, calls: int = 200) -> list[bool]:
    return [scene.send() is not None for _ in range(calls)]


def test_the_same_seed_brings_the_same_strokes() -> None:
    once = strokes(fault(share=0.1))
    assert once == strokes(fault(share=0.1))
    assert once != strokes(Scene({"seed": 8, "fault": [{"kind": "502", "share": 0.1}]}))
    assert 5 < sum(once) < 40


def test_the_dice_of_a_fault_do_not_hear_of_other_faults() -> None:
    alone = fault(share=0.1, chats=[ANN])
    among = Scene(
        {"seed": 7, "fault": [{"kind": "502", "share": 0.1, "chats": [ANN]}, {"kind": "reset"}]}
    )
    for _ in range(100):
        mine = alone.send()
        among.send(BOB)
        theirs = among.send()
        assert (mine is not None) == (theirs is not None and theirs.code == 502)


@pytest.mark.parametrize(
    ("parts", "struck"),
    [
        ({"every": 3}, [3, 6, 9]),
        ({"times": 2}, [1, 2]),
        ({"every": 2, "times": 2}, [2, 4]),
        ({}, list(range(1, 10))),
        ({"method": "sendPhoto"}, []),
        ({"method": ["getMe", "sendMessage"], "times": 1}, [1]),
        ({"method": "*", "times": 1}, [1]),
        ({"when": "after"}, []),
        ({"chats": [BOB]}, []),
        ({"words": "bye"}, []),
        ({"words": "ell", "times": 1}, [1]),
    ],
)
def test_how_often_and_whom_a_fault_strikes(parts: dict[str, Any], struck: list[int]) -> None:
    scene = fault(**parts)
    assert [n for n in range(1, 10) if scene.send()] == struck
    assert scene.mishaps.struck == [len(struck)]
    assert scene.told == [0] * len(struck)


def test_a_fault_ends_after_its_time() -> None:
    scene = fault(for_s=10)
    assert scene.send() is not None
    scene.now += 9.9
    assert scene.send() is not None
    scene.now += 0.1
    assert scene.send() is None


@pytest.mark.parametrize(
    "values",
    [
        {"text": "You have \u206812\u2069 points"},
        {"caption": "You have 12 points"},
        {"media": '[{"type":"photo","caption":"You have \\u206812\\u2069 points"}]'},
        {"media": [{"type": "photo", "caption": "You have 12 points"}]},
    ],
)
def test_words_are_found_wherever_they_stand(values: dict[str, Any]) -> None:
    assert fault(words="12 points").send(**values) is not None
    assert fault(words="\u206812\u2069 points").send(**values) is not None
    assert fault(words="13 points").send(**values) is None


def test_persian_words_are_found_in_json_too() -> None:
    media = '[{"type":"photo","caption":"\\u06a9\\u0627\\u0631\\u062a"}]'
    assert fault(words="کارت").send(text="", media=media) is not None


def test_delays_add_up_and_lie_between_their_ends() -> None:
    delay = {"kind": "delay", "delay_ms": [20, 80]}
    scene = Scene({"fault": [delay, {"kind": "delay", "delay_ms": [100, 100]}]})
    waits = [found.delay_s for _ in range(50) if (found := scene.send())]
    assert len(waits) == 50
    assert 0.12 <= min(waits) < max(waits) <= 0.18


def test_too_many_in_a_second_lock_everything_out() -> None:
    scene = Scene({"limits": {"per_second": 3, "retry_after_s": 5}})
    assert scene.codes(1, 2, 3, 4) == [None, None, None, 429]
    scene.now += 3.5
    refused = scene.send(9)
    assert refused is not None
    assert (refused.description, refused.parameters) == (
        "Too Many Requests: retry after 2",
        {"retry_after": 2},
    )
    assert scene.mishaps.sends_during_lockout == 1
    assert scene.send(method="editmessagetext") is None
    scene.now += 1.5
    assert scene.send(9) is None


@pytest.mark.parametrize(
    ("limits", "gaps_s", "refused"),
    [
        ({}, [0] * 6, [False] * 5 + [True]),
        ({"burst": 1}, [0, 1, 1], [False, False, False]),
        ({"burst": 1}, [0, 0.99], [False, True]),
        ({"burst": 3}, [0, 0, 0, 0], [False, False, False, True]),
        ({"burst": 3}, [0, 0, 0, 1, 0.5], [False, False, False, False, True]),
        ({"per_chat_per_second": 0}, [0] * 5, [False] * 5),
        ({"per_chat_per_second": 2, "burst": 1}, [0, 0.5, 0.4], [False, False, True]),
    ],
)
def test_a_chat_takes_so_much(
    limits: dict[str, Any], gaps_s: list[float], refused: list[bool]
) -> None:
    scene = Scene({"limits": limits})
    found = []
    for gap_s in gaps_s:
        scene.now += gap_s
        found.append(scene.send() is not None)
    assert found == refused


def test_a_group_takes_twenty_a_minute() -> None:
    scene = Scene({"limits": {"retry_after_s": 1}})
    for _ in range(20):
        scene.now += 2
        assert scene.send(GROUP) is None
    scene.now += 2
    assert scene.send(GROUP) is not None
    scene.now += 1
    assert scene.send(ANN) is None
    scene.now += 19
    assert scene.send(GROUP) is None


def test_an_album_counts_as_its_pictures() -> None:
    scene = Scene({"limits": {"per_second": 5, "per_chat_per_second": 0}})
    album = '[{"type":"photo"},{"type":"photo"},{"type":"photo"}]'
    assert scene.send(method="sendmediagroup", media=album) is None
    assert scene.send(method="sendmediagroup", media=album) is not None


def test_a_scripted_429_locks_out_too() -> None:
    scene = Scene({"fault": [{"kind": "429", "times": 1, "retry_after_s": 4}]})
    assert scene.codes(ANN, BOB) == [429, 429]
    assert scene.mishaps.struck == [1]
    scene.now += 4
    assert scene.codes(BOB) == [None]


def test_what_was_accepted_and_not_told_is_ambiguous() -> None:
    scene = Scene({"fault": [{"kind": "reset", "when": "after", "method": "*", "times": 2}]})
    assert scene.mishaps.after("sendmessage", {"chat_id": ANN}) == Mishap(silence="reset")
    assert scene.mishaps.after("getme", {}) == Mishap(silence="reset")
    assert scene.mishaps.after("sendmessage", {"chat_id": ANN}) is None
    assert scene.mishaps.ambiguous == 1


def test_an_outage_ends_by_itself() -> None:
    scene = Scene({"outage": {"for_s": 5}})
    assert scene.mishaps.before("getme", {}) == Mishap(silence="reset")
    scene.now += 5
    assert scene.mishaps.before("getme", {}) is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"fault": [{"kind": "503"}]}, "fault 1, kind: Input should be '429', '500', "),
        ({"fault": [{"kind": "502"}, {"kind": "502", "shar": 1}]}, "fault 2, shar is not known: "),
        ({"fault": [{"kind": "502", "shar": 1}]}, "use share, or leave it out."),
        ({"limit": {}}, "limit is not known: use limits, or leave it out."),
        ({"limits": {"per_second": "x"}}, "limits, per_second: Input should be a valid integer"),
        ({"fault": [{"kind": "502", "share": 2}]}, "should be less than or equal to 1, not 2."),
        ({"fault": [{"kind": "429", "when": "after"}]}, 'for 429 leave out "when".'),
        ({"fault": [{"kind": "502", "share": 1, "every": 2}]}, "keep one"),
        ({"fault": [{"kind": "delay"}]}, "give both or none"),
        ({"fault": [{"kind": "hang", "delay_ms": [1, 2]}]}, "give both or none"),
        ({"fault": [{"kind": "delay", "delay_ms": [2, 1]}]}, "turn the two round"),
        ({"fault": [{"kind": "502", "retry_after_s": 2}]}, "leave it out"),
        ({"fault": [{"kind": "502", "method": []}]}, 'fault 1: "method" names none: name one'),
        ({"fault": [{"kind": "502", "method": 3}]}, "fault 1, method: Input should be a valid"),
        ({"fault": [{"kind": "502", "times": True}]}, "fault 1, times: Input should be a valid"),
        ({"limits": {"per_chat_per_second": True}}, "per_chat_per_second: Input should be a"),
        ({"outage": {}}, "outage, for_s: Field required"),
        ({"presses": {"again_after_s": 0}}, "presses, again_after_s: Input should be greater"),
        ({"fault": [{"kind": "502", "method": "send Message"}]}, "fault 1, method"),
        (
            {"fault": [{"kind": "502", "method": ["getMe", "sendMesage"]}]},
            "fault 1, method: sendMesage is not known: use sendMessage.",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_place_and_mend(body: object, sentence: str) -> None:
    with pytest.raises(FaultsBroken) as refused:
        checked(body, KNOWN)
    assert sentence in str(refused.value)
