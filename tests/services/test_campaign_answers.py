"""What members do with a promotion is kept once, and what they wish of promotions holds."""

import asyncio

import pytest

from club.campaigns import CampaignState
from club.errors import NotAMember, PressExpired
from club.letters import LetterState
from club.promotions import Quiet
from services.campaigns import CampaignShown, PressNoted
from services.members import Members
from storage.db import Database
from storage.vault import Vault, make_key
from tests.services.promoting import HOUR, OWNER, Room


@pytest.fixture
def room(db: Database) -> Room:
    return Room(db, a_week=3)


async def with_button(room: Room) -> CampaignShown:
    """A promotion with a button, sent to all who are there."""
    draft = await room.drafts.press((await room.drafted()).campaign_id, "I'll come")
    return await room.launched(await room.campaigns.previewed(draft.campaign_id, draft.version))


async def test_a_press_is_kept_once_also_after_the_end(room: Room) -> None:
    sara, ben = await room.members(2)
    number = (await with_button(room)).campaign_id
    pressed = await asyncio.gather(*(room.campaigns.press(number, sara) for _ in range(4)))
    assert sorted(one.repeated for one in pressed) == [False, True, True, True]
    await room.end(number, LetterState.SENT, 2)
    assert await room.campaigns.press(number, ben) == PressNoted(repeated=False)
    shown = await room.campaigns.show(number)
    assert (shown.state, shown.presses, shown.opt_outs) == (CampaignState.DONE, 2, 0)


async def test_who_was_not_written_to_presses_in_vain(room: Room) -> None:
    (sara,) = await room.members()
    plain = await room.launched()
    with pytest.raises(PressExpired):  # It has no button.
        await room.campaigns.press(plain.campaign_id, sara)
    shown = await with_button(room)
    (late,) = await room.members()
    for number, account in ((shown.campaign_id, late), (99, sara)):
        with pytest.raises(PressExpired):
            await room.campaigns.press(number, account)
    with pytest.raises(NotAMember):
        await room.campaigns.press(shown.campaign_id, 1)


async def test_an_opt_out_is_obeyed_and_kept_with_what_made_it(room: Room) -> None:
    sara, ben = await room.members(2)
    number = (await room.launched()).campaign_id
    for _ in range(2):
        changed = await room.campaigns.opted_out(number, sara)
        assert changed.member.promotions is False
    assert (await room.campaigns.show(number)).opt_outs == 1
    assert (await room.launched()).letters == 1
    assert (await room.campaigns.opted_out(99, ben)).member.promotions is False
    with pytest.raises(NotAMember):
        await room.campaigns.opted_out(number, 1)


async def test_members_may_want_fewer_and_not_more(room: Room) -> None:
    (sara,) = await room.members()
    for wanted, kept in ((2, 2), (1, 1), (3, None), (1, 1), (21, None), (2, 2), (None, None)):
        changed = await room.profile.promotions_a_week(sara, wanted)
        assert changed.member.promotions_a_week == kept


async def test_where_the_club_has_no_limit_members_may_have_their_own(db: Database) -> None:
    room = Room(db)
    (sara,) = await room.members()
    for wanted, kept in ((21, 21), (22, None), (1, 1)):
        changed = await room.profile.promotions_a_week(sara, wanted)
        assert changed.member.promotions_a_week == kept


async def test_members_have_quiet_hours_of_their_own(room: Room) -> None:
    (sara,) = await room.members()
    member = (await room.profile.quiet(sara, Quiet(60, 0))).member
    assert Quiet.of(member.quiet_start, member.quiet_until) == Quiet(60, 0)
    member = (await room.profile.quiet(sara, None)).member
    assert (member.quiet_start, member.quiet_until) == (None, None)


async def test_a_members_copy_has_it_and_leaving_forgets_the_wishes(room: Room) -> None:
    (sara,) = await room.members()
    four = (room.db, Vault(make_key()), room.programme, lambda: room.now)
    members = Members(*four, lambda: room.now)
    number = (await with_button(room)).campaign_id
    await room.campaigns.press(number, sara)
    room.now += HOUR
    await room.campaigns.opted_out(number, sara)
    await room.profile.promotions_a_week(sara, 1)
    await room.profile.quiet(sara, Quiet(0, 60))
    assert (await members.private_copy(sara))["promotion_wishes"] == {
        "a_week_at_most": 1,
        "quiet_minutes": [0, 60],
        "answered": [
            {"at": "2025-10-04T08:30:00+00:00", "promotion": number, "kind": "press"},
            {"at": "2025-10-04T09:30:00+00:00", "promotion": number, "kind": "opt_out"},
        ],
    }
    asked = await members.ask_to_leave(sara)
    await members.leave(sara, asked.intent_id)
    left = await room.book.member(1)
    assert (left.promotions_a_week, left.quiet_start, left.quiet_until) == (None, None, None)
    shown = await room.campaigns.show(number)
    assert (shown.presses, shown.opt_outs) == (1, 1)
    with pytest.raises(NotAMember):
        await room.campaigns.press(number, sara)
    (row,) = [one async for one in room.campaigns.recipients(number, by=OWNER)]
    assert row.pressed_at is not None
