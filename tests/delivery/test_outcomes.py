"""Outcomes in the database: exactly one end, and only by the letter's owner."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from club.campaigns import CampaignState
from club.letters import MAX_ATTEMPTS, Letter, LetterState
from club.members import Reach
from services.letters import Failed, Moved, Postponed, Sent, Unknown, Unreachable
from services.outbox import LEASE
from storage import owners as owners_store
from storage.db import Database
from tests.delivery.people import (
    GROUP,
    campaign_row,
    club_clock,
    counts,
    machine_clock,
    member_row,
    new_campaign,
    new_member,
    outbox_of,
    promotion,
    put,
    row,
    rows,
)


def receipt(member_id: int, number: int = 1, **values: Any) -> Letter:
    return Letter(
        key=f"receipt:till:{number}", message="purchases/receipt", member_id=member_id, **values
    )


async def test_each_outcome_is_written_in_one_go(db: Database) -> None:
    members = [await new_member(db, chat) for chat in range(11, 16)]
    await put(db, *(receipt(member, member) for member in members))
    machine, club = machine_clock(), club_clock()
    outbox = outbox_of(db, machine, club)
    letters = await outbox.claim("a", 10)
    assert (await outbox.begin("a", letters)).ids == {letter.id for letter in letters}
    assert (await outbox.begin("a", letters)).ids == {letter.id for letter in letters}
    sent, blocked, later, failed, unknown = letters
    await outbox.finish(
        "a",
        [
            Sent(sent, 77),
            Unreachable(blocked, Reach.BLOCKED),
            Postponed(later, 30),
            Failed(failed, "text is broken"),
            Unknown(unknown),
        ],
    )
    found = {line["id"]: line for line in await rows(db)}
    assert (found[sent.id]["state"], found[sent.id]["message_id"]) == ("sent", 77)
    assert (found[failed.id]["state"], found[failed.id]["fault"]) == ("failed", "text is broken")
    assert found[sent.id]["ended_at"] == found[failed.id]["ended_at"] == club.now
    assert found[blocked.id]["state"] == "unreachable"
    assert (await member_row(db, members[1]))["reach"] == Reach.BLOCKED
    assert (found[later.id]["state"], found[later.id]["attempts"]) == ("pending", 0)
    assert (found[unknown.id]["state"], found[unknown.id]["flagged"]) == ("pending", 1)
    assert {line["owner"] for line in found.values()} == {None}


async def test_a_postponed_letter_waits_by_machine_time(db: Database) -> None:
    machine, club = machine_clock(), club_clock()
    outbox = outbox_of(db, machine, club)
    await put(db, receipt(await new_member(db, 11)))
    await outbox.finish("a", [Postponed((await outbox.claim("a", 1))[0], 30)])
    club.move(999_999)
    machine.move(29.9)
    assert await outbox.claim("a", 1) == ()
    machine.move(0.1)
    assert len(await outbox.claim("a", 1)) == 1


async def test_who_lost_a_letter_changes_nothing(db: Database) -> None:
    machine = machine_clock()
    outbox = outbox_of(db, machine, club_clock())
    member = await new_member(db, 11)
    await put(db, receipt(member))
    (old,) = await outbox.claim("old", 1)
    machine.move(LEASE.total_seconds())
    assert await outbox.recover("new") == 1
    (new,) = await outbox.claim("new", 1)
    assert not (await outbox.begin("old", [old])).ids
    await outbox.finish("old", [Unreachable(old, Reach.BLOCKED)])
    await outbox.finish("new", [Sent(old, 1)])  # The right owner under an older fence.
    assert (await row(db, old.key))["state"] == "claimed"
    assert (await member_row(db, member))["reach"] == Reach.ACTIVE
    assert (await outbox.begin("new", [new])).ids == {new.id}


async def test_after_a_crash_claimed_waits_again_and_sending_is_in_doubt(db: Database) -> None:
    one, two, three = [await new_member(db, chat) for chat in (11, 12, 13)]
    campaign = await new_campaign(db)
    await put(db, receipt(one, 1), receipt(two, 2), promotion(campaign, three))
    machine = machine_clock()
    outbox = outbox_of(db, machine, club_clock())
    claimed, *sending = await outbox.claim("dead", 3)
    await outbox.begin("dead", sending)
    machine.move(LEASE.total_seconds() - 1)
    assert await outbox.recover("dead", [letter.id for letter in sending]) == 0
    machine.move(1)
    assert await outbox.recover("new") == 3
    states = {line["key"]: (line["state"], line["flagged"]) for line in await rows(db)}
    assert states == {
        claimed.key: ("pending", 0),
        sending[0].key: ("pending", 1),
        None: ("unknown", 0),
    }
    assert (await campaign_row(db, campaign))["state"] == CampaignState.DONE


async def test_what_the_dead_had_in_hand_is_taken_up_at_once(db: Database) -> None:
    other = Database(db.url.render_as_string(hide_password=False))
    await put(db, receipt(await new_member(db, 11)))
    theirs = outbox_of(other, machine_clock(), club_clock())
    ours = outbox_of(db, machine_clock(), club_clock())
    assert await theirs.recover("other") == 0
    (letter,) = await theirs.claim("other", 1)
    await theirs.begin("other", [letter])
    if not db.is_sqlite:  # A file has one long-lived process.
        assert await ours.recover("me") == 0
    assert await theirs.recover("other", [letter.id]) == 0
    await other.close()
    assert await ours.recover("me") == 1
    assert (await row(db, letter.key))["flagged"] == 1


async def test_who_lost_the_connection_lives_on_at_the_next_look(postgres_url: str) -> None:
    one, another = Database(postgres_url), Database(postgres_url)
    await one.live_as("one")
    async with another.write() as tx:
        assert await owners_store.dead(tx, ["one", "nobody"]) == ["nobody"]
        await tx.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks"
                " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        )
    async with another.write() as tx:
        assert await owners_store.dead(tx, ["one"]) == ["one"]
    with pytest.raises(DBAPIError):
        await one.live_as("one")
    await one.live_as("one")
    async with another.write() as tx:
        assert await owners_store.dead(tx, ["one"]) == []
    await one.close()
    await another.close()


async def test_doubt_is_repeated_so_many_times_and_no_more(db: Database) -> None:
    machine = machine_clock()
    outbox = outbox_of(db, machine, club_clock())
    await put(db, receipt(await new_member(db, 11)))
    for _ in range(MAX_ATTEMPTS):
        (letter,) = await outbox.claim("a", 1)
        await outbox.finish("a", [Unknown(letter)])
        machine.move(120)
    assert await outbox.claim("a", 1) == ()
    found = await row(db, "receipt:till:1")
    assert (found["state"], found["flagged"]) == ("unknown", MAX_ATTEMPTS - 1)


async def test_letters_follow_a_group_that_moved(db: Database) -> None:
    outbox = outbox_of(db, machine_clock(), club_clock())
    await put(db, *(Letter(key=f"g{n}", message="m", chat_id=GROUP) for n in range(2)))
    (letter,) = await outbox.claim("a", 1)
    await outbox.finish("a", [Moved(letter, -1001)])
    assert [line["chat_id"] for line in await rows(db)] == [-1001, -1001]
    assert len(await outbox.claim("a", 5)) == 1


async def test_the_last_letter_of_a_campaign_ends_it_in_the_same_transaction(db: Database) -> None:
    club, campaign = club_clock(), await new_campaign(db)
    await put(db, *[promotion(campaign, await new_member(db, chat)) for chat in (11, 12)])
    outbox = outbox_of(db, machine_clock(), club)
    first, last = await outbox.claim("a", 5)
    await outbox.finish("a", [Sent(first, 1)])
    assert (await campaign_row(db, campaign))["state"] == CampaignState.RUNNING
    assert await counts(db, campaign) == {LetterState.SENT: 1, LetterState.CLAIMED: 1}
    await outbox.finish("a", [Unreachable(last, Reach.DEACTIVATED)])
    done = await campaign_row(db, campaign)
    assert (done["state"], done["ended_at"]) == (CampaignState.DONE, club.now)
    assert await counts(db, campaign) == {LetterState.SENT: 1, LetterState.UNREACHABLE: 1}


async def test_the_last_two_letters_at_once_end_the_campaign(db: Database) -> None:
    outbox = outbox_of(db, machine_clock(), club_clock())
    for turn in range(5):
        campaign = await new_campaign(db)
        chats = [await new_member(db, 100 * turn + n) for n in range(1, 9)]
        await put(db, *[promotion(campaign, chat) for chat in chats])
        letters = await outbox.claim("a", 9)  # The last campaign's report among them.
        await asyncio.gather(*(outbox.finish("a", [Sent(letter, 1)]) for letter in letters))
        assert (await campaign_row(db, campaign))["state"] == CampaignState.DONE
