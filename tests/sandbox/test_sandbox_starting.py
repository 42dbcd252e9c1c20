"""How the sandbox begins, ends and comes back."""

import json
import socket
import sqlite3
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.sandbox.running import AT_ONCE_S, REPO, STARTING_S, OpenPoll, Town, button, inline


def test_the_line_it_prints_is_all_a_bot_needs(town: Town) -> None:
    assert set(town.said) == {"address", "token", "bot_id", "staff_chat", "owner_id"}
    bot_id, secret = town.token.split(":")
    assert int(bot_id) == town.bot_id
    assert len(secret) == 35


def test_a_new_town_has_its_first_people(own_town: Town) -> None:
    seen = own_town.get("town")
    assert seen["bot"]["name"] == "باشگاه"
    assert seen["bot"]["username"] == "bashgah_demo_bot"
    people = {one["username"]: one for one in seen["people"]}
    assert {name: (one["first_name"], one["role"]) for name, one in people.items()} == {
        "sara": ("سارا", "customer"),
        "daniel": ("Daniel", "customer"),
        "reza": ("رضا", "cashier"),
        "maryam": ("مریم", "owner"),
    }
    assert people["sara"]["phone"].startswith("+98912")
    assert own_town.said["owner_id"] == people["maryam"]["id"]
    chats = own_town.get(f"people/{people['reza']['id']}/chats")
    staff = chats[1]
    assert [chat["chat"]["type"] for chat in chats] == ["private", "group"]
    assert staff["chat"]["title"] == "کارکنان کتاب‌فروشی"
    assert own_town.said["staff_chat"] == staff["chat"]["id"] < 0
    standing = {one["first_name"]: one["status"] for one in staff["members"]}
    assert standing == {"مریم": "creator", "رضا": "member", "باشگاه": "member"}
    assert own_town.updates() == []


def test_kill_loses_nothing_that_was_answered(own_town: Town) -> None:
    ann = own_town.person()
    keyboard = {"keyboard": [["Menu"]], "is_persistent": True}
    own_town.send(ann, "keyboard", reply_markup=keyboard)
    sent = own_town.send(ann, "press", reply_markup=inline(button("go", "go:1")))
    query = own_town.press(ann, sent, "go:1")
    own_town.result("setMyCommands", commands=[{"command": "card", "description": "Card"}])
    group = own_town.group(ann)
    own_town.post(f"people/{ann}/chats/{ann}/read", message_id=sent["message_id"])
    before = own_town.result("getUpdates")
    views = own_town.sees(ann), own_town.sees(ann, group), own_town.get(f"people/{ann}/chats")
    said = own_town.said

    own_town.kill()
    own_town.start()

    assert own_town.said == said
    again = own_town.sees(ann), own_town.sees(ann, group), own_town.get(f"people/{ann}/chats")
    assert again == views
    assert own_town.result("getUpdates") == before
    assert own_town.result("answerCallbackQuery", callback_query_id=query) is True
    assert own_town.send(ann)["message_id"] > sent["message_id"]
    own_town.updates()
    own_town.says(ann, "next")
    assert own_town.updates()[0]["update_id"] == before[-1]["update_id"] + 1


def test_deleted_numbers_are_not_given_again(own_town: Town) -> None:
    ann = own_town.person()
    last = own_town.send(ann)["message_id"]
    own_town.result("deleteMessage", chat_id=ann, message_id=last)
    own_town.kill()
    own_town.start()
    assert own_town.send(ann)["message_id"] == last + 1


def test_fresh_begins_a_new_town(own_town: Town) -> None:
    ann = own_town.person()
    token = own_town.token
    own_town.stop()
    own_town.start("--fresh")
    assert own_town.token != token
    assert ann not in [one["id"] for one in own_town.get("town")["people"]]


