"""What a report says is what happened, letter by letter and all together."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from club.errors import PressExpired
from club.letters import LetterState
from club.members import number_of
from services.campaign_reports import COLUMNS, SLICES
from storage.db import Database
from tests.services.promoting import HOUR, NOON, OWNER, Room

SENT, BLOCKED = LetterState.SENT, LetterState.UNREACHABLE
MINUTE = timedelta(minutes=1)


@pytest.fixture
def room(db: Database) -> Room:
    return Room(db)


async def test_a_report_counts_over_time_and_by_language(room: Room) -> None:
    accounts = await room.members(6)
    async with room.db.write() as tx:
        await tx.execute(text("UPDATE members SET language = 'en' WHERE id > 4"))
    number = (await room.launched()).campaign_id
    for wait, end in ((1, SENT), (9, SENT), (20, BLOCKED), (0, SENT), (30, SENT), (0, SENT)):
        room.now += wait * MINUTE
        await room.end(number, end)
    await room.campaigns.opted_out(number, accounts[0])
    room.now += HOUR
    report = await room.campaigns.report(number)
    assert (report.shown.is_over, report.duration) == (True, HOUR)
    assert (report.blocked, report.opt_outs, report.presses) == (1, 1, 0)
    assert report.per_second == 6 / 3600
    assert report.by_language == {"fa": {SENT: 3, BLOCKED: 1}, "en": {SENT: 2}}
    assert len(report.delivered) == SLICES
    by_minute = {(at - NOON) // MINUTE: count for at, count in report.delivered}
    assert [by_minute[minute] for minute in (1, 2, 10, 11, 30, 31, 59, 60)] == [
        *(0, 1, 1, 2, 2, 3, 3, 5)
    ]


async def test_a_report_on_what_is_under_way_counts_so_far(room: Room) -> None:
    await room.members(3)
    number = (await room.launched()).campaign_id
    report = await room.campaigns.report(number)
    assert (report.delivered, report.by_language, report.duration) == ((), {}, timedelta(0))
    room.now += timedelta(seconds=5)
    await room.end(number, SENT, 2)
    report = await room.campaigns.report(number)
    assert report.per_second == 2 / 5
    assert report.delivered[-1][1] == 2
    assert len(report.delivered) == 6
    draft = await room.drafted()
    assert (await room.campaigns.report(draft.campaign_id)).delivered == ()
    with pytest.raises(PressExpired):
        await room.campaigns.report(99)


async def test_every_recipient_is_listed_once_without_a_name(room: Room) -> None:
    accounts = await room.members(5)
    number = (await room.launched()).campaign_id
    await room.end(number, SENT)
    await room.end(number, LetterState.EXPIRED)
    await room.end(number, BLOCKED)
    await room.launched()  # Another one's letters are not in it.
    room.now += HOUR
    await room.campaigns.opted_out(number, accounts[0])
    rows = room.campaigns.recipients(number, by=OWNER, batch_size=2)
    listed = [one async for one in rows]
    assert [one.member_number for one in listed] == [number_of(one) for one in range(1, 6)]
    assert [one.end for one in listed] == [SENT, LetterState.EXPIRED, BLOCKED, None, None]
    cells = [dict(zip(COLUMNS, one.cells(room.programme.zone), strict=True)) for one in listed]
    assert cells[0] == {
        "member": number_of(1),
        "language": "fa",
        "end": "sent",
        "at": "2025-10-04T12:00:00+03:30",
        "reason": "",
        "pressed_at": "",
        "opted_out_at": "2025-10-04T13:00:00+03:30",
    }
    assert [one["end"] for one in cells[1:4]] == ["missed", "unreachable", "waiting"]
    assert (OWNER, "promo_export") in await room.logged()


async def test_a_list_of_what_never_was_is_refused(room: Room) -> None:
    with pytest.raises(PressExpired):
        [one async for one in room.campaigns.recipients(99, by=OWNER)]
