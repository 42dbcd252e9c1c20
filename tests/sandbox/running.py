"""A sandbox as a process of its own, and hands to act there as people and as the bot."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.sandbox.shapes import check, check_later

REPO = Path(__file__).parents[2]
PATIENCE_S = 10
STARTING_S = 60  # To start a process takes its time on a crowded machine.
AT_ONCE_S = 3  # An idle machine takes a tenth of this; a crowded one shall not fail a test.
ROUNDS = 5
Json = dict[str, Any]


class Town:
    """A running sandbox; every helper goes over HTTP."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._port = 0
        self._names = (f"person_{n}" for n in itertools.count(1))
        self.start()

    def start(self, *more: str) -> None:
        """Start it, after an end at the same address and with the same state."""
        command = [sys.executable, "-m", "sandbox", "--port", str(self._port), *more]
        self.process = subprocess.Popen(
            [*command, "--state", str(self.state)], cwd=REPO, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.said: Json = json.loads(self.process.stdout.readline())
        self.address: str = self.said["address"]
        self.token: str = self.said["token"]
        self.bot_id: int = self.said["bot_id"]
        self._port = int(self.address.rpartition(":")[2])
        hooks = {"response": [check]}
        self.web = httpx.Client(base_url=self.address, timeout=PATIENCE_S, event_hooks=hooks)

    def stop(self) -> int:
        """End it politely; the exit code."""
        self.web.close()
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End it as a crash does."""
        self.web.close()
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.web.get(f"/api/{path}", params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.web.post(f"/api/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def refused(self, path: str, **body: Any) -> tuple[int, str]:
        """What the people's door says when it refuses."""
        answer = self.web.post(f"/api/{path}", json=body)
        return answer.status_code, answer.json()["error"]

    def person(self, name: str = "Ann", language: str = "en", *, started: bool = True) -> int:
        """A new person, by default one who has started the bot."""
        username = next(self._names)
        new = {"first_name": name, "language_code": language, "username": username}
        person_id: int = self.post("people", **new)["id"]
        if started:
            self.says(person_id, "/start")
        return person_id

    def group(self, owner: int, *members: int) -> int:
        """A new group with the bot in it."""
        group = self.post("groups", title="Staff", owner=owner, members=list(members))
        return int(group["chat"]["id"])

    def says(self, person: int, text: str, chat: int | None = None, **more: Any) -> Json:
        path = f"people/{person}/chats/{chat or person}/messages"
        message: Json = self.post(path, text=text, **more)
        return message

    def sees(self, person: int, chat: int | None = None, **query: Any) -> Json:
        """The chat through this person's eyes."""
        view: Json = self.get(f"people/{person}/chats/{chat or person}/messages", **query)
        return view

    def press(self, person: int, message: Json, data: str) -> str:
        path = f"people/{person}/chats/{message['chat']['id']}/press"
        pressed = self.post(path, message_id=message["message_id"], data=data)
        return str(pressed["callback_query_id"])

    def call(self, method: str, **params: Any) -> Json:
        """A request of the bot and the whole answer, refusals too."""
        answer = self.web.post(f"/bot{self.token}/{method}", json=params)
        body: Json = answer.json()
        assert answer.status_code == body.get("error_code", 200)
        return body

    def result(self, method: str, **params: Any) -> Any:
        body = self.call(method, **params)
        assert body["ok"], body
        return body["result"]

    def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        """The code and the words with which the bot is refused."""
        body = self.call(method, **params)
        assert not body["ok"], body
        return body["error_code"], body["description"]

    def send(self, chat: int, text: str = "Hello", **more: Any) -> Json:
        message: Json = self.result("sendMessage", chat_id=chat, text=text, **more)
        return message

    def updates(self) -> list[Json]:
        """All waiting updates, acknowledged."""
        updates: list[Json] = self.result("getUpdates")
        if updates:
            self.result("getUpdates", offset=updates[-1]["update_id"] + 1)
        return updates

    def heard(self, kind: str = "message") -> list[Json]:
        """What has come of this kind since the last look; everything else is dropped."""
        return [update[kind] for update in self.updates() if kind in update]

    def bot(self) -> Bot:
        """The library's own client, pointed here."""
        address = self.address
        hooks = {"event_hooks": {"response": [check_later]}}
        return Bot(
            self.token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=HTTPXRequest(httpx_kwargs=hooks),
            get_updates_request=HTTPXRequest(httpx_kwargs=hooks),
        )


class OpenPoll:
    """A long poll that is open when this returns."""

    def __init__(self, town: Town, **params: int) -> None:
        self._connection = HTTPConnection(town.address.removeprefix("http://"), timeout=60)
        body = json.dumps({"timeout": 30, **params})
        headers = {"content-type": "application/json"}
        self._connection.request("POST", f"/bot{town.token}/getUpdates", body, headers)
        for _ in range(ROUNDS):  # What came first is taken in while these are answered.
            town.get("counts")

    def ended(self) -> Json:
        """The answer, when it comes."""
        body: Json = json.loads(self._connection.getresponse().read())
        self._connection.close()
        return body


@contextmanager
def watching(
    town: Town, person: int | None = None, last: int | None = None
) -> Iterator[Iterator[Json]]:
    """The events of a stream, each with its number."""
    headers = {} if last is None else {"last-event-id": str(last)}
    query = {} if person is None else {"person": person}
    client = httpx.Client(timeout=PATIENCE_S)
    with client.stream(
        "GET", f"{town.address}/api/events", params=query, headers=headers
    ) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert next(lines).startswith("retry:")
        yield events(lines)
    client.close()


def events(lines: Iterator[str]) -> Iterator[Json]:
    number = 0
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            number = int(value)
        elif name == "data":
            yield {**json.loads(value), "n": number}


def button(text: str, data: str) -> Json:
    return {"text": text, "callback_data": data}


def inline(*buttons: Json) -> Json:
    """One row of inline buttons."""
    return {"inline_keyboard": [list(buttons)]}
