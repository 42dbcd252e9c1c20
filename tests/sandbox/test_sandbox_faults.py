"""Faults as a bot meets them on the wire, and as a test asks for them."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.running import AT_ONCE_S, PATIENCE_S, REPO, Json, OpenPoll, Town

SHORT_S = 0.5


@pytest.fixture(autouse=True)
def all_well(shared_town: Town) -> Iterator[None]:
    """No fault outlives its test."""
    yield
    assert shared_town.web.delete("/api/faults").json()["fault"] == []


def set_faults(town: Town, *faults: Json, **more: Any) -> Json:
    answer = town.web.put("/api/faults", json={"fault": list(faults), **more})
    assert answer.is_success, answer.text
    told: Json = answer.json()
    return told


def texts(town: Town, person: int) -> list[str]:
    return [one["text"] for one in town.sees(person)["messages"]]


def send_raw(town: Town, method: str, **params: Any) -> socket.socket:
    """A request of the bot on a line of its own, not yet answered."""
    host, port = town.address.removeprefix("http://").split(":")
    line = socket.create_connection((host, int(port)), timeout=PATIENCE_S)
    body = json.dumps(params)
    head = f"POST /bot{town.token}/{method} HTTP/1.1\r\nHost: {host}:{port}\r\n"
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    line.sendall((head + kind + body).encode())
    return line


def struck(town: Town) -> list[int]:
    """How often each fault has struck, once one has."""
    deadline = time.monotonic() + PATIENCE_S
    while not any(counts := town.get("faults")["struck"]):
        assert time.monotonic() < deadline, "no fault struck"
        time.sleep(0.02)
    told: list[int] = counts
    return told


@pytest.mark.parametrize(("when", "arrived"), [("before", False), ("after", True)])
def test_a_bad_gateway_before_and_after_accepting(town: Town, when: str, arrived: bool) -> None:
    ann = town.person()
    before = town.get("counts")["ambiguous"]
    set_faults(town, {"kind": "502", "when": when, "times": 1})
    assert town.refusal("sendMessage", chat_id=ann, text="Letter") == (502, "Bad Gateway")
    assert texts(town, ann) == ["/start", *["Letter"] * arrived]
    assert town.get("counts")["ambiguous"] - before == arrived
    assert town.send(ann, "Next")
    assert town.get("faults")["struck"] == [1]


@pytest.mark.parametrize(
    ("kind", "words"), [("500", "Internal Server Error"), ("504", "Gateway Timeout")]
)
def test_other_failures_of_the_server(town: Town, kind: str, words: str) -> None:
    ann = town.person()
    set_faults(town, {"kind": kind, "times": 1})
    assert town.refusal("sendMessage", chat_id=ann, text="Letter") == (int(kind), words)
    assert town.send(ann, "Next")


@pytest.mark.parametrize(("when", "arrived"), [("before", False), ("after", True)])
def test_a_reset_is_a_real_one(town: Town, when: str, arrived: bool) -> None:
    ann = town.person()
    set_faults(town, {"kind": "reset", "when": when, "times": 1})
    letter = send_raw(town, "sendMessage", chat_id=ann, text="Letter")
    with letter as line, pytest.raises(ConnectionResetError):
        line.recv(1)
    assert texts(town, ann) == ["/start", *["Letter"] * arrived]
    last = town.get("calls")[-1]
    assert (last["ok"], last["description"]) == (False, f"reset {when} accepting")
    assert town.send(ann, "Next")


@pytest.mark.parametrize(("when", "arrived"), [("before", False), ("after", True)])
def test_a_hang_lasts_until_the_bot_hangs_up(town: Town, when: str, arrived: bool) -> None:
    ann = town.person()
    set_faults(town, {"kind": "hang", "when": when, "times": 1, "words": "held"})
    town.send(ann, "Not this one")
    with send_raw(town, "sendMessage", chat_id=ann, text="Letter, held") as line:
        assert struck(town) == [1]
        line.settimeout(SHORT_S)
        with pytest.raises(TimeoutError):
            line.recv(1)
        assert texts(town, ann) == ["/start", "Not this one", *["Letter, held"] * arrived]
        assert town.get("calls")[-1]["params"]["text"] == "Not this one"
    assert town.send(ann, "Letter, held again")


def test_what_hangs_does_not_hold_up_the_end(own_town: Town) -> None:
    ann = own_town.person()
    set_faults(own_town, {"kind": "hang"})
    with send_raw(own_town, "sendMessage", chat_id=ann, text="Letter") as line:
        assert struck(own_town) == [1]
        begun = time.monotonic()
        assert own_town.stop() == 0
        assert time.monotonic() - begun < AT_ONCE_S
        with pytest.raises(ConnectionResetError):
            line.recv(1)


def test_a_strike_is_told_to_those_who_watch(town: Town) -> None:
    ann = town.person()
    set_faults(town, {"kind": "429", "chats": [1]}, {"kind": "502", "when": "after", "times": 1})
    with httpx.stream("GET", f"{town.address}/api/events", timeout=PATIENCE_S) as stream:
        lines = (line for line in stream.iter_lines() if line.startswith("data: "))
        town.refusal("sendMessage", chat_id=ann, text="Letter")
        told = [json.loads(next(lines).removeprefix("data: ")) for _ in range(2)]
    assert [event["type"] for event in told] == ["message", "fault"]
    assert told[1]["index"] == 1


def test_latency_is_felt(town: Town) -> None:
    ann = town.person()
    set_faults(town, {"kind": "delay", "delay_ms": [200, 250], "method": "*", "times": 2})
    begun = time.monotonic()
    town.result("getMe")
    town.send(ann)
    assert 0.4 <= time.monotonic() - begun < 0.5 + AT_ONCE_S


@pytest.mark.parametrize(
    ("kind", "words"),
    [("blocked", "bot was blocked by the user"), ("deactivated", "user is deactivated")],
)
def test_chosen_people_cannot_be_reached(town: Town, kind: str, words: str) -> None:
    ann, bob = town.person(), town.person("Bob")
    set_faults(town, {"kind": kind, "chats": [ann]})
    refusal = (403, f"Forbidden: {words}")
    assert town.refusal("sendMessage", chat_id=ann, text="Letter") == refusal
    assert town.refusal("sendMessage", chat_id=str(ann), text="Letter") == refusal
    assert town.send(bob)


def test_a_lock_out_holds_all_sends_until_it_ends(town: Town) -> None:
    people = [town.person() for _ in range(4)]
    before = town.get("counts")["sends_during_lockout"]
    set_faults(town, limits={"per_second": 3, "retry_after_s": 1})
    answers = [town.call("sendMessage", chat_id=one, text="Letter") for one in people]
    assert [answer["ok"] for answer in answers] == [True, True, True, False]
    assert answers[3] == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert town.call("sendMessage", chat_id=people[3], text="Letter")["error_code"] == 429
    assert town.get("counts")["sends_during_lockout"] - before == 1
    time.sleep(town.get("faults")["locked_for_s"])
    assert town.send(people[3])


def test_an_outage_cuts_every_line_and_ends(town: Town) -> None:
    poll = OpenPoll(town)
    set_faults(town, outage={"for_s": SHORT_S})
    with pytest.raises(ConnectionResetError):
        poll.ended()
    with send_raw(town, "getMe") as line, pytest.raises(ConnectionResetError):
        line.recv(1)
    with pytest.raises(httpx.ReadError):
        town.web.get(f"/file/bot{town.token}/documents/file_1.txt")
    time.sleep(town.get("faults")["outage_left_s"])
    assert town.result("getMe")


def test_faults_are_seen_replaced_and_taken_away(town: Town) -> None:
    fault = {"kind": "502", "share": 0.25, "method": "sendPhoto"}
    seen = set_faults(town, fault, seed=3)
    assert seen == town.get("faults")
    assert (seen["seed"], seen["struck"]) == (3, [0])
    assert seen["fault"] == [{**fault, "when": "before"}]
    assert set_faults(town, limits={})["fault"] == []
    gone = town.web.delete("/api/faults").json()
    assert "limits" not in gone
    answer = town.web.put("/api/faults", json={"fault": [{"kind": "x"}]})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("fault 1, kind: ")
    assert town.get("faults") == gone
    faulty: list[Json] = [{"method": []}, {"times": True}, {"method": "editMesageText"}]
    for wrong in faulty:
        answer = town.web.put("/api/faults", json={"fault": [{"kind": "502", **wrong}]})
        assert answer.status_code == 400
    assert answer.json()["error"].endswith("is not known: use editMessageText.")


def test_faults_come_from_a_file(own_town: Town, tmp_path: Path) -> None:
    ann = own_town.person()
    faults = tmp_path / "faults.toml"
    faults.write_text('[[fault]]\nkind = "429"\ntimes = 1\nretry_after_s = 1\n')
    own_town.stop()
    own_town.start("--faults", str(faults))
    answer = own_town.call("sendMessage", chat_id=ann, text="Letter")
    assert answer["parameters"] == {"retry_after": 1}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[limits]\nper_secnd = 3", "limits, per_secnd is not known: use per_second"),
        ("[limits", "is no TOML: "),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_broken_file_is_refused_at_the_start(
    tmp_path: Path, text: str | None, sentence: str
) -> None:
    faults = tmp_path / "faults.toml"
    if text is not None:
        faults.write_text(text)
    state = str(tmp_path / "town.sqlite")
    command = [sys.executable, "-m", "sandbox", "--state", state, "--faults", str(faults)]
    ended = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert str(faults) in ended.stderr
    assert sentence in ended.stderr
    assert not (tmp_path / "town.sqlite").exists()
