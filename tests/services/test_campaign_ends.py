"""How campaigns start by the clock, stop by themselves and end: each once, and staff hear of it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from club.campaigns import CampaignState, Stop
from club.letters import LetterState
from services.audit import look
from services.ending import settle
from services.starting import start_due
from storage.db import Database
from templates.render import Reader, render
from tests.services.bookkeeping import PROGRAMME
from tests.services.promoting import CARD, HOUR, OWNER, Room

SENT, BLOCKED, FAILED = LetterState.SENT, LetterState.UNREACHABLE, LetterState.FAILED
EXPIRED = LetterState.EXPIRED


def said(message: str, facts: dict[str, Any]) -> str:
    """What the group reads."""
    return render(message, Reader("en", "gregorian", PROGRAMME.zone), **facts)


@pytest.fixture
def room(db: Database) -> Room:
    return Room(db, stop_after=4, stop_blocked=50, stop_failed=25)


async def test_the_last_letter_ends_it_and_the_group_hears_the_count(room: Room) -> None:
    await room.members(5)
    number = (await room.launched()).campaign_id
    await room.end(number, SENT, 3)
    await room.end(number, LetterState.UNKNOWN)
    assert (await room.campaigns.show(number)).state is CampaignState.RUNNING
    room.now += HOUR
    await room.end(number, LetterState.SKIPPED)
    shown = await room.campaigns.show(number)
    assert (shown.state, shown.ended_at, shown.is_over) == (CampaignState.DONE, room.now, True)
    ((message, facts),) = await room.told()
    assert message == "letters/campaign_done"
    told = {name: facts[name] for name in ("campaign_id", "letters", "sent", "unknown", "skipped")}
    assert told == {"campaign_id": number, "letters": 5, "sent": 3, "unknown": 1, "skipped": 1}
    async with room.db.read() as tx:
        assert await look(tx, room.programme) == ()


async def test_one_for_nobody_is_over_at_once(room: Room) -> None:
    shown = await room.launched()
    assert (shown.state, shown.letters, shown.is_over) == (CampaignState.DONE, 0, True)
    assert [message for message, _ in await room.told()] == ["letters/campaign_done"]


async def test_the_last_letters_of_two_processes_end_it_once(room: Room, database_url: str) -> None:
    await room.members(8)
    number = (await room.launched()).campaign_id
    other = Database(database_url)

    async def end_one(db: Database) -> None:
        async with db.write() as tx:
            await settle(tx, room.programme, {number: {SENT: 1}}, room.now)

    await asyncio.gather(*(end_one(db) for db in (room.db, other) * 4))
    await other.close()
    shown = await room.campaigns.show(number)
    assert (shown.state, shown.counts[SENT]) == (CampaignState.DONE, 8)
    assert len(await room.told()) == 1


async def test_a_paused_one_ends_with_what_was_in_the_air(room: Room) -> None:
    await room.members(2)
    number = (await room.launched()).campaign_id
    await room.campaigns.pause(number, by=OWNER)
    await room.end(number, SENT, 2)
    assert (await room.campaigns.show(number)).state is CampaignState.DONE


@pytest.mark.parametrize(("end", "why"), [(BLOCKED, Stop.BLOCKED), (FAILED, Stop.FAILED)])
async def test_it_stops_by_itself_once_and_goes_on_when_staff_insist(
    room: Room, end: LetterState, why: Stop
) -> None:
    await room.members(9)
    number = (await room.launched()).campaign_id
    await room.end(number, end, 3)
    assert (await room.campaigns.show(number)).state is CampaignState.RUNNING
    await room.end(number, end)
    stopped = await room.campaigns.show(number)
    assert (stopped.state, stopped.stopped_for) == (CampaignState.PAUSED, why)
    await room.end(number, end)  # It was in the air: nothing more is told.
    ((message, facts),) = await room.told()
    assert message == "letters/campaign_stopped"
    assert (facts["reason"], facts[end], facts["letters"]) == (why, 4, 9)
    await room.campaigns.resume(number, by=OWNER)
    assert (await room.row(number)).insisted_by == OWNER
    await room.end(number, end, 3)
    assert (await room.campaigns.show(number)).state is CampaignState.RUNNING
    await room.campaigns.pause(number, by=OWNER)
    await room.campaigns.resume(number, by=OWNER)
    assert (await room.row(number)).insisted_by == OWNER
    await room.end(number, SENT)
    assert [message for message, _ in await room.told()] == [
        "letters/campaign_stopped",
        "letters/campaign_done",
    ]


async def test_a_small_one_is_through_before_it_could_stop(room: Room) -> None:
    await room.members(4)
    number = (await room.launched()).campaign_id
    await room.end(number, BLOCKED, 4)
    assert (await room.campaigns.show(number)).state is CampaignState.DONE


async def test_each_campaign_whose_moment_has_come_is_started(room: Room) -> None:
    await room.members(2)
    planned = [await room.previewed(at=f"2025-10-04 {hour}:00") for hour in (14, 13, 16)]
    for shown in planned:
        await room.launched(shown)
    room.now += 3 * HOUR  # 15:00: it is an hour or two late.
    assert await room.ticks.next_at() < room.now
    await room.ticks.run_due()
    rows = await room.book.rows(
        "SELECT id, state, started_at - starts_at FROM campaigns ORDER BY id"
    )
    hour = 3_600_000
    assert rows == [(1, "running", hour), (2, "running", 2 * hour), (3, "scheduled", None)]
    assert await room.book.rows(
        "SELECT DISTINCT campaigns.id, outbox.expires_at - starts_at FROM campaigns"
        " JOIN outbox ON campaign_id = campaigns.id ORDER BY 1"
    ) == [(1, 24 * hour), (2, 24 * hour)]
    assert await start_due(room.db, room.programme, room.now) == 0


async def test_two_processes_start_it_once(room: Room, database_url: str) -> None:
    await room.members(3)
    await room.launched(await room.previewed(at="2025-10-04 13:00"))
    room.now += HOUR
    other = Database(database_url)
    started = await asyncio.gather(
        *(start_due(db, room.programme, room.now) for db in (room.db, other) * 3)
    )
    await other.close()
    assert sorted(started) == [0, 0, 0, 0, 0, 1]
    assert await room.book.rows("SELECT count(*) FROM outbox") == [(3,)]


async def test_one_that_fails_does_not_hold_up_the_other(room: Room) -> None:
    await room.members()
    for hour in (13, 14):
        await room.launched(await room.previewed(at=f"2025-10-04 {hour}:00"))
    async with room.db.write() as tx:
        await tx.execute(text("UPDATE campaigns SET audience = '[]' WHERE id = 1"))
    room.now += 3 * HOUR
    with pytest.raises(ExceptionGroup):
        await room.ticks.run_due()
    rows = await room.book.rows("SELECT state FROM campaigns ORDER BY id")
    assert rows == [("scheduled",), ("running",)]


async def test_what_nobody_was_there_for_is_missed(room: Room) -> None:
    await room.members(2)
    number = (await room.launched(await room.previewed(at="2025-10-04 13:00"))).campaign_id
    room.now += 25 * HOUR
    await room.ticks.run_due()
    shown = await room.campaigns.show(number)
    assert (shown.state, shown.letters, shown.is_over) == (CampaignState.MISSED, 0, True)
    ((message, facts),) = await room.told()
    assert (message, facts["campaign_id"]) == ("letters/campaign_missed", number)
    assert "The club could send nothing until its time was over." in said(message, facts)
    assert await room.launched(shown) == shown


async def test_one_whose_letters_all_came_too_late_is_missed(room: Room) -> None:
    await room.members(3)
    number = (await room.launched()).campaign_id
    await room.campaigns.pause(number, by=OWNER)
    room.now += 25 * HOUR
    await room.campaigns.resume(number, by=OWNER)
    await room.end(number, EXPIRED, 3)
    shown = await room.campaigns.show(number)
    assert (shown.state, shown.is_over) == (CampaignState.MISSED, True)
    ((message, facts),) = await room.told()
    assert (message, facts["missed"], facts["letters"]) == ("letters/campaign_missed", 3, 3)
    assert "It was held back until its time was over: by a pause" in said(message, facts)


async def test_cards_follow_to_the_end(room: Room) -> None:
    await room.members(2)
    await room.drafted()
    number = (await room.launched()).campaign_id
    assert [one.campaign_id for one in await room.campaigns.with_cards()] == [number]
    await room.campaigns.cancel(number, by=OWNER)
    (shown,) = await room.campaigns.with_cards()
    assert (shown.waiting, shown.is_over) == (2, False)
    await room.end(number, LetterState.SKIPPED, 2)
    (shown,) = await room.campaigns.with_cards()
    assert shown.is_over
    await room.campaigns.leave_card(number, CARD + 1)
    assert await room.campaigns.with_cards() == (shown,), "a card that came later stays"
    await room.campaigns.leave_card(number, CARD)
    assert await room.campaigns.with_cards() == ()
