"""What only the page asks of the people's door: ticks, and the messages over one."""

from tests.sandbox.running import Town


def test_ticks_tell_what_waits_and_what_is_never_heard(town: Town) -> None:
    owner = town.person("Owner")
    group = town.group(owner)
    town.updates()
    chatter = town.says(owner, "tea?", group)["message_id"]
    command = town.says(owner, "/today", group)["message_id"]
    ticks = town.get(f"ticks/{group}")
    assert ticks["waiting"] == [command]
    assert chatter in ticks["unheard"]
    assert command not in ticks["unheard"]
    town.updates()
    assert town.get(f"ticks/{group}")["waiting"] == []


def test_messages_over_one_come_oldest_first(town: Town) -> None:
    person = town.person(started=False)
    told = [town.says(person, f"line {n}")["message_id"] for n in range(5)]
    shown = town.sees(person, before=told[3], limit=2)["messages"]
    assert [message["message_id"] for message in shown] == told[1:3]
    assert town.sees(person, before=told[0])["messages"] == []
