"""Odd values are refused in words: nothing that comes in makes the sandbox fail."""

import json

import pytest

from tests.sandbox.running import Json, Town, watching

JSON_TYPE = {"content-type": "application/json"}
DEEP = "[" * 100_000
HUGE = 10**23
NOT_PARSED = "Bad Request: can't parse request body"
NOT_UTF_8 = "Bad Request: strings must be encoded in UTF-8"


@pytest.fixture
def ann(town: Town) -> int:
    return town.person()


def bot_posts(town: Town, body: bytes | str) -> Json:
    """What the server answers to this body of sendMessage."""
    url = f"/bot{town.token}/sendMessage"
    answer = town.web.post(url, content=body, headers=JSON_TYPE)
    told: Json = answer.json()
    assert answer.status_code == told["error_code"]
    return told


@pytest.mark.parametrize(
    ("more", "description"),
    [
        ('"x": NaN', NOT_PARSED),
        ('"x": -Infinity', NOT_PARSED),
        ('"x": 1e999', NOT_PARSED),
        (f'"reply_markup": {DEEP}', NOT_PARSED),
        (f'"reply_markup": {"[" * 101}{"]" * 101}', NOT_PARSED),
        (f'"reply_markup": "{DEEP}"', "Bad Request: can't parse reply keyboard markup JSON object"),
        ('"x": "a\\ud800b"', NOT_UTF_8),
        ('"x": {"\\uDFFF": 1}', NOT_UTF_8),
        (b'"x": "\xed\xa0\x80"', NOT_UTF_8),
    ],
)
def test_a_bots_odd_json_is_refused(
    town: Town, ann: int, more: bytes | str, description: str
) -> None:
    part = more.encode() if isinstance(more, str) else more
    body = b'{"chat_id": %d, "text": "Hello", %b}' % (ann, part)
    told = bot_posts(town, body)
    assert (told["error_code"], told["description"]) == (400, description)
    assert len(town.sees(ann)["messages"]) == 1
    assert town.get("calls")[-1]["description"] == description


def test_whole_letters_of_two_parts_and_brackets_in_words_pass(town: Town, ann: int) -> None:
    text = "😀" + "[" * 200
    body = json.dumps({"chat_id": ann, "text": text})
    answer = town.web.post(f"/bot{town.token}/sendMessage", content=body, headers=JSON_TYPE)
    assert answer.json()["result"]["text"] == text


def test_one_odd_value_does_not_hide_the_calls(town: Town, ann: int) -> None:
    town.send(ann, odd=HUGE)
    assert town.get("calls")[-1]["params"]["odd"] == HUGE


@pytest.mark.parametrize("body", ['{"text": "a\\ud800b"}', '{"text": NaN}', '{"text": ' + DEEP])
def test_a_persons_odd_json_is_refused(town: Town, ann: int, body: str) -> None:
    for path in (f"people/{ann}/chats/{ann}/messages", "updates", "groups"):
        answer = town.web.post(f"/api/{path}", content=body, headers=JSON_TYPE)
        assert (answer.status_code, answer.json()) == (400, {"error": "The body must be JSON."})


@pytest.mark.parametrize("name", ["after", "before", "limit", "thread"])
@pytest.mark.parametrize("value", [HUGE, -HUGE])
def test_numbers_beyond_all_messages_are_refused(
    town: Town, ann: int, name: str, value: int
) -> None:
    answer = town.web.get(f"/api/people/{ann}/chats/{ann}/messages", params={name: value})
    said = f"{name} must be a number of at most 18 digits."
    assert (answer.status_code, answer.json()["error"]) == (400, said)


def test_messages_and_chats_beyond_all_numbers_are_not_there(town: Town, ann: int) -> None:
    path = f"people/{ann}/chats/{ann}"
    for value in (HUGE, -HUGE):
        assert town.refused(f"{path}/edit", message_id=value, text="x")[0] == 404
        assert town.refused(f"{path}/messages", text="x", reply_to_message_id=value)[0] == 404
        assert town.web.get(f"/api/ticks/{value}").status_code == 404
    with watching(town, ann, last=HUGE) as events:
        town.send(ann, "from now on")
        assert next(events)["message"]["text"] == "from now on"


def test_raw_updates_of_any_shape_leave_the_ticks_alone(own_town: Town) -> None:
    ann = own_town.person()
    for odd in ("x", {"chat": "x", "message_id": 1}, {"chat": {"id": ann}}):
        own_town.post("updates", message=odd)
    assert own_town.get(f"ticks/{ann}") == {"waiting": [1], "unheard": []}


def test_reading_ends_at_the_newest_message(town: Town, ann: int) -> None:
    newest = town.send(ann)["message_id"]
    read = town.post(f"people/{ann}/chats/{ann}/read", message_id=HUGE)
    assert read == {"read_up_to": newest}


@pytest.mark.parametrize("name", ["", "  ", "\u200c\u200f", "\u2800", "\u3164 \u0301"])
def test_names_show_something(town: Town, ann: int, name: str) -> None:
    new = {"language_code": "en"}
    assert town.refused("people", first_name=name, **new)[0] == 400
    assert town.refused("people", first_name="Ann", last_name=name, **new)[0] == 400
    assert town.refused(f"people/{ann}", first_name=name)[0] == 400
    assert town.refused("groups", title=name, owner=ann)[0] == 400


def test_names_keep_their_joiners(town: Town, ann: int) -> None:
    assert town.post(f"people/{ann}", first_name="مه\u200cلقا")["first_name"] == "مه\u200cلقا"
    said = town.refused(f"people/{ann}", first_name=" ")
    assert said == (400, "first_name: a name must show something.")


def test_people_and_groups_keep_their_order(own_town: Town) -> None:
    people = [own_town.person(name) for name in "ABCDEFGH"]
    groups = [own_town.group(people[0]) for _ in range(4)]
    own_town.post(f"people/{people[0]}", first_name="Changed")
    own_town.kill()
    for _ in range(2):
        own_town.start()
        assert [one["id"] for one in own_town.get("town")["people"]][4:] == people
        chats = own_town.get(f"people/{people[0]}/chats")
        assert [one["chat"]["id"] for one in chats] == [people[0], *groups]
        people.append(own_town.person("later"))
        own_town.kill()


def test_who_saw_typing_last_misses_nothing_after_a_restart(own_town: Town) -> None:
    ann = own_town.person()
    with watching(own_town, ann) as events:
        own_town.send(ann, "one")
        seen = next(events)
        own_town.result("sendChatAction", chat_id=ann, action="typing")
        typing = next(events)
    assert (typing["type"], typing["n"]) == ("typing", seen["n"]), "it has no number of its own"
    own_town.kill()
    own_town.start()
    own_town.send(ann, "two")
    with watching(own_town, ann, last=typing["n"]) as events:
        assert next(events)["message"]["text"] == "two"
