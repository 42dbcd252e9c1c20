"""The point for opening the club, once a local day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from club.earning import Award
from club.ledger import Reason
from club.members import Member
from club.programme import Programme
from club.visits import brings_point, day_number
from services.awards import award
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
        """Give the day's point, once, however many updates come at once; the member afterwards."""
        rules = self._programme.visit
        if rules is None or not brings_point(member, self._programme, self._club_time()):
            return member
        async with self._db.write() as tx:
            now = self._club_time()
            member = await members_store.lock(tx, member.id)
            if not brings_point(member, self._programme, now):
                return member
            today = day_number(now, self._programme)
            part = Award(rule=str(member.id), points=rules.points, explanation={})
            key = f"visit:{today}"
            after = await award(tx, self._programme, member, [part], Reason.VISIT, key=key, at=now)
            await members_store.change(tx, member.id, visited_on=today)
            return replace(after, visited_on=today)
