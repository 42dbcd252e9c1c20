"""How updates reach the bot: at least once, in order, at once, to one poller."""

import time

import httpx
import pytest

from tests.sandbox.running import AT_ONCE_S, PATIENCE_S, OpenPoll, Town, button, inline


def test_updates_come_again_until_acknowledged(town: Town) -> None:
    ann = town.person()
    town.says(ann, "one")
    first = town.result("getUpdates")
    assert town.result("getUpdates") == first
    assert town.result("getUpdates", offset=first[0]["update_id"]) == first
    ids = [update["update_id"] for update in first]
    assert ids == list(range(ids[0], ids[0] + 2))
    assert town.result("getUpdates", offset=ids[0] + 1) == first[1:]
    assert town.result("getUpdates") == first[1:]
    assert town.result("getUpdates", offset=ids[1] + 1) == []
    assert town.result("getUpdates", offset=ids[0]) == []


def test_a_limit_and_a_negative_offset(town: Town) -> None:
    ann = town.person()
    for text in ("one", "two", "three"):
        town.says(ann, text)
    texts = [one["message"]["text"] for one in town.result("getUpdates", limit=2)]
    assert texts == ["/start", "one"]
    assert [one["message"]["text"] for one in town.result("getUpdates", offset=-2)] == [
        "two",
        "three",
    ]
    assert len(town.result("getUpdates")) == 2


def test_an_open_poll_wakes_at_once(town: Town) -> None:
    ann = town.person()
    town.updates()
    poll = OpenPoll(town)
    begun = time.monotonic()
    town.says(ann, "wake up")
    assert poll.ended()["result"][0]["message"]["text"] == "wake up"
    assert time.monotonic() - begun < AT_ONCE_S


def test_a_quiet_poll_ends_after_its_timeout(town: Town) -> None:
    begun = time.monotonic()
    poll = OpenPoll(town, timeout=1)
    assert town.get("counts")["polling"] is True
    assert poll.ended() == {"ok": True, "result": []}
    assert 0.9 < time.monotonic() - begun < 1 + AT_ONCE_S


def test_the_older_poll_is_ended_by_a_newer_one(town: Town) -> None:
    older = OpenPoll(town)
    newer = OpenPoll(town, timeout=1)
    assert older.ended() == {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: terminated by other getUpdates request;"
        " make sure that only one bot instance is running",
    }
    assert newer.ended()["ok"] is True


def test_a_bot_that_hangs_up_is_noticed(town: Town) -> None:
    with pytest.raises(httpx.ReadTimeout):
        town.web.post(f"/bot{town.token}/getUpdates", json={"timeout": 30}, timeout=0.3)
    deadline = time.monotonic() + PATIENCE_S
    while town.get("counts")["polling"]:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_only_wanted_kinds_are_queued(town: Town) -> None:
    ann = town.person()
    town.updates()
    town.result("getUpdates", allowed_updates=["callback_query"])
    town.says(ann, "unheard")
    sent = town.send(ann, reply_markup=inline(button("a", "a")))
    town.press(ann, sent, "a")
    assert [set(update) - {"update_id"} for update in town.updates()] == [{"callback_query"}]
    assert town.result("getWebhookInfo")["allowed_updates"] == ["callback_query"]
    town.result("getUpdates", allowed_updates=[])
    town.says(ann, "heard")
    assert [message["text"] for message in town.heard()] == ["heard"]


def test_others_standing_is_told_only_to_an_admin_who_asked(town: Town) -> None:
    ann, bob = town.person(), town.person("Bob")
    group = town.group(ann)
    town.post(f"groups/{group}", promote="bot")
    town.post(f"groups/{group}", add=[bob])
    assert town.heard("chat_member") == []
    town.result("getUpdates", allowed_updates=["message", "chat_member"])
    town.post(f"groups/{group}", remove=[bob])
    (change,) = town.heard("chat_member")
    town.result("getUpdates", allowed_updates=[])
    assert change["new_chat_member"]["user"]["id"] == bob
    assert change["new_chat_member"]["status"] == "kicked"


def test_the_raw_door_queues_anything(town: Town) -> None:
    message = {"message_id": 5, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "raw"}
    update_id = town.post("updates", message=message)["update_id"]
    assert town.updates() == [{"update_id": update_id, "message": message}]
    town.post("updates", some_day={"new": "kind"})
    assert town.heard("some_day") == [{"new": "kind"}]
    status, error = town.refused("updates", update_id=7, message=message)
    assert (status, error) == (400, "The update_id is given by the sandbox.")


def test_pending_updates_can_be_dropped(town: Town) -> None:
    town.person()
    assert town.get("counts")["pending_updates"] == 1
    assert town.result("deleteWebhook", drop_pending_updates=True) is True
    assert town.get("counts")["pending_updates"] == 0
