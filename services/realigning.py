"""Everybody's place on the ladders after the programme's steps were changed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncConnection

from club.ladders import ChangeReason, Ladder
from club.programme import Programme
from club.tiers import measured, risen, settled
from services.ladders import windows_at
from services.standings import Move, move_many
from storage import club as club_store
from storage import ladders as ladders_store
from storage import reviewing as reviewing_store
from storage import tags as tags_store
from storage.db import Database

REALIGNED_AT_ONCE = 1_000
ALIGNED = "ladders"  # What the club keeps of the ladders to which everybody was aligned.


class Realigning:
    """What is done with everybody's tier at once."""

    def __init__(
        self, db: Database, programme: Programme, club_time: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._programme = programme
        self._club_time = club_time

    async def realign(self) -> int:
        """Where the ladders were changed: everybody stands where they bring them; how many moved.

        Nobody is written to, since nobody did anything. What time takes is left to the review,
        with its warnings and grace.
        """
        ladders = "".join(ladder.model_dump_json() for ladder in self._programme.ladders)
        print_ = sha256(ladders.encode()).hexdigest()
        async with self._db.write() as tx:
            if await club_store.get(tx, ALIGNED) == print_:
                return 0
            now = self._club_time()
            moved = 0
            for ladder in self._programme.ladders:
                moved += await self._realign(tx, ladder, now)
                if ladder.demotion != "never":
                    main = ladder.key == self._programme.main_ladder.key
                    await reviewing_store.add_missing(tx, ladder, main=main, at=now)
                await self._tag(tx, ladder)
            await club_store.put(tx, ALIGNED, print_)
            return moved

    async def _realign(self, tx: AsyncConnection, ladder: Ladder, now: datetime) -> int:
        main = ladder.key == self._programme.main_ladder.key
        ((_, window),) = windows_at(self._programme, now, [ladder])
        found = await reviewing_store.misplaced(tx, ladder, window, main=main)
        for start in range(0, len(found), REALIGNED_AT_ONCE):
            some = found[start : start + REALIGNED_AT_ONCE]
            await self._move(tx, ladder, some, now)
        return len(found)

    async def _move(
        self, tx: AsyncConnection, ladder: Ladder, member_ids: Sequence[int], now: datetime
    ) -> None:
        await reviewing_store.lock(tx, member_ids)
        windows = windows_at(self._programme, now, [ladder])
        found = await ladders_store.stand(tx, self._programme.main_ladder, windows, member_ids)
        keys = {tier.key for tier in ladder.tiers}
        moves = []
        for member_id in member_ids:
            one = found[member_id][ladder.key]
            standing, value = one.standing, measured(ladder, one.counts)
            if ladder.over == "ever" or standing.tier not in keys:
                after = settled(ladder, standing.floor, value)
            else:
                after = risen(ladder, standing.tier, standing.floor, value)
            if after != standing.tier:
                facts = {"value": ladder.worth(value, self._programme.club.currency)}
                moves.append(
                    Move(
                        member_id=member_id,
                        before=standing,
                        after=after,
                        told=False,
                        explanation=facts,
                    )
                )
        await move_many(tx, self._programme, ladder, moves, ChangeReason.REALIGNED, now)

    async def _tag(self, tx: AsyncConnection, ladder: Ladder) -> None:
        """Who stands on a tier has its tags, also those that are new in the programme."""
        main = ladder.key == self._programme.main_ladder.key
        for tier in ladder.tiers:
            for tag in tier.tags:
                await tags_store.give_tier(tx, tag, None if main else ladder.key, tier.key)
