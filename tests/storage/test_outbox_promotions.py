"""Promotions in the database: which of them go, when, and which do not go any more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from club.campaigns import CampaignState, Link
from club.letters import LetterState
from club.members import Reach
from services.letters import Sent
from services.outbox import SWEEP_SIZE
from storage.db import Database
from tests.delivery.people import (
    VAULT,
    assert_counted,
    campaign_row,
    change_campaign,
    change_member,
    club_clock,
    machine_clock,
    new_campaign,
    new_member,
    outbox_of,
    promoted,
    promotion,
    put,
)

NOON = club_clock().now
LEFT = datetime(2018, 9, 22, tzinfo=UTC)
EVENING = datetime(2018, 9, 23, 19, 0, tzinfo=UTC)  # 22:30 in Tehran.
MORNING = datetime(2018, 9, 24, 5, 30, tzinfo=UTC)  # 09:00 there.


async def test_what_a_campaign_says_comes_with_its_letters(db: Database) -> None:
    texts: dict[str, Any] = {"text_fa": VAULT.seal("سلام {نام}"), "text_en": VAULT.seal("Hello")}
    beside: dict[str, Any] = {"picture": "AgAC", "link_label": "See", "link_url": "https://a.ir"}
    campaign = await new_campaign(db, press_label="Call me", **texts, **beside)
    members = [await new_member(db, 11), await new_member(db, 12, language="fa")]
    await put(db, *(promotion(campaign, member) for member in members))
    one, two = await outbox_of(db, machine_clock(), club_clock()).claim("a", 5)
    assert one.facts["promotion"] == "Hello"
    assert two.facts["promotion"] == "سلام {نام}"
    assert (two.facts["link"], two.facts["press_label"]) == (Link("See", "https://a.ir"), "Call me")
    assert (one.picture, one.message, two.name) == ("AgAC", "letters/promotion", "Name 12")


async def test_a_name_for_which_nobody_asks_is_not_opened(db: Database) -> None:
    campaign = await new_campaign(db)
    await put(db, promotion(campaign, await new_member(db, 11)))
    (letter,) = await outbox_of(db, machine_clock(), club_clock()).claim("a", 5)
    assert letter.name is None


@pytest.mark.parametrize(
    ("meanwhile", "of_campaign", "state", "fault"),
    [
        ({"promotions": False}, {}, LetterState.SKIPPED, "wants no promotions"),
        ({"chat_user_id": None, "left_at": LEFT}, {}, LetterState.SKIPPED, "left the club"),
        ({"reach": Reach.BLOCKED}, {}, LetterState.SKIPPED, "out of reach"),
        ({"chat_user_id": 99}, {}, LetterState.PENDING, None),
        ({}, {"state": CampaignState.PAUSED}, LetterState.PENDING, None),
        ({}, {"state": CampaignState.CANCELLED}, LetterState.SKIPPED, "cancelled"),
    ],
)
async def test_all_is_looked_at_again_at_the_moment_of_sending(
    db: Database,
    meanwhile: dict[str, Any],
    of_campaign: dict[str, Any],
    state: LetterState,
    fault: str | None,
) -> None:
    campaign, member = await new_campaign(db), await new_member(db, 11)
    other = await new_member(db, 12)
    await put(db, promotion(campaign, member), promotion(campaign, other))
    outbox = outbox_of(db, machine_clock(), club_clock())
    letters = await outbox.claim("a", 5)
    if meanwhile:
        await change_member(db, member, **meanwhile)
    if of_campaign:
        await change_campaign(db, campaign, **of_campaign)
    begun = await outbox.begin("a", letters)
    assert begun.ids == (set() if of_campaign else {letters[1].id})
    found = await promoted(db, campaign, member)
    assert (found["state"], found["fault"], found["attempts"]) == (state, fault, 0)
    assert found["owner"] is None
    await assert_counted(db, campaign)


async def test_time_is_looked_at_again_at_the_moment_of_sending(db: Database) -> None:
    campaign, member, club = await new_campaign(db), await new_member(db, 11), club_clock()
    await put(db, promotion(campaign, member, expires_at=club.now + timedelta(seconds=5)))
    outbox = outbox_of(db, machine_clock(), club)
    letters = await outbox.claim("a", 5)
    club.move(5)
    assert not (await outbox.begin("a", letters)).ids
    assert (await promoted(db, campaign, member))["state"] == LetterState.EXPIRED
    assert (await campaign_row(db, campaign))["state"] == CampaignState.MISSED


AT_THE_EVENING = {"quiet_start": 21 * 60, "quiet_until": 9 * 60}


@pytest.mark.parametrize(
    ("asked", "of_club", "begun"),
    [
        ({"quiet_start": None}, "", True),
        ({"quiet_start": None}, 'quiet = ["22:00", "09:00"]', False),
        (AT_THE_EVENING, "", False),
        ({"quiet_start": 9 * 60, "quiet_until": 21 * 60}, "", True),
    ],
)
async def test_quiet_hours_are_looked_at_again_at_the_moment_of_sending(
    db: Database, asked: dict[str, int | None], of_club: str, begun: bool
) -> None:
    campaign, member = await new_campaign(db), await new_member(db, 11)
    await put(db, promotion(campaign, member))
    club, machine = club_clock(), machine_clock()
    outbox = outbox_of(db, machine, club, of_club)
    letters = await outbox.claim("a", 5)
    assert len(letters) == 1
    await change_member(db, member, **asked)
    club.now = EVENING
    assert len((await outbox.begin("a", letters)).ids) == begun
    if begun:
        return
    found = await promoted(db, campaign, member)
    assert (found["state"], found["attempts"], found["owner"]) == (LetterState.PENDING, 0, None)
    assert await outbox.claim("a", 5) == ()
    club.now = MORNING
    machine.move(2)
    assert [letter.id for letter in await outbox.claim("a", 5)] == [found["id"]]


@pytest.mark.parametrize(("asked", "state"), [(2, "sending"), (1, "skipped")])
async def test_a_members_own_number_is_looked_at_again_at_the_moment_of_sending(
    db: Database, asked: int, state: str
) -> None:
    member, machine = await new_member(db, 11), machine_clock()
    outbox = outbox_of(db, machine, club_clock())
    for _ in range(2):
        campaign = await new_campaign(db)
        await put(db, promotion(campaign, member))
        letters = [one for one in await outbox.claim("a", 5) if one.member_id]
        await change_member(db, member, promotions_a_week=asked)
        await outbox.begin("a", letters)
        found = await promoted(db, campaign, member)
        await outbox.finish("a", [Sent(letters[0], 1)])
        await change_member(db, member, promotions_a_week=None)
        machine.move(60)
    assert (found["state"], found["attempts"]) == (state, 0)
    await assert_counted(db, campaign)


async def test_who_is_known_to_be_out_of_reach_stops_nothing(db: Database) -> None:
    campaign = await new_campaign(db)
    reach = [Reach.BLOCKED] * 60 + [Reach.ACTIVE] * 5
    members = [await new_member(db, 11 + place, reach=one) for place, one in enumerate(reach)]
    await put(db, *(promotion(campaign, member) for member in members))
    outbox = outbox_of(db, machine_clock(), club_clock())
    while letters := [one for one in await outbox.claim("a", 20) if one.campaign_id]:
        await outbox.book("a", [Sent(one, 1) for one in letters], ())
    row = await campaign_row(db, campaign)
    assert (row["state"], row["sent"], row["skipped"]) == (CampaignState.DONE, 5, 60)
    assert row["unreachable"] == 0
    await assert_counted(db, campaign)


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CANCELLED])
async def test_letters_of_a_campaign_that_does_not_run_are_left_alone(
    db: Database, state: CampaignState
) -> None:
    campaign = await new_campaign(db, state)
    await put(db, promotion(campaign, await new_member(db, 11)))
    outbox = outbox_of(db, machine_clock(), club_clock())
    assert await outbox.claim("a", 5) == ()
    assert not await outbox.busy()


async def test_campaigns_go_side_by_side(db: Database) -> None:
    campaigns = [await new_campaign(db) for _ in range(2)]
    members = [await new_member(db, chat) for chat in range(1, 13)]
    for campaign in campaigns:
        await put(db, *(promotion(campaign, member) for member in members))
    letters = await outbox_of(db, machine_clock(), club_clock()).claim("a", 8)
    assert {letter.campaign_id for letter in letters} == set(campaigns)
    assert len({letter.member_id for letter in letters}) == len(letters)


async def test_in_the_clubs_quiet_hours_nothing_is_offered(db: Database) -> None:
    campaign, member, club = await new_campaign(db), await new_member(db, 11), club_clock()
    await put(db, promotion(campaign, member))
    outbox = outbox_of(db, machine_clock(), club, 'quiet = ["22:00", "09:00"]')
    club.now = EVENING
    assert await outbox.claim("a", 5) == ()
    assert not await outbox.busy()
    club.now = MORNING - timedelta(minutes=1)
    assert await outbox.claim("a", 5) == ()
    club.now = MORNING
    assert len(await outbox.claim("a", 5)) == 1


async def test_in_a_members_quiet_hours_a_promotion_waits(db: Database) -> None:
    campaign, club = await new_campaign(db), club_clock()
    member = await new_member(db, 11, quiet_start=22 * 60, quiet_until=9 * 60)
    other = await new_member(db, 12, quiet_start=9 * 60, quiet_until=22 * 60)
    await put(db, promotion(campaign, member), promotion(campaign, other))
    outbox = outbox_of(db, machine_clock(), club)
    club.now = EVENING
    assert [letter.member_id for letter in await outbox.claim("a", 5)] == [other]
    found = await promoted(db, campaign, member)
    assert (found["state"], found["not_before"]) == (LetterState.PENDING, MORNING)
    club.now = MORNING
    assert [letter.member_id for letter in await outbox.claim("a", 5)] == [member]


@pytest.mark.parametrize(
    ("of_club", "own", "goes"), [(None, None, 9), (2, None, 2), (None, 2, 2), (3, 1, 1), (1, 3, 1)]
)
async def test_a_member_has_so_many_promotions_a_week(
    db: Database, of_club: int | None, own: int | None, goes: int
) -> None:
    club, machine = club_clock(), machine_clock()
    member = await new_member(db, 11, promotions_a_week=own)
    outbox = outbox_of(db, machine, club, "" if of_club is None else f"a_week = {of_club}")
    sent = []
    for _ in range(4):
        campaign = await new_campaign(db)
        await put(db, promotion(campaign, member))
        if letters := [one for one in await outbox.claim("a", 5) if one.member_id]:
            await outbox.finish("a", [Sent(letters[0], 1)])
            sent.append(campaign)
        else:
            found = await promoted(db, campaign, member)
            assert (found["state"], found["fault"]) == ("skipped", "had enough this week")
        club.move(3600)
        machine.move(3600)
    assert len(sent) == min(goes, 4)
    club.move(timedelta(days=7).total_seconds() - 4 * 3600)  # The first is a week ago.
    await put(db, promotion(await new_campaign(db), member))
    assert [one.member_id for one in await outbox.claim("a", 5) if one.member_id] == [member]


@pytest.mark.parametrize(
    ("values", "end", "fault", "state"),
    [
        ({"state": CampaignState.CANCELLED}, LetterState.SKIPPED, "cancelled", "cancelled"),
        ({"expires_at": club_clock().now}, LetterState.EXPIRED, None, "missed"),
        (
            {"expires_at": club_clock().now, "state": CampaignState.PAUSED},
            "expired",
            None,
            "missed",
        ),
    ],
)
async def test_what_goes_no_more_is_swept(
    db: Database, values: dict[str, Any], end: str, fault: str | None, state: str
) -> None:
    campaign, running = await new_campaign(db), await new_campaign(db)
    members = [await new_member(db, chat) for chat in range(1, 6)]
    await put(db, *(promotion(campaign, member) for member in members))
    await put(db, promotion(running, members[0]))
    outbox = outbox_of(db, machine_clock(), club_clock())
    assert await outbox.sweep() == 0
    await change_campaign(db, campaign, **values)
    assert len(members) < SWEEP_SIZE
    assert await outbox.sweep() == len(members)
    assert await outbox.sweep() == 0
    found = await promoted(db, campaign, members[3])
    assert (found["state"], found["fault"]) == (end, fault)
    assert (await promoted(db, running, members[0]))["state"] == LetterState.PENDING
    await assert_counted(db, campaign)
    assert (await campaign_row(db, campaign))["state"] == state
