"""What can be watched: keyboards as each person sees them, events, calls and counts."""

import json
import time

from tests.sandbox.running import PATIENCE_S, Json, Town, button, inline, watching


def keyboard(town: Town, person: int, chat: int) -> Json | None:
    markup: Json | None = town.sees(person, chat)["reply_keyboard"]
    return markup


def test_reply_keyboards_come_and_go(town: Town) -> None:
    ann = town.person()
    menu = {"keyboard": [["Card"], [{"text": "Phone", "request_contact": True}]]}
    town.send(ann, reply_markup=menu)
    shown = keyboard(town, ann, ann)
    assert shown is not None
    assert shown["keyboard"] == [[{"text": "Card"}], menu["keyboard"][1]]
    town.send(ann, "no markup keeps it", reply_markup=inline(button("a", "a")))
    town.says(ann, "Card")
    assert keyboard(town, ann, ann) == shown
    town.send(ann, reply_markup={"remove_keyboard": True})
    assert keyboard(town, ann, ann) is None
    town.send(ann, reply_markup={**menu, "one_time_keyboard": True})
    town.says(ann, "Card")
    assert keyboard(town, ann, ann) is None


def test_selective_questions_reach_only_those_addressed(town: Town) -> None:
    ann, bob, carl = town.person(), town.person("Bob"), town.person("Carl")
    group = town.group(ann, bob, carl)
    command = town.says(bob, "/purchase", group)["message_id"]
    question = {"force_reply": True, "selective": True, "input_field_placeholder": "12"}
    reply = {"message_id": command}
    sent = town.send(group, "Which?", reply_markup=question, reply_parameters=reply)
    asked = {**question, "reply_to_message_id": sent["message_id"]}
    views = [keyboard(town, one, group) for one in (ann, bob, carl)]
    assert views == [None, asked, None]
    link = f'<a href="tg://user?id={carl}">Carl</a>?'
    town.send(group, link, parse_mode="HTML", reply_markup=question)
    ann_name = next(one["username"] for one in town.get("town")["people"] if one["id"] == ann)
    town.send(group, f"@{ann_name}?", reply_markup=question)
    views = [keyboard(town, one, group) for one in (ann, bob, carl)]
    assert all(view is not None for view in views)
    town.says(bob, "12", group, reply_to_message_id=sent["message_id"])
    assert keyboard(town, bob, group) is None
    assert keyboard(town, carl, group) is not None


def test_a_person_watches_their_own_chats(town: Town) -> None:
    ann, bob = town.person(), town.person("Bob")
    told: list[Json] = []
    with watching(town, ann) as stream:
        town.send(bob, "not for Ann")
        sent = town.send(ann, "for Ann", reply_markup=inline(button("a", "a")))
        told.append(next(stream))
        place = {"chat_id": ann, "message_id": sent["message_id"]}
        query = town.press(ann, sent, "a")
        town.result("answerCallbackQuery", callback_query_id=query, text="ok")
        told.append(next(stream))
        town.result("editMessageText", **place, text="edited")
        told.append(next(stream))
        town.result("deleteMessage", **place)
        told.append(next(stream))
        town.send(ann, reply_markup={"keyboard": [["a"]]})
        told += [next(stream), next(stream)]
        town.post(f"people/{bob}", first_name="Rob")
        told.append(next(stream))
    kinds = ["message", "callback", "edited", "deleted", "message", "chat", "person"]
    assert [event["type"] for event in told] == kinds
    assert [event["chat"] for event in told] == [ann] * 6 + [None]
    assert told[0]["message"]["text"] == "for Ann"
    assert told[1]["callback_query_id"] == query
    assert (told[1]["text"], told[1]["show_alert"]) == ("ok", False)
    assert (told[2]["message"]["text"], told[2]["message"]["edited"]) == ("edited", True)
    assert told[3]["message"] == {"message_id": sent["message_id"]}
    numbers = [event["n"] for event in told]
    assert numbers == sorted(numbers)


def test_a_watcher_comes_back_to_where_it_was(own_town: Town) -> None:
    ann = own_town.person()
    with watching(own_town) as stream:
        own_town.send(ann, "one")
        seen = next(stream)
    own_town.send(ann, "two")
    own_town.kill()
    own_town.start()
    own_town.send(ann, "three")
    with watching(own_town, ann, last=seen["n"]) as stream:
        assert [next(stream)["message"]["text"] for _ in range(2)] == ["two", "three"]


def test_the_bots_requests_are_kept(town: Town) -> None:
    ann = town.person()
    before = max((call["n"] for call in town.get("calls")), default=0)
    town.send(ann, "one")
    town.refusal("sendMessage", chat_id=ann, text="")
    sent, refused = town.get("calls", after=before)
    assert (sent["n"], refused["n"]) == (before + 1, before + 2)
    assert (sent["method"], sent["ok"], sent["error_code"]) == ("sendMessage", True, None)
    assert sent["params"] == {"chat_id": ann, "text": "one"}
    assert (sent["result"]["text"], refused["result"]) == ("one", None), "answers are kept too"
    assert 0 < sent["ms"] < PATIENCE_S * 1000
    assert abs(sent["at"] / 1000 - time.time()) < PATIENCE_S
    assert (refused["ok"], refused["error_code"]) == (False, 400)
    assert refused["description"] == "Bad Request: message text is empty"
    assert town.token not in json.dumps(town.get("calls"))


def test_sends_are_counted(own_town: Town) -> None:
    ann, bob = own_town.person(), own_town.person("Bob")
    for _ in range(3):
        own_town.send(ann)
        own_town.send(bob)
    own_town.refusal("sendMessage", chat_id=ann, text="")
    counts = own_town.get("counts")
    assert counts["delivered"] == {str(ann): 3, str(bob): 3}
    assert counts["most_in_a_second"] == 6
    assert counts["most_in_a_second_per_chat"] == 3
    assert counts["refused"] == {"400 Bad Request: message text is empty": 1}
    assert counts["pending_updates"] == 2
    assert counts["polling"] is False
    own_town.kill()
    own_town.start()
    assert own_town.get("counts")["delivered"] == {str(ann): 3, str(bob): 3}
