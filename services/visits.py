"""What opening the club brings, once a local day, and on so many days in a row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from club.members import Member
from club.programme import Programme
from club.visits import counts, day_number, streak_with
from services.earning import earn
from storage import members as members_store
from storage.db import Database


class Visits:
    """Counts who opens the club."""

    def __init__(
        self, db: Database, programme: Programme, club_time: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._programme = programme
        self._club_time = club_time

    async def count(self, member: Member) -> Member:
        """Give what the day brings, once, however many updates come at once; the member then."""
        if not counts(member, self._programme, self._club_time()):
            return member
        async with self._db.write() as tx:
            now = self._club_time()
            member = await members_store.lock(tx, member.id)
            if not counts(member, self._programme, now):
                return member
            today = day_number(now, self._programme)
            streak = streak_with(member, today)
            await members_store.change(tx, member.id, visited_on=today, streak=streak)
            member = replace(member, visited_on=today, streak=streak)
            key = f"visit:{member.id}:{today}"
            earned = await earn(tx, self._programme, member, "visit", key=key, at=now)
            key = f"streak:{member.id}:{today}"
            earned = await earn(
                tx, self._programme, earned.member, "streak", key=key, at=now, days=streak
            )
            return earned.member
