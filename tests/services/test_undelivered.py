"""Letters that went wrong: counted, shown by campaign, sent after all or seen to."""

from typing import Any

from club.campaigns import CampaignState
from club.letters import Letter, LetterClass, LetterState
from services.letters import Failed, Sent, Unknown
from services.undelivered import Selection, Undelivered
from storage.db import Database
from tests.delivery.people import (
    assert_counted,
    campaign_row,
    change_campaign,
    club_clock,
    machine_clock,
    new_campaign,
    new_member,
    outbox_of,
    programme,
    promoted,
    promotion,
    put,
    row,
)

BY = 900


class Ended:
    """A campaign of three letters that ended in three ways, and a receipt nobody could send."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.club = club_clock()
        self.outbox = outbox_of(db, machine_clock(), self.club)
        self.undelivered = Undelivered(db, programme(), self.club)

    async def begin(self) -> "Ended":
        self.campaign = await new_campaign(self.db)
        self.members = [await new_member(self.db, chat) for chat in (1, 2, 3, 4)]
        await put(self.db, *(promotion(self.campaign, member) for member in self.members[:3]))
        receipt = Letter(key="receipt", message="letters/receipt", member_id=self.members[3])
        await put(self.db, receipt)
        last, sent, failed, unknown = await self.outbox.claim("a", 9)
        await self.outbox.finish(
            "a",
            [Failed(last, "no words"), Sent(sent, 1), Failed(failed, "too long"), Unknown(unknown)],
        )
        return self

    async def letter(self, place: int) -> dict[str, Any]:
        return dict(await promoted(self.db, self.campaign, self.members[place]))


async def test_troubles_are_counted_and_listed_by_campaign(db: Database) -> None:
    ended = await Ended(db).begin()
    counts = await ended.undelivered.counts()
    assert counts[LetterClass.CAMPAIGN] == {
        LetterState.SENT: 1,
        LetterState.FAILED: 1,
        LetterState.UNKNOWN: 1,
    }
    assert counts[LetterClass.TRANSACTIONAL][LetterState.FAILED] == 1
    found = {(one.campaign_id, one.state, one.fault) for one in await ended.undelivered.listed()}
    assert found == {
        (ended.campaign, LetterState.FAILED, "too long"),
        (ended.campaign, LetterState.UNKNOWN, None),
        (None, LetterState.FAILED, "no words"),
    }


async def test_what_is_tried_again_goes_under_the_same_key(db: Database) -> None:
    ended = await Ended(db).begin()
    assert (await campaign_row(db, ended.campaign))["state"] == CampaignState.DONE
    assert await ended.undelivered.retry(Selection(campaign_id=ended.campaign), by=BY) == 2
    await assert_counted(db, ended.campaign)
    campaign = await campaign_row(db, ended.campaign)
    assert (campaign["state"], campaign["ended_at"]) == (CampaignState.RUNNING, None)
    letters = {
        letter.member_id: letter
        for letter in await ended.outbox.claim("b", 9)
        if letter.campaign_id is not None
    }
    failed, unknown = (letters[member] for member in ended.members[1:3])
    assert (failed.flagged, unknown.flagged, unknown.attempts) == (0, 1, 0)
    await ended.outbox.finish("b", [Sent(failed, 2), Sent(unknown, 3)])
    await assert_counted(db, ended.campaign)
    campaign = await campaign_row(db, ended.campaign)
    assert (campaign["state"], campaign["sent"]) == (CampaignState.DONE, 3)
    assert (await row(db, "receipt"))["state"] == LetterState.FAILED


async def test_what_was_cancelled_stays_so(db: Database) -> None:
    ended = await Ended(db).begin()
    await change_campaign(db, ended.campaign, state=CampaignState.CANCELLED)
    assert [one.campaign_id for one in await ended.undelivered.listed()] == [None]
    assert await ended.undelivered.close(Selection(campaign_id=ended.campaign), by=BY) == 0
    assert await ended.undelivered.retry(Selection(), by=BY) == 1
    assert (await row(db, "receipt"))["state"] == LetterState.PENDING
    assert (await ended.letter(1))["state"] == LetterState.FAILED


async def test_what_is_seen_to_is_listed_no_more(db: Database) -> None:
    ended = await Ended(db).begin()
    unknown = Selection(states=(LetterState.UNKNOWN,))
    assert await ended.undelivered.close(unknown, by=BY) == 1
    assert {one.state for one in await ended.undelivered.listed()} == {LetterState.FAILED}
    assert (await ended.letter(2))["state"] == LetterState.UNKNOWN
    assert await ended.undelivered.close(unknown, by=BY) == 0
    assert await ended.undelivered.retry(unknown, by=BY) == 0
    assert await ended.undelivered.close(Selection(message="letters/receipt"), by=BY) == 1
    assert len(await ended.undelivered.listed()) == 1
