"""Updates that the sandbox brings to the bot's own address."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.state import Journal, Json
from sandbox.updates import Updates
from sandbox.webhook import GONE_LIMIT_S, Postman, Receipt, Webhook, queue_of
from tests.sandbox.hook import Hook, Reply, listening
from tests.sandbox.running import AT_ONCE_S, PATIENCE_S, OpenPoll, Town, button, inline

SECRET = "A-long_secret1"


@pytest.fixture
def hook() -> Iterator[Hook]:
    with listening() as hook:
        yield hook


@pytest.fixture
def hooked(town: Town, hook: Hook) -> Iterator[Town]:
    """A town that brings its updates to the hook."""
    assert town.result("setWebhook", url=hook.url, secret_token=SECRET) is True
    yield town
    town.result("deleteWebhook", drop_pending_updates=True)


def pending(town: Town, count: int) -> None:
    """Return when this many updates are left."""
    deadline = time.monotonic() + PATIENCE_S
    while (left := town.get("counts")["pending_updates"]) != count:
        assert time.monotonic() < deadline, f"{left} updates are left, not {count}"
        time.sleep(0.02)


def test_updates_are_brought_with_the_secret(hooked: Town, hook: Hook) -> None:
    ann = hooked.person()
    (update,) = hook.updates(1)
    headers, _ = hook.came[0]
    assert update["message"]["from"]["id"] == ann
    assert headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    assert headers["Content-Type"] == "application/json"
    pending(hooked, 0)
    assert hooked.get("counts")["webhook"] is True


def test_polling_and_a_webhook_exclude_each_other(town: Town, hook: Hook) -> None:
    poll = OpenPoll(town)
    town.result("setWebhook", url=hook.url)
    ended = poll.ended()
    assert (ended["error_code"], ended["description"]) == (
        409,
        "Conflict: terminated by setWebhook request",
    )
    assert town.refusal("getUpdates") == (
        409,
        "Conflict: can't use getUpdates method while webhook is active;"
        " use deleteWebhook to delete the webhook first",
    )
    assert town.result("setWebhook", url="") is True
    assert town.result("getUpdates") == []


def test_what_waited_is_brought_first(town: Town, hook: Hook) -> None:
    ann = town.person()
    town.says(ann, "waited")
    town.result("setWebhook", url=hook.url)
    town.says(ann, "new")
    assert hook.texts(3) == ["/start", "waited", "new"]
    town.result("deleteWebhook")


def test_a_failing_update_holds_only_its_own_queue(hooked: Town, hook: Hook) -> None:
    ann, bob = hooked.person(), hooked.person("Bob")
    hook.updates(2)
    failures = deque([Reply(500), Reply(503)])

    def answer(update: Json) -> Reply:
        stuck = update.get("message", {}).get("text") == "stuck"
        return failures.popleft() if stuck and failures else Reply()

    hook.answer = answer
    hooked.says(ann, "stuck")
    hook.updates(3)
    begun = time.monotonic()
    hooked.says(ann, "after")
    hooked.says(bob, "free")
    sent = hooked.send(ann, reply_markup=inline(button("a", "a")))
    hooked.press(ann, sent, "a")
    came = hook.updates(8)[3:]
    assert 3 <= time.monotonic() - begun < 3 + AT_ONCE_S
    said = [one["message"]["text"] if "message" in one else "press" for one in came]
    assert sorted(said[:2]) == ["free", "press"]
    assert said[2:] == ["stuck", "stuck", "after"]
    info = hooked.result("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert abs(info["last_error_date"] - time.time()) < PATIENCE_S


def test_the_bot_says_when_to_come_again(hooked: Town, hook: Hook) -> None:
    ann = hooked.person()
    hook.updates(1)
    replies = deque([Reply(429, headers={"Retry-After": "2"}), Reply()])
    hook.answer = lambda _update: replies.popleft()
    hooked.says(ann, "later")
    hook.updates(2)
    begun = time.monotonic()
    hook.updates(3)
    assert 1.8 < time.monotonic() - begun < 2 + AT_ONCE_S


def test_within_a_queue_one_is_on_its_way(hooked: Town, hook: Hook) -> None:
    ann, bob = hooked.person(), hooked.person("Bob")
    hook.updates(2)
    pending(hooked, 0)
    go_on = threading.Event()

    def answer(_update: Json) -> Reply:
        go_on.wait(PATIENCE_S)
        return Reply()

    hook.answer = answer
    for text in ("one", "two"):
        hooked.says(ann, text)
    hooked.says(bob, "mine")
    assert sorted(hook.texts(4)[2:]) == ["mine", "one"]
    assert hooked.get("counts")["pending_updates"] == 3
    go_on.set()
    assert hook.texts(5)[4] == "two"


def test_an_answer_may_carry_a_method(hooked: Town, hook: Hook) -> None:
    def answer(update: Json) -> Reply:
        chat = update["message"]["chat"]["id"]
        return Reply(body={"method": "sendMessage", "chat_id": chat, "text": "Here"})

    hook.answer = answer
    ann = hooked.person()
    pending(hooked, 0)
    assert [one["text"] for one in hooked.sees(ann)["messages"]] == ["/start", "Here"]
    for body in (
        {"method": "deleteWebhook"},
        {"method": "getMe"},
        {"method": "nonsense"},
        {"a": 1},
    ):
        hook.answer = lambda _update, body=body: Reply(body=body)  # type: ignore[misc]
        hooked.says(ann, "more")
        pending(hooked, 0)
    assert hooked.result("getWebhookInfo")["url"] == hook.url
    assert hooked.get("calls")[-2]["description"] == "Not Found"


def test_a_bot_that_is_down_gets_all_when_it_is_back(own_town: Town) -> None:
    with listening() as gone:
        address = gone.url
    own_town.result("setWebhook", url=address, allowed_updates=["message"], max_connections=200)
    own_town.person()
    deadline = time.monotonic() + PATIENCE_S
    while "last_error_date" not in (info := own_town.result("getWebhookInfo")):
        assert time.monotonic() < deadline
    assert (info["last_error_message"], info["max_connections"]) == ("Connection refused", 100)
    assert (info["pending_update_count"], info["allowed_updates"]) == (1, ["message"])
    own_town.kill()
    own_town.start()
    with listening() as hook:
        own_town.result("setWebhook", url=hook.url)
        assert hook.texts(1) == ["/start"]


def test_a_webhook_survives_the_sandbox(own_town: Town, hook: Hook) -> None:
    own_town.result("setWebhook", url=hook.url, secret_token=SECRET)
    own_town.kill()
    own_town.start()
    own_town.person()
    assert hook.texts(1) == ["/start"]
    assert "X-Telegram-Bot-Api-Secret-Token" in hook.came[0][0]


def test_an_outage_cuts_the_webhook_off_too(hooked: Town, hook: Hook) -> None:
    hooked.web.put("/api/faults", json={"outage": {"for_s": 0.5}})
    hooked.person()
    hook.updates(1)
    assert hooked.result("getWebhookInfo")["last_error_message"] == "Webhook connection closed"
    hooked.web.delete("/api/faults")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://example.com/hook"}, "bad webhook: the sandbox sends only to "),
        ({"url": "http://127.0.0.1@example.com/"}, "bad webhook: the sandbox sends only to "),
        ({"url": "http://127.0.0.1.example.com/"}, "bad webhook: the sandbox sends only to "),
        ({"url": "https://127.0.0.1/hook"}, "bad webhook: the sandbox sends only to "),
        ({"url": "file:///etc/passwd"}, "bad webhook: the sandbox sends only to "),
        ({"url": "http://127.0.0.1:notaport/"}, "invalid webhook URL specified"),
        ({"url": "http://localhost/", "secret_token": "a" * 257}, "secret token is too long"),
        ({"url": "http://localhost/", "secret_token": "a b"}, "secret token contains unallowed"),
        ({"url": "http://localhost/", "secret_token": "a\n"}, "secret token contains unallowed"),
    ],
)
def test_what_is_no_webhook_is_refused(town: Town, params: dict[str, Any], words: str) -> None:
    code, description = town.refusal("setWebhook", **params)
    assert code == 400
    assert description.startswith(f"Bad Request: {words}")
    assert town.result("getWebhookInfo")["url"] == ""


@pytest.mark.parametrize(
    ("update", "queue"),
    [
        ({"message": {"chat": {"id": 5}, "from": {"id": 7}}}, ("chat", 5)),
        ({"edited_message": {"chat": {"id": 5}}}, ("chat", 5)),
        ({"callback_query": {"from": {"id": 7}, "message": {"chat": {"id": 5}}}}, ("press", 7)),
        ({"my_chat_member": {"chat": {"id": 5}}}, ("standing", 5)),
        ({"some_day": {"new": "kind"}}, ("chat", 9)),
        ({"some_day": "odd"}, ("some_day", 9)),
    ],
)
def test_which_queue_an_update_stands_in(update: Json, queue: tuple[str, int]) -> None:
    assert queue_of({"update_id": 9, **update}) == queue


class Nobody:
    """A courier to an address that is gone for good."""

    async def bring(self, _url: str, _secret_token: str, _update: Json) -> Receipt:
        return Receipt(error="Wrong response from the webhook: 410 Gone", gone=True)

    async def close(self) -> None:
        """It holds nothing."""


async def test_a_webhook_that_is_gone_for_a_day_is_taken_away(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "town.sqlite")
    now = 1_000_000.0
    updates = Updates(journal, lambda: now)
    postman = Postman(journal, updates, Nobody, lambda: False, lambda: now)
    postman.set(Webhook(url="http://localhost/", gone_since=now - GONE_LIMIT_S + 1))
    first = updates.add_raw({"message": {"chat": {"id": 1}}})
    await settled(lambda: postman.webhook is not None and bool(postman.webhook.last_error_date))
    now += 1
    updates.add_raw({"message": {"chat": {"id": 2}}})
    await settled(lambda: postman.webhook is None)
    assert updates.find(first) is not None
    journal.close()


async def settled(done: Callable[[], bool]) -> None:
    for _ in range(1000):
        if done():
            return
        await asyncio.sleep(0)
    pytest.fail("it never came to that")
