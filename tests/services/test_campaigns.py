"""The life of a campaign: what was seen is sent, once, with as many people as the club wants."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from club.campaigns import CampaignState, Stop
from club.errors import PressExpired, SecondPersonNeeded
from club.letters import LetterState
from club.moments import BadMoment
from storage.db import Database
from tests.services.promoting import CARD, HOUR, MANAGER, NIGHT, OWNER, Room


@pytest.fixture
def room(db: Database) -> Room:
    return Room(db)


async def test_what_nobody_has_seen_is_not_sent(room: Room) -> None:
    await room.members(2)
    draft = await room.drafted()
    with pytest.raises(PressExpired):
        await room.launched(draft)
    empty = await room.drafts.begin(draft.audience, by=MANAGER, chat_id=-1)
    with pytest.raises(PressExpired):  # It says nothing.
        await room.campaigns.previewed(empty.campaign_id, empty.version)
    seen = await room.campaigns.previewed(draft.campaign_id, draft.version)
    assert (seen.state, seen.letters) == (CampaignState.PREVIEWED, 2)
    with pytest.raises(PressExpired):
        await room.campaigns.previewed(99, 0)


async def test_a_change_makes_a_draft_that_must_be_seen_again(room: Room) -> None:
    await room.members()
    seen = await room.previewed()
    same = await room.drafts.write(seen.campaign_id, "New books")
    assert (same.state, same.version) == (CampaignState.PREVIEWED, seen.version)
    changed = await room.drafts.press(seen.campaign_id, "I'll come")
    assert (changed.state, changed.version) == (CampaignState.DRAFT, seen.version + 1)
    assert changed.press_label == "I'll come"
    with pytest.raises(PressExpired):  # The button of the card that was there before.
        await room.launched(seen)
    with pytest.raises(PressExpired):
        await room.campaigns.previewed(seen.campaign_id, seen.version)
    again = await room.campaigns.previewed(changed.campaign_id, changed.version)
    assert (await room.launched(again)).state is CampaignState.RUNNING
    with pytest.raises(PressExpired):
        await room.drafts.write(seen.campaign_id, "Other books")


async def test_a_second_press_shows_how_it_stands(room: Room) -> None:
    await room.members(3)
    seen = await room.previewed()
    first = await room.launched(seen)
    assert (first.state, first.letters, first.waiting) == (CampaignState.RUNNING, 3, 3)
    assert (first.started_at, first.expires_at) == (room.now, room.now + 24 * HOUR)
    room.now += HOUR
    assert await room.launched(seen) == first
    assert await room.logged() == [(MANAGER, "promo_draft"), (MANAGER, "promo_send")]


async def test_pressed_twice_at_once_it_is_sent_once(room: Room) -> None:
    await room.members(3)
    seen = await room.previewed()
    shown = await asyncio.gather(*(room.launched(seen) for _ in range(4)))
    assert {one.state for one in shown} == {CampaignState.RUNNING}
    assert await room.book.rows("SELECT count(*) FROM outbox") == [(3,)]


async def test_letters_have_no_key_and_the_campaigns_end(room: Room) -> None:
    await room.members(2)
    shown = await room.launched()
    rows = await room.book.rows(
        "SELECT key, member_id, expires_at, message FROM outbox ORDER BY id"
    )
    ends = round((room.now + 24 * HOUR).timestamp() * 1000)
    assert rows == [(None, 1, ends, "letters/promotion"), (None, 2, ends, "letters/promotion")]
    assert shown.card_id == CARD


async def test_a_second_person_lets_it_go(db: Database) -> None:
    room = Room(db, approval=True)
    await room.members()
    seen = await room.previewed()
    with pytest.raises(PressExpired):  # Nobody has submitted it.
        await room.campaigns.approve(seen.campaign_id, seen.version, by=OWNER)
    asked = await room.launched(seen)
    assert (asked.state, asked.submitted_by) == (CampaignState.SUBMITTED, MANAGER)
    assert await room.launched(seen) == asked
    with pytest.raises(SecondPersonNeeded):
        await room.campaigns.approve(seen.campaign_id, seen.version, by=MANAGER)
    with pytest.raises(PressExpired):
        await room.campaigns.approve(seen.campaign_id, seen.version + 1, by=OWNER)
    let_go = await room.campaigns.approve(seen.campaign_id, seen.version, by=OWNER)
    assert (let_go.state, let_go.approved_by) == (CampaignState.RUNNING, OWNER)
    late = await room.campaigns.approve(seen.campaign_id, seen.version, by=MANAGER)
    assert late == let_go


async def test_what_was_submitted_is_mended_and_seen_again(db: Database) -> None:
    room = Room(db, approval=True)
    await room.members()
    asked = await room.launched()
    changed = await room.drafts.write(asked.campaign_id, "Better books")
    assert (changed.state, changed.submitted_by, changed.card_id) == ("draft", None, CARD)
    with pytest.raises(PressExpired):
        await room.campaigns.approve(asked.campaign_id, asked.version, by=OWNER)
    seen = await room.campaigns.previewed(changed.campaign_id, changed.version)
    await room.launched(seen)
    back = await room.campaigns.send_back(seen.campaign_id, by=OWNER)
    assert (back.state, back.submitted_by, back.version) == ("draft", None, seen.version)
    assert (await room.campaigns.cancel(seen.campaign_id, by=OWNER)).state == "cancelled"


async def test_who_will_have_had_enough_is_counted_apart(db: Database) -> None:
    room = Room(db, a_week=2)
    choosy, _, _ = await room.members(3)
    await room.profile.promotions_a_week(choosy, 1)
    for had_enough in (0, 1, 3):
        seen = await room.previewed()
        assert (seen.letters, seen.had_enough, seen.reached) == (3, had_enough, 3 - had_enough)
        assert seen.duration_s == (had_enough < 3), "as long as for those who get it"
        await room.end((await room.launched(seen)).campaign_id, LetterState.SENT, 3)
    later = await room.drafts.plan((await room.drafted()).campaign_id, "2025-10-11 11:59")
    assert (later.letters, later.had_enough) == (3, 3)
    later = await room.drafts.plan(later.campaign_id, "2025-10-11 12:00")
    assert (later.letters, later.had_enough) == (3, 0), "by then their week is over"


async def test_a_moment_that_has_passed_is_refused(db: Database) -> None:
    room = Room(db, approval=True)
    seen = await room.previewed(at="2025-10-04 14:00")
    room.now += 2 * HOUR
    with pytest.raises(BadMoment):
        await room.launched(seen)
    room.now -= HOUR
    await room.launched(seen)
    room.now += HOUR
    with pytest.raises(BadMoment):
        await room.campaigns.approve(seen.campaign_id, seen.version, by=OWNER)
    room.now -= HOUR
    planned = await room.campaigns.approve(seen.campaign_id, seen.version, by=OWNER)
    assert (planned.state, planned.letters) == (CampaignState.SCHEDULED, 0)


async def test_pause_resume_and_cancel(room: Room) -> None:
    await room.members(4)
    number = (await room.launched()).campaign_id
    await room.end(number, LetterState.SENT)
    paused = await room.campaigns.pause(number, by=OWNER)
    assert (paused.state, paused.stopped_for) == (CampaignState.PAUSED, Stop.STAFF)
    assert await room.campaigns.pause(number, by=OWNER) == paused
    await room.end(number, LetterState.SENT)  # It was in the air.
    assert (await room.campaigns.resume(number, by=OWNER)).state is CampaignState.RUNNING
    assert (await room.row(number)).insisted_by is None
    room.now += HOUR
    cancelled = await room.campaigns.cancel(number, by=OWNER)
    assert (cancelled.state, cancelled.ended_at) == (CampaignState.CANCELLED, room.now)
    assert (cancelled.waiting, cancelled.is_over) == (2, False)
    for change in (room.campaigns.pause, room.campaigns.resume, room.campaigns.cancel):
        assert await change(number, by=OWNER) == cancelled
    await room.end(number, LetterState.SKIPPED, 2)
    swept = await room.campaigns.show(number)
    assert (swept.state, swept.is_over) == (CampaignState.CANCELLED, True)
    assert await room.told() == []
    done = [action for _, action in await room.logged()][2:]
    assert done == ["promo_pause", "promo_resume", "promo_cancel"]


@pytest.mark.parametrize("state", ["draft", "previewed", "submitted", "scheduled"])
async def test_before_it_starts_it_can_be_cancelled_and_not_paused(
    db: Database, state: str
) -> None:
    room = Room(db, approval=state == "submitted")
    shown = await (room.drafted() if state == "draft" else room.previewed(at="2025-10-04 14:00"))
    if state in ("submitted", "scheduled"):
        shown = await room.launched(shown)
    assert shown.state == state
    assert (await room.campaigns.pause(shown.campaign_id, by=OWNER)).state == state
    cancelled = await room.campaigns.cancel(shown.campaign_id, by=OWNER)
    assert (cancelled.state, cancelled.is_over) == (CampaignState.CANCELLED, True)
    assert await room.launched(shown) == cancelled


async def test_it_says_until_when_the_night_holds_it(db: Database) -> None:
    room = Room(db, quiet=NIGHT)
    await room.members()
    assert (await room.drafted()).waits_until is None
    room.now += 10 * HOUR  # 22:00.
    morning = room.now + 11 * HOUR
    seen = await room.previewed()
    assert seen.waits_until == morning
    shown = await room.launched(seen)
    assert (shown.state, shown.waits_until) == (CampaignState.RUNNING, morning)
    paused = await room.campaigns.pause(shown.campaign_id, by=OWNER)
    assert paused.waits_until is None
    planned = await room.previewed(at="2025-10-05 23:00")
    assert planned.waits_until == morning + timedelta(days=1)


async def test_two_changes_at_once_leave_one_way(room: Room) -> None:
    await room.members(2)
    number = (await room.launched()).campaign_id
    changes: list[Awaitable[Any]] = [
        room.campaigns.pause(number, by=MANAGER),
        room.campaigns.cancel(number, by=OWNER),
        room.campaigns.resume(number, by=MANAGER),
        room.end(number, LetterState.SENT, 1),
    ]
    await asyncio.gather(*changes)
    shown = await room.campaigns.show(number)
    assert (shown.state, shown.counts[LetterState.SENT]) == (CampaignState.CANCELLED, 1)


async def test_the_latest_are_listed_first(room: Room) -> None:
    await room.members(2)
    await room.drafted()
    await room.launched()
    listed = await room.campaigns.listed(2)
    assert [(one.campaign_id, one.letters, one.state) for one in listed] == [
        (2, 2, "running"),
        (1, 0, "draft"),
    ]
    assert len(await room.campaigns.listed(1)) == 1
