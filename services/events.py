"""What staff say of a member that happened outside the club: the programme's own events."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import UnknownEvent
from club.letters import Letter
from club.members import Member
from club.parts import Words
from club.programme import Programme
from services.awards import balance
from services.earning import earn
from services.people import lock_member, name_of
from storage import moves as moves_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage.db import Database
from storage.vault import Vault

REPEATS_FOR = timedelta(days=7)
"""So long after it the same message may come again: longer than any messenger keeps one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecorded:
    """A member took part in something; no points where conditions or limits stood against it."""

    number: str
    name: str
    event: str
    reward: Words
    points: int
    balance: int


class Events:
    """What can be recorded beside purchases."""

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

    async def record(self, who: str, event: str, *, by: int, key: str) -> EventRecorded:
        """Record that the member took part; they are told. The same key again changes nothing.

        Raises UnknownEvent with those that the programme knows, and the refusals of find_member.
        """
        rules = [rule for rule in self._programme.rules_on("event") if rule.event == event]
        if not rules:
            known = {rule.event or "" for rule in self._programme.rules_on("event")}
            raise UnknownEvent(text=event[:40], events=tuple(sorted(known)))
        async with self._db.write() as tx:
            member = await lock_member(tx, self._vault, who)
            now = self._club_time()
            keys = [f"{key}:{rule.key}" for rule in rules]
            points = await moves_store.points_under(tx, keys)
            if points is None:  # It may have brought nothing, which no move tells.
                logged = await staff_store.logged(tx, by, "event", key, now - REPEATS_FOR)
                points = None if logged is None else logged["points"]
            if points is None:
                earned = await earn(
                    tx, self._programme, member, "event", key=key, at=now, event=event
                )
                points = earned.points
                facts = {"member_id": member.id, "event": event, "points": points, "key": key}
                await staff_store.log(tx, by, "event", facts, now)
                if points:
                    await self._tell(tx, member, rules[0].name, points, key, now)
            return EventRecorded(
                number=member.number,
                name=await name_of(tx, self._vault, member),
                event=event,
                reward=rules[0].name,
                points=points,
                balance=await balance(tx, member.id, now),
            )

    async def _tell(
        self,
        tx: AsyncConnection,
        member: Member,
        reward: Words,
        points: int,
        key: str,
        now: datetime,
    ) -> None:
        letter = Letter(
            key=f"event:{key}",
            member_id=member.id,
            message="letters/event",
            facts={
                "reward": reward.model_dump(),
                "points": points,
                "balance": await balance(tx, member.id, now),
            },
        )
        await outbox_store.add(tx, [letter], now)
