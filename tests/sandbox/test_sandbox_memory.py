"""What the town remembers with its messages, also from files of its first form."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sandbox.state import Journal
from tests.sandbox.running import Json, Town, watching

DAY_MS = 24 * 3600 * 1000
FIRST_FORM = """
CREATE TABLE messages (
    chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, author_id INTEGER NOT NULL,
    fixed INTEGER NOT NULL, body TEXT, PRIMARY KEY (chat_id, message_id)
) WITHOUT ROWID;
INSERT INTO messages VALUES (5, 1, 5, 0, '{"message_id":1,"date":2,"text":"old"}');
"""


def test_a_message_keeps_the_clubs_date(own_town: Town) -> None:
    sara = next(one["id"] for one in own_town.get("town")["people"])
    own_town.says(sara, "/start")
    own_town.result("setSandboxClock", offset_ms=30 * DAY_MS)
    later = own_town.send(sara, "a month on")
    own_town.result("setSandboxClock", offset_ms=31 * DAY_MS, zone="Asia/Tehran", travels=True)
    place = {"chat_id": sara, "message_id": later["message_id"]}
    own_town.result("editMessageText", **place, text="a month on, mended")
    own_town.kill()
    own_town.start()
    before, after = own_town.sees(sara)["messages"]
    assert [before["club_offset_ms"], after["club_offset_ms"]] == [0, 30 * DAY_MS]
    assert shown_at(before) - real(before) == timedelta()
    assert shown_at(after) - real(after) == timedelta(days=30)
    assert after["text"] == "a month on, mended"
    assert after["local_date"].endswith("+03:30"), "the club's own days"
    assert own_town.get("town")["time_travel"]
    said = own_town.call("setSandboxClock", zone="Asia/Nowhere")
    assert said["description"] == "Bad Request: unknown zone specified"


def shown_at(message: Json) -> datetime:
    shown = datetime.fromisoformat(message["local_date"])
    assert shown.tzinfo is not None
    return shown


def real(message: Json) -> datetime:
    return datetime.fromtimestamp(message["date"]).astimezone()


def test_a_file_of_the_first_form_opens(tmp_path: Path) -> None:
    path = tmp_path / "town.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(FIRST_FORM)
    old.close()
    for _ in range(2):
        journal = Journal(path)
        rows = journal.select("SELECT message_id, thread_id, club_offset_ms FROM messages")
        assert rows == [(1, 0, 0)]
        journal.close()


@pytest.mark.parametrize("thread", [None, 7])
def test_typing_is_told_and_not_remembered(own_town: Town, thread: int | None) -> None:
    sara = next(one["id"] for one in own_town.get("town")["people"])
    own_town.says(sara, "/start")
    more = {"message_thread_id": thread} if thread else {}
    with watching(own_town, sara) as events:
        own_town.result("sendChatAction", chat_id=sara, action="typing", **more)
        own_town.send(sara, "written")
        typing, message = next(events), next(events)
    assert typing["type"] == "typing"
    told = {"chat": sara, "action": "typing", **more}
    assert {name: typing[name] for name in told} == told
    assert message["message"]["text"] == "written"
    own_town.kill()
    own_town.start()
    own_town.send(sara, "again")
    with watching(own_town, sara, typing["n"]) as events:
        assert [next(events)["type"] for _ in range(2)] == ["message", "message"]
