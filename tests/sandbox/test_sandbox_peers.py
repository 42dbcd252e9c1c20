"""Bots of three libraries, which know nothing of this house, hold a conversation here."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from tests.sandbox.running import PATIENCE_S, Json, Town

STRANGERS = Path(__file__).parent / "strangers"
LONG_S = 3 * PATIENCE_S  # Loading a library takes its time on a crowded machine.
SIZE = (64, 48)


@contextmanager
def stranger(town: Town, name: str, way: str, folder: Path) -> Iterator[list[Json]]:
    """The bot as a process; what it told of the answers it got, once it has ended."""
    picture = folder / "picture.png"
    Image.new("RGB", SIZE, "navy").save(picture)
    script = STRANGERS / f"{name}_bot.py"
    command = [sys.executable, str(script), town.address, town.token, way, str(picture)]
    told: list[Json] = []
    with (folder / "complaints").open("w+") as complaints:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, cwd=folder
        ) as process:
            try:
                yield told
            finally:
                process.terminate()
                said, _ = process.communicate(timeout=LONG_S)
                complaints.seek(0)
                sys.stdout.write(complaints.read())  # Shown when the test fails.
        told += [json.loads(line) for line in said.splitlines()]


def awaited(town: Town, person: int, count: int) -> list[Json]:
    """The chat's newest messages, when the bot has brought them to this many."""
    deadline = time.monotonic() + LONG_S
    while len(seen := town.sees(person)["messages"]) < count:
        assert time.monotonic() < deadline, [one.get("text") for one in seen]
        time.sleep(0.05)
    assert len(seen) == count
    messages: list[Json] = seen
    return messages


def answer_to(town: Town, query: str) -> Json:
    deadline = time.monotonic() + LONG_S
    while not (answer := town.get(f"callbacks/{query}"))["answered"]:
        assert time.monotonic() < deadline, "no answer to the press"
        time.sleep(0.05)
    told: Json = answer
    return told


@pytest.mark.parametrize("way", ["polling", "webhook"])
@pytest.mark.parametrize("name", ["aiogram", "telebot", "ptb"])
def test_a_stranger_holds_a_conversation(
    own_town: Town, name: str, way: str, tmp_path: Path
) -> None:
    town = own_town
    ann = town.person(started=False)
    with stranger(town, name, way, tmp_path) as told:
        town.says(ann, "/start")
        welcome = awaited(town, ann, 2)[1]
        assert (welcome["text"], welcome["entities"][0]["type"]) == ("Welcome", "bold")
        query = town.press(ann, welcome, "go")
        edited, question = awaited(town, ann, 3)[1:]
        assert (edited["text"], question["text"]) == ("Chosen", "Your number?")
        assert answer_to(town, query)["text"] == "Well chosen"
        view = town.sees(ann)
        assert view["reply_keyboard"]["keyboard"][0][0]["request_contact"] is True
        assert [one["command"] for one in view["commands"]] == ["start"]
        phone = town.post(f"people/{ann}/chats/{ann}/contact")["contact"]["phone_number"]
        thanks, photo, document, *album = awaited(town, ann, 9)[4:]
        assert thanks["text"] == phone
        assert town.sees(ann)["reply_keyboard"] is None
        assert (photo["caption"], document["document"]["file_name"]) == ("A picture", "points.csv")
        assert len({one["media_group_id"] for one in album}) == 1
        send_document(town, ann)
        assert awaited(town, ann, 11)[10]["text"] == "9 bytes"
        assert town.get("counts")["webhook"] is (way == "webhook")
    refused = [call for call in town.get("calls") if not call["ok"]]
    assert refused == []
    assert understood(told) == {
        "me": "bashgah_demo_bot",
        "commands": 1,
        **({"webhook": True} if way == "webhook" else {}),
        "welcome": ["Welcome", "bold", "Go"],
        "edited": ["Chosen", True, welcome["message_id"]],
        "asked": "private",
        "replied": True,
        "photo": [SIZE[0], "A picture"],
        "document": ["points.csv", 3],
        "album": 1,
    }


@pytest.mark.parametrize("name", ["aiogram", "telebot"])
def test_a_stranger_understands_refusals(own_town: Town, name: str, tmp_path: Path) -> None:
    town = own_town
    ann, bob = town.person(started=False), town.person("Bob")
    town.post(f"people/{bob}", blocked=True)
    town.updates()
    fault = {"kind": "429", "times": 1, "words": "too many", "retry_after_s": 1}
    assert town.web.put("/api/faults", json={"fault": [fault]}).is_success
    with stranger(town, name, "polling", tmp_path) as told:
        town.says(ann, f"/refusals {bob}")
        assert awaited(town, ann, 2)[1]["text"] == "Refused"
    facts = understood(told)
    assert facts["retry_after"] == 1
    assert facts["missing"].endswith("Bad Request: message to edit not found")
    assert facts["blocked"].endswith("Forbidden: bot was blocked by the user")


@pytest.mark.parametrize("name", ["aiogram", "telebot"])
def test_a_stranger_works_in_a_forum(own_town: Town, name: str, tmp_path: Path) -> None:
    town = own_town
    ann = town.person(started=False)
    group = town.post(f"groups/{town.group(ann)}", forum=True, promote="bot")["chat"]["id"]
    town.updates()
    with stranger(town, name, "polling", tmp_path) as told:
        town.says(ann, f"/forum {group}")
        copied, done = awaited(town, ann, 3)[1:]
    assert (copied["caption"], done["text"]) == ("After", "Done")
    assert [call for call in town.get("calls") if not call["ok"]] == []
    facts = understood(told)
    assert {name: facts[name] for name in facts if name not in ("me", "commands")} == {
        "chat": ["supergroup", True],
        "member": ["creator", True],
        "topic": ["Till 1", True, True],
        "caption": "After",
        "copied": "MessageId",
        "pinned": [True, True],
    }
    assert town.sees(ann, group)["pinned"] == []


def understood(told: list[Json]) -> Json:
    return {name: fact for line in told for name, fact in line.items()}


def send_document(town: Town, person: int) -> None:
    files = {"document": ("mine.txt", b"nine long", "text/plain")}
    answer = town.web.post(f"/api/people/{person}/chats/{person}/messages", files=files)
    assert answer.is_success