def test_a_polite_end_lets_everybody_go_at_once(own_town: Town) -> None:
    watcher = HTTPConnection(own_town.address.removeprefix("http://"), timeout=60)
    watcher.request("GET", "/api/events")
    stream = watcher.getresponse()
    poll = OpenPoll(own_town)
    begun = time.monotonic()
    code = own_town.stop()
    assert time.monotonic() - begun < AT_ONCE_S
    assert code == 0
    assert poll.ended() == {"ok": True, "result": []}
    assert stream.read().startswith(b"retry:")
    watcher.close()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *words]
    return subprocess.run(
        command, cwd=REPO, capture_output=True, text=True, timeout=STARTING_S, check=False
    )


def test_it_listens_on_this_machine_only(own_town: Town) -> None:
    ended = run("--host", "0.0.0.0", "--state", str(own_town.state))
    assert ended.returncode == 2
    assert "127.0.0.1" in ended.stderr


def test_two_sandboxes_never_share_a_state_file(own_town: Town) -> None:
    ann = own_town.person()
    ended = run("--port", "0", "--state", str(own_town.state), "--fresh")
    assert ended.returncode == 1
    assert "another sandbox" in ended.stderr
    assert ended.stdout == ""
    assert own_town.send(ann)


def test_a_taken_port_is_named(own_town: Town) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("--port", str(port), "--state", str(own_town.state))
    assert ended.returncode == 1
    assert str(port) in ended.stderr


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    town = Town(tmp_path / "new" / "deeper" / "town.sqlite")
    assert town.state.exists()
    assert town.stop() == 0


def test_what_cannot_be_used_is_said_in_one_sentence(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("no database, but words. " * 100)
    for words, said in (
        (("--state", str(letter)), f"--state {letter} cannot be used: file is not a database."),
        (("--state", str(letter / "town.sqlite")), f"cannot be used: File exists: {letter}."),
        (("--state", str(tmp_path)), "cannot be used: unable to open database file."),
        (("--state", "town.sqlite", "--port", "70000"), "from 0 to 65535, not 70000."),
    ):
        ended = run("--port", "0", *words)
        assert ended.returncode == 2
        assert ended.stderr.count("\n") == 1, ended.stderr
        assert ended.stderr.endswith(said + "\n")
    assert letter.read_text().startswith("no database")


@pytest.mark.parametrize(("age_s", "alive"), [(140, True), (151, False)])
def test_a_press_can_be_answered_for_150_seconds(own_town: Town, age_s: int, alive: bool) -> None:
    ann = own_town.person()
    sent = own_town.send(ann, reply_markup=inline(button("go", "go:1")))
    query = own_town.press(ann, sent, "go:1")
    own_town.says(ann, "later")
    own_town.kill()
    grow_older(own_town, age_s)
    own_town.start()
    body = own_town.call("answerCallbackQuery", callback_query_id=query)
    assert body["ok"] is alive
    if not alive:
        assert body["description"] == (
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
    assert (query in [one["id"] for one in own_town.heard("callback_query")]) is alive


def grow_older(town: Town, age_s: int) -> None:
    """Make the presses and updates that are kept this much older."""
    with sqlite3.connect(town.state) as db:
        rows = db.execute("SELECT kind, key, body FROM things").fetchall()
        for kind, key, body in rows:
            thing = json.loads(body)
            if kind == "callback":
                thing["at"] -= age_s
            elif kind == "update":
                thing[0] -= age_s
            changed = (json.dumps(thing), kind, key)
            db.execute("UPDATE things SET body = ? WHERE kind = ? AND key = ?", changed)
    db.close()


def test_messages_wait_a_day_for_the_bot(own_town: Town) -> None:
    ann = own_town.person()
    own_town.kill()
    grow_older(own_town, 23 * 3600)
    own_town.start()
    assert [message["text"] for message in own_town.result("getUpdates") and own_town.heard()] == [
        "/start"
    ]
    own_town.says(ann, "too long ago")
    own_town.kill()
    grow_older(own_town, 25 * 3600)
    own_town.start()
    assert own_town.heard() == []
