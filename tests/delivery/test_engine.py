"""The engine over the wire: every letter exactly one end, whatever the messenger does."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from club.campaigns import CampaignState
from club.letters import Letter, LetterState
from club.members import Reach
from services.outbox import LEASE
from storage.db import Database
from tests.delivery.people import (
    GROUP,
    campaign_row,
    member_row,
    new_campaign,
    new_member,
    promotion,
    put,
    row,
    rows,
)
from tests.delivery.running import all_ended, doomed_post, notice, open_post, title, until
from tests.delivery.wire import Wire, flood, gateway, hang, refuse, reset, slow


async def test_every_letter_arrives_once(db: Database, wire: Wire) -> None:
    campaign = await new_campaign(db)
    members = [await new_member(db, chat) for chat in range(1, 81)]
    await put(db, *(promotion(campaign, member) for member in members))
    async with open_post(db, wire) as post:
        await put(db, notice("late", members[0]))
        post.engine.wake()
        letters = await all_ended(db)
    assert sorted(wire.texts) == sorted(letters)
    assert {letter["state"] for letter in letters.values()} == {LetterState.SENT}
    sent_as = {sent.params["text"]: n for n, sent in enumerate(wire.to_people, 1)}
    assert {key: letter["message_id"] for key, letter in letters.items()} == sent_as
    assert (await campaign_row(db, campaign))["state"] == CampaignState.DONE


async def test_misfortunes_are_told_apart_and_hold_nobody_up(db: Database, wire: Wire) -> None:
    campaign = await new_campaign(db)
    members = {chat: await new_member(db, chat) for chat in range(1, 21)}
    await put(db, *(promotion(campaign, member) for member in members.values()))
    wire.play(1, refuse(403, "Forbidden: bot was blocked by the user"))
    wire.play(2, refuse(403, "Forbidden: user is deactivated"))
    wire.play(3, refuse(400, "Bad Request: message is too long"))
    for chat, trick in ((4, reset), (5, hang), (6, gateway)):
        wire.play(chat, trick)
    async with open_post(db, wire, read_timeout_s=2):
        letters = await all_ended(db)
    states = {chat: letters[title(None, member)] for chat, member in members.items()}
    assert {chat: line["state"] for chat, line in states.items() if chat < 7} == {
        1: "unreachable",
        2: "unreachable",
        3: "failed",
        4: "unknown",
        5: "unknown",
        6: "unknown",
    }
    assert {line["state"] for chat, line in states.items() if chat >= 7} == {"sent"}
    assert "message is too long" in states[3]["fault"]
    assert (await member_row(db, members[1]))["reach"] == Reach.BLOCKED
    assert (await member_row(db, members[2]))["reach"] == Reach.DEACTIVATED
    assert Counter(wire.chats()) == dict.fromkeys(range(1, 21), 1)  # No promotion is repeated.
    assert (await campaign_row(db, campaign))["state"] == CampaignState.DONE


async def test_a_doubtful_receipt_is_repeated_and_says_so(db: Database, wire: Wire) -> None:
    await put(db, notice("receipt", await new_member(db, 1)))
    wire.play(1, reset)
    async with open_post(db, wire):
        letters = await all_ended(db)
    assert wire.texts == ["receipt", "again: receipt"]
    assert (letters["receipt"]["state"], letters["receipt"]["flagged"]) == ("sent", 1)


async def test_a_letter_without_words_fails_alone(db: Database, wire: Wire) -> None:
    members = [await new_member(db, chat) for chat in (1, 2)]
    await put(db, notice("broken", members[0], broken=True), notice("whole", members[1]))
    async with open_post(db, wire):
        letters = await all_ended(db)
    assert wire.texts == ["whole"]
    assert letters["broken"]["state"] == "failed"
    assert letters["broken"]["fault"] == "points/notice: KeyError: '… has no points'"


async def test_a_429_stops_everything_and_loses_nothing(db: Database, wire: Wire) -> None:
    members = [await new_member(db, chat) for chat in range(1, 61)]
    await put(db, *(notice(f"n{member}", member) for member in members))
    wire.play(20, flood(1))
    async with open_post(db, wire, rate=100) as post:
        letters = await all_ended(db)
    assert Counter(wire.chats()) == Counter([*range(1, 61), 20])
    assert {(line["state"], line["attempts"]) for line in letters.values()} == {("sent", 1)}
    (told_at,) = post.messenger.told_at
    assert not [at for at in post.messenger.left_at if told_at < at < told_at + 0.99]


async def test_a_halt_survives_a_restart(db: Database, wire: Wire) -> None:
    await put(db, notice("n", await new_member(db, 1)))
    wire.play(1, flood(30))
    async with open_post(db, wire) as post:
        await until(lambda: post.pace.halted_s() > 0)
        await asyncio.sleep(0.3)
    async with open_post(db, wire, owner="second") as post:
        await until(lambda: post.pace.halted_s() > 25)
        await asyncio.sleep(0.7)
    assert len(wire.arrived) == 1
    assert (await row(db, "n"))["state"] == "pending"


async def test_letters_follow_a_group_that_became_a_supergroup(db: Database, wire: Wire) -> None:
    await put(db, Letter(key="g", message="staff/notice", chat_id=GROUP))
    upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
    wire.play(GROUP, refuse(400, upgraded, migrate_to_chat_id=-1009))
    async with open_post(db, wire) as post:
        letters = await all_ended(db)
    assert [sent.chat_id for sent in wire.arrived] == [GROUP, -1009]
    assert post.moves == [(GROUP, -1009)]
    assert (letters["g"]["state"], letters["g"]["chat_id"]) == ("sent", -1009)


async def test_letters_to_one_person_come_in_order_a_second_apart(db: Database, wire: Wire) -> None:
    member = await new_member(db, 1)
    await put(db, notice("one", member), notice("two", member), notice("three", member))
    async with open_post(db, wire) as post:
        await all_ended(db)
    assert wire.texts == ["one", "two", "three"]
    first, second, third = post.messenger.left_at
    assert min(second - first, third - second) > 0.95


async def test_no_second_is_overfull_at_our_own_send_time(db: Database, wire: Wire) -> None:
    members = [await new_member(db, chat) for chat in range(1, 101)]
    await put(db, *(notice(f"n{member}", member) for member in members))
    async with open_post(db, wire, rate=40) as post:
        await all_ended(db)
    moments = post.messenger.left_at
    assert len(moments) == 100
    assert max(sum(start <= at < start + 1 for at in moments) for start in moments) <= 40
    assert 99 / (moments[-1] - moments[0]) > 10  # A busy machine may be late, but goes on.


async def test_stopping_sees_letters_in_flight_to_their_end(db: Database, wire: Wire) -> None:
    await put(db, notice("n", await new_member(db, 1)))
    wire.play(1, slow)
    async with open_post(db, wire):
        await until(lambda: len(wire.arrived) == 1)
    found = await row(db, "n")
    assert (found["state"], found["message_id"]) == ("sent", 77)


async def test_after_a_kill_promotions_are_not_repeated_and_receipts_are(
    db: Database, wire: Wire
) -> None:
    members, campaign = [await new_member(db, chat) for chat in (1, 2)], await new_campaign(db)
    await put(db, notice("receipt", members[0]), promotion(campaign, members[1]))
    wire.play(1, hang)
    wire.play(2, hang)
    async with doomed_post(db, wire):
        await until(lambda: len(wire.arrived) == 2)
    assert {line["state"] for line in await rows(db)} == {"sending"}
    # One file has one process, so nobody waits for the lease there.
    later = timedelta(0) if db.is_sqlite else LEASE
    async with open_post(db, wire, owner="second", later=later):
        letters = await all_ended(db)
    assert [text for text in wire.texts if "again" in text] == ["again: receipt"]
    assert len(wire.to_people) == 3
    promoted = letters[title(None, members[1])]
    assert (promoted["state"], letters["receipt"]["state"]) == ("unknown", "sent")
    assert (await campaign_row(db, campaign))["state"] == CampaignState.DONE


async def test_a_messenger_that_is_away_costs_no_attempt(db: Database, wire: Wire) -> None:
    await put(db, notice("n", await new_member(db, 1)))
    await wire.stop()
    async with open_post(db, wire):
        await asyncio.sleep(1)
    found = await row(db, "n")
    assert (found["state"], found["attempts"], found["flagged"]) == ("pending", 0, 0)


async def test_waking_looks_at_once(db: Database, wire: Wire) -> None:
    member = await new_member(db, 1)
    async with open_post(db, wire, poll_s=3600) as post:
        await asyncio.sleep(0.3)
        await put(db, notice("n", member))
        post.engine.wake()
        await until(lambda: len(wire.arrived) == 1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_database_that_goes_away_is_waited_for(
    db: Database, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    members = [await new_member(db, chat) for chat in range(1, 41)]
    await put(db, *(notice(f"n{member}", member) for member in members))
    other = Database(str(db.url.render_as_string(hide_password=False)))
    async with open_post(db, wire, rate=30):
        for _ in range(4):
            await asyncio.sleep(0.25)
            async with other.write() as tx:
                await tx.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
        letters = await all_ended(other)
    await other.close()
    assert {line["state"] for line in letters.values()} == {"sent"}
    assert Counter(wire.chats()) == dict.fromkeys(range(1, 41), 1)
    # Each outage is told once at most by the engine, and by the pace.
    assert caplog.text.count("cannot be reached") <= 8
