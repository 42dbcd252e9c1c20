"""Tiers as they are looked at, and set by hand."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.ladders import ChangeReason, Ladder, Tier
from club.members import Member
from club.programme import Programme
from club.tiers import Standing, measured, named, risen, settled
from services.ladders import value_then, windows_at
from services.levels import Level, levels_of
from services.people import lock_member, name_of
from services.profile import find_joined
from services.standings import Move, move_one, stand
from storage import ladders as ladders_store
from storage import staff as staff_store
from storage.db import Database
from storage.vault import Vault

CHANGES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TierChange:
    """How somebody came to stand on another tier."""

    ladder: Ladder
    before: Tier
    after: Tier
    reason: ChangeReason
    words: str | None  # Of staff who set it by hand.
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSet:
    """A member who does not fall below a tier; None: the ladder's own rules hold again."""

    number: str
    name: str
    ladder: Ladder
    floor: Tier | None
    tier: Tier  # On which they stand now.


class Tiers:
    """What can be seen of tiers, and done by hand."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time

    async def show(self, user_id: int) -> tuple[Level, ...]:
        """The member on each ladder; raises NotAMember."""
        async with self._db.read() as tx:
            member = await find_joined(tx, user_id)
            return await levels_of(tx, self._programme, member, self._club_time())

    async def history(self, member_id: int) -> tuple[TierChange, ...]:
        """The member's latest changes of tier, latest first, on ladders that there are."""
        ladders = {ladder.key: ladder for ladder in self._programme.ladders}
        async with self._db.read() as tx:
            found = await ladders_store.changes(tx, member_id, CHANGES_SHOWN)
        return tuple(
            TierChange(
                ladder=ladders[change.ladder],
                before=ladders[change.ladder].tier(change.tier_before),
                after=ladders[change.ladder].tier(change.tier_after),
                reason=change.reason,
                words=str(words) if (words := change.explanation.get("reason")) else None,
                at=change.at,
            )
            for change in found
            if change.ladder in ladders
        )

    async def set_floor(self, who: str, tier: str, reason: str, *, by: int) -> FloorSet:
        """The member does not fall below that tier, and stands on it at least; they are told.

        The first tier of a ladder takes the floor away: who stood on the floor alone comes down.
        Said twice it is the same. Raises BadTier and the refusals of find_member.
        """
        ladder, floor = named(self._programme, tier)
        async with self._db.write() as tx:
            member = await lock_member(tx, self._vault, who)
            now = self._club_time()
            found = await stand(
                tx, self._programme, member, windows_at(self._programme, now, [ladder])
            )
            standing = found[ladder.key].standing
            after = standing.tier
            if ladder.place(standing.floor) != ladder.place(floor.key):
                value = measured(ladder, found[ladder.key].counts)
                after = await self._put_floor(
                    tx, ladder, member, standing, floor, value, reason, by, now
                )
                facts = {"member_id": member.id, "tier": floor.key, "reason": reason}
                await staff_store.log(tx, by, "floor", facts, now)
            return FloorSet(
                number=member.number,
                name=await name_of(tx, self._vault, member),
                ladder=ladder,
                floor=floor if ladder.place(floor.key) else None,
                tier=ladder.tier(after),
            )

    async def _put_floor(
        self,
        tx: AsyncConnection,
        ladder: Ladder,
        member: Member,
        standing: Standing,
        floor: Tier,
        value: int,
        reason: str,
        by: int,
        now: datetime,
    ) -> str:
        """Keep the floor, and the tier that follows from it; that tier."""
        key = floor.key if ladder.place(floor.key) else None
        if ladder.place(standing.floor) == ladder.place(standing.tier):  # The floor held them up.
            then = await value_then(tx, self._programme, ladder, member, standing)
            after = settled(ladder, key, max(value, then))
        else:
            after = risen(ladder, standing.tier, key, value)
        standing = replace(standing, floor=key)
        await ladders_store.put(tx, ladder.key, [(member.id, standing)], now)
        if after != standing.tier:
            facts = {
                "value": ladder.worth(value, self._programme.club.currency),
                "reason": reason,
                "by": by,
            }
            move = Move(
                member_id=member.id,
                before=standing,
                after=after,
                told=member.joined,
                explanation=facts,
            )
            await move_one(tx, self._programme, ladder, member, move, ChangeReason.FLOOR, now)
        return after
