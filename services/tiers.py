"""The ladder as a whole."""

from club.programme import Programme
from storage import members as members_store
from storage.db import Database


class Tiers:
    """What is done with everybody's tier at once."""

    def __init__(self, db: Database, programme: Programme) -> None:
        self._db = db
        self._programme = programme

    async def realign(self) -> int:
        """After the programme's steps were changed: everybody stands where their points say.

        Gives the number of members who moved; nobody is written to, since nobody did anything.
        """
        steps = [(tier.points, tier.key) for tier in reversed(self._programme.tiers)]
        async with self._db.write() as tx:
            return await members_store.realign_tiers(tx, steps)
