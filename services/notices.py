"""Letters about points that will expire, written by the daily tick."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.calendar import local_day
from club.letters import Letter
from club.notices import Notice, notice_for, windows
from club.programme import Programme
from storage import notices as notices_store
from storage import outbox as outbox_store

LETTERS_AT_ONCE = 1_000
BEFORE_END = timedelta(seconds=1)


async def write_notices(
    tx: AsyncConnection, programme: Programme, at: datetime, now: datetime
) -> int:
    """The letters of the tick at that moment, worked now; how many were written.

    A late tick announces nothing that has ended since.
    """
    rules, zone = programme.notices, programme.zone
    if not rules.thresholds:
        return 0
    today = local_day(at, zone)
    ahead = windows(rules.thresholds, today, zone)
    letters, written = list[Letter](), list[tuple[int, int, int]]()
    for member in await notices_store.ending(tx, max(at, now), ahead):
        notice = notice_for(
            member.lots,
            last_day=member.last_day,
            today=today.toordinal(),
            notice_from=rules.notice_from,
        )
        if notice is not None:
            letters.append(_letter(member.member_id, notice, today.isoformat()))
            written.append((member.member_id, notice.days, notice.newest_lot))
    for start in range(0, len(letters), LETTERS_AT_ONCE):
        here = slice(start, start + LETTERS_AT_ONCE)
        await outbox_store.add(tx, letters[here], max(at, now))
        await notices_store.announce(tx, written[here], ahead, today.toordinal())
    return len(letters)


def _letter(member_id: int, notice: Notice, day: str) -> Letter:
    return Letter(
        key=f"expiry:{notice.days}:{day}:{member_id}",
        message="letters/expiry",
        member_id=member_id,
        facts={
            "points": notice.points,
            # What ends with a day is valid on it: the words name that day.
            "expires_at": notice.first_end - BEFORE_END,
            "days": notice.days,
        },
        expires_at=notice.first_end,
    )
