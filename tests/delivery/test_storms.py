"""Whatever becomes of letters, in whatever order: counters say what the letters say."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

import pytest

from club.campaigns import CampaignState
from club.letters import ENDS, MAX_ATTEMPTS, Letter, LetterState
from club.members import Reach
from services.letters import (
    Failed,
    Moved,
    Outcome,
    OutgoingLetter,
    Postponed,
    Sent,
    Unknown,
    Unreachable,
)
from services.outbox import LEASE
from services.undelivered import Selection, Undelivered
from storage.db import Database
from tests.delivery.people import (
    GROUP,
    assert_counted,
    campaign_row,
    change_campaign,
    change_member,
    club_clock,
    machine_clock,
    new_campaign,
    new_member,
    outbox_of,
    programme,
    promotion,
    put,
    rows,
)

MEMBERS = 40
TOLERANT = "stop_after = 100000"
OUTCOMES: Sequence[Callable[[OutgoingLetter, Random], Outcome]] = (
    lambda letter, _: Sent(letter, letter.id),
    lambda letter, _: Sent(letter, letter.id),
    lambda letter, dice: Unreachable(letter, dice.choice([Reach.BLOCKED, Reach.DEACTIVATED])),
    lambda letter, _: Postponed(letter, 0),
    lambda letter, _: Postponed(letter, 2),
    lambda letter, _: Failed(letter, "no words"),
    lambda letter, _: Unknown(letter, "reset"),
)


async def _act(
    db: Database, dice: Random, campaigns: Sequence[int], members: Sequence[int]
) -> None:
    """Something that staff or a member do meanwhile."""
    what = dice.randrange(6)
    if what == 0:
        await change_member(db, dice.choice(members), promotions=dice.random() < 0.5)
    elif what == 1:
        states = [CampaignState.PAUSED, CampaignState.RUNNING]
        campaign = await campaign_row(db, dice.choice(campaigns))
        if campaign["state"] in states:
            await change_campaign(db, campaign["id"], state=dice.choice(states))
    elif what == 2:
        await change_member(db, dice.choice(members), reach=Reach.ACTIVE)


@pytest.mark.parametrize("seed", range(3))
async def test_counters_are_what_the_letters_say(db: Database, seed: int) -> None:
    dice, machine, club = Random(seed), machine_clock(), club_clock()
    outbox = outbox_of(db, machine, club, TOLERANT)
    undelivered = Undelivered(db, programme(TOLERANT), club)
    campaigns = [await new_campaign(db) for _ in range(3)]
    members = [await new_member(db, chat) for chat in range(1, MEMBERS + 1)]
    expires_at = club.now + timedelta(hours=3)
    for campaign in campaigns:
        await put(db, *(promotion(campaign, one, expires_at=expires_at) for one in members))
    for turn in range(60):
        owner = f"owner {turn // 20}"
        letters = await outbox.claim(owner, 12)
        begun = await outbox.begin(owner, letters)
        outcomes = [dice.choice(OUTCOMES)(letter, dice) for letter in letters]
        dice.shuffle(outcomes)
        half = len(outcomes) // 2
        await asyncio.gather(
            outbox.finish(owner, outcomes[:half]), outbox.finish(owner, outcomes[half:])
        )
        await outbox.finish(owner, outcomes)  # Once more, as after a lost answer.
        assert begun.ids <= {letter.id for letter in letters}
        if dice.random() < 0.3:  # Some are left in hand by who dies.
            await outbox.begin("dead", await outbox.claim("dead", 5))
            machine.move(LEASE.total_seconds())
            await outbox.recover(owner)
        await _act(db, dice, campaigns, members)
        if turn in (20, 50):
            await undelivered.retry(Selection(campaign_id=dice.choice(campaigns)), by=1)
        for campaign in campaigns:
            await assert_counted(db, campaign)
        machine.move(1)
    await change_campaign(db, campaigns[0], state=CampaignState.CANCELLED)
    for campaign in campaigns[1:]:
        await change_campaign(db, campaign, expires_at=club.now)
    while await outbox.sweep():
        pass
    assert {line["state"] for line in await rows(db)} <= set(ENDS)
    for campaign in campaigns:
        await assert_counted(db, campaign)
        assert (await campaign_row(db, campaign))["state"] not in ("running", "paused")


async def test_a_group_that_keeps_moving_is_given_up(db: Database) -> None:
    outbox = outbox_of(db, machine_clock(), club_clock())
    await put(db, Letter(key="g", message="m", chat_id=GROUP))
    for turn in range(MAX_ATTEMPTS):
        (letter,) = await outbox.claim("a", 1)
        await outbox.finish("a", [Moved(letter, -5000 - turn)])
    assert await outbox.claim("a", 1) == ()
    (found,) = await rows(db)
    assert (found["state"], found["fault"]) == (LetterState.FAILED, "the group keeps moving")
    assert found["attempts"] == MAX_ATTEMPTS
