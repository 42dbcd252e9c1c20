"""`bashgah letters`: what went wrong is listed, sent again or closed."""

import pytest
from sqlalchemy import text

from club.campaigns import CampaignState
from club.letters import Letter, LetterState
from services.audit import look
from storage import outbox as outbox_store
from tests.bot.operator import played, typed
from tests.services.promoting import Room

FAILED, UNKNOWN, SENT = LetterState.FAILED, LetterState.UNKNOWN, LetterState.SENT


async def troubled(room: Room) -> None:
    """A promotion that is over, with a failed and two unknown letters; and a failed receipt."""
    await room.members(5)
    await room.launched()
    for end, count in ((FAILED, 1), (UNKNOWN, 2), (SENT, 2)):
        await room.end(1, end, count)
    receipt = Letter(key="receipt:1", member_id=1, message="letters/receipt")
    async with room.db.write() as tx:
        await outbox_store.add(tx, [receipt], room.now)
        ended = "fault = 'too long', ended_at = 1000"
        await tx.execute(
            text(f"UPDATE outbox SET state = 'failed', {ended} WHERE key = 'receipt:1'")
        )
        await tx.execute(text("UPDATE outbox SET fault = 'no answer' WHERE state = 'unknown'"))


def lines(*arguments: str) -> list[str]:
    done = typed("letters", *arguments)
    assert done.exit_code == 0, done.stderr
    return [" ".join(line.split()) for line in done.output.splitlines()]


def test_an_empty_club_has_none(url: str) -> None:
    assert url
    assert lines() == ["There are no letters yet."]


def test_what_went_wrong_is_listed_until_it_is_closed(url: str) -> None:
    played(url, troubled)
    assert lines()[:7] == [
        "Class Pending Sent Failed Unknown",
        "transactional 1 0 1 0",
        "campaign 0 2 1 2",
        "Which About State Letters Reason",
        "1 New books failed 1",
        "1 New books unknown 2 no answer",
        "letters/receipt failed 1 too long",
    ]
    assert lines("--close", "1", "--only", "unknown") == [
        "2 letters are closed: they are listed no more."
    ]
    assert "unknown" not in " ".join(lines()[3:])
    assert lines("--close", "all")[0].startswith("2 letters")
    assert lines()[3] == "Nothing went wrong that was not seen to."
    for change in ("--close", "--retry"):
        done = typed("letters", change, "all")
        assert done.exit_code == 1
        assert done.stderr == "There are no letters under all that went wrong.\n"


def test_what_is_sent_again_makes_its_campaign_run_and_end_again(url: str) -> None:
    played(url, troubled)
    assert lines("--retry", "letters/receipt")[0].startswith("1 letters wait")
    assert lines("--retry", "1")[0].startswith("3 letters wait")

    async def goes_on(room: Room) -> None:
        async with room.db.read() as tx:
            assert await look(tx, room.programme) == ()
        shown = await room.campaigns.show(1)
        assert (shown.state, shown.waiting, shown.counts[SENT]) == (CampaignState.RUNNING, 3, 2)
        assert [action for by, action in await room.logged() if by == 0] == ["letters_retry"] * 2
        waits = "outbox.state = 'pending' AND outbox.expires_at = campaigns.expires_at"
        joined = f"outbox JOIN campaigns ON campaign_id = campaigns.id WHERE {waits}"
        assert await room.book.rows(f"SELECT count(*) FROM {joined}") == [(3,)]
        assert await room.book.rows("SELECT sum(flagged) FROM outbox") == [(2,)]
        await room.end(1, SENT, 3)
        assert (await room.campaigns.show(1)).state is CampaignState.DONE

    played(url, goes_on)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--retry", "1", "--close", "1"), "not both"),
        (("--only", "failed"), "--only goes with"),
    ],
)
def test_what_cannot_be_meant_is_refused(url: str, arguments: tuple[str, ...], said: str) -> None:
    assert url
    done = typed("letters", *arguments)
    assert (done.exit_code, said in done.stderr) == (2, True)
