"""Updates on their way in: kept before they are acknowledged, done only when they were handled."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import Letter
from storage import club as club_store
from storage import outbox as outbox_store
from storage import updates as updates_store
from storage.db import Database
from storage.tables.intake import UpdateState
from storage.vault import CannotOpen, Vault

MAX_ATTEMPTS = 8
FIRST_PAUSE_S = 1
MAX_PAUSE_S = 60
KEEP_DONE = timedelta(days=3)  # The messenger gives an update again for one day at most.
BATCH_SIZE = 1000
OWNER = "bot_id"
STAFF_CHAT = "staff_chat_id"
DIED = "the program ended while it was handled"
UNREADABLE = "sealed with another DATA_KEY"


class AnotherBot(RuntimeError):
    """This database belongs to another bot: its updates and chats mean nothing here."""

    def __init__(self, owner_id: int) -> None:
        self.owner_id = owner_id
        super().__init__(f"this database belongs to bot {owner_id}")


class UnreadableUpdate(RuntimeError):
    """The update is not as the messenger describes them; trying again cannot help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUpdate:
    """An update in our hands; the try has been counted already."""

    id: int
    update_id: int
    person: int
    attempts: int
    payload: dict[str, Any]


class Updates:
    """The rows between the messenger and the handlers."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        machine_time: Callable[[], datetime],
        club_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._machine_time = machine_time
        self._club_time = club_time

    async def own(self, bot_id: int) -> None:
        """The first bot that runs on this database owns it; raises AnotherBot for any other."""
        async with self._db.write() as tx:
            owner_id = int(await club_store.put_if_absent(tx, OWNER, str(bot_id)))
        if owner_id != bot_id:
            raise AnotherBot(owner_id)

    async def store(self, bot_id: int, raw: Sequence[dict[str, Any]]) -> int:
        """Keep raw updates, committed when this returns; how many were new."""
        now = self._machine_time()
        rows = [
            {
                "bot_id": bot_id,
                "update_id": one["update_id"],
                "person": person_of(one),
                "payload": self._vault.seal(json.dumps(one)),
                "state": UpdateState.PENDING,
                "attempts": 0,
                "next_try_at": now,
                "received_at": now,
            }
            for one in raw
        ]
        async with self._db.write() as tx:
            return await updates_store.add(tx, rows)

    async def take(self, busy: Collection[int], limit: int) -> tuple[TakenUpdate, ...]:
        """The oldest due update of each person who is not busy; the try is committed.

        It may give none although some are due: those ended here, without anybody's doing.
        """
        now = self._machine_time()
        async with self._db.write() as tx:
            rows = await updates_store.take(tx, busy, now, limit)
            return tuple([taken for row in rows if (taken := await self._ready(tx, row, now))])

    async def next_due(self, busy: Collection[int]) -> timedelta | None:
        """How long until somebody who is not busy has a due update; None when nobody waits."""
        async with self._db.read() as tx:
            moment = await updates_store.next_try(tx, busy)
        return None if moment is None else max(moment - self._machine_time(), timedelta(0))

    async def done(self, row_id: int) -> None:
        """It was handled: it never comes again, and what it said is emptied."""
        async with self._db.write() as tx:
            await updates_store.finish(tx, row_id)

    async def fail(self, row_id: int, fault: str) -> bool:
        """It waits for its next try, longer each time; True when it was the last and it is parked.

        `fault` is kept readable: it carries no private data.
        """
        now = self._machine_time()
        async with self._db.write() as tx:
            attempts = await updates_store.attempts(tx, row_id)
            return await self._fail(tx, row_id, attempts, fault, now)

    async def park(self, row_id: int, fault: str) -> None:
        """Put it aside at once: trying again cannot help."""
        async with self._db.write() as tx:
            await self._park(tx, row_id, await updates_store.attempts(tx, row_id), fault)

    async def wait(self, row_id: int, fault: str, delay: timedelta) -> None:
        """It waits for the messenger to answer again; the try is not counted."""
        async with self._db.write() as tx:
            await updates_store.give_back_try(tx, row_id)
            await updates_store.postpone(tx, row_id, fault, self._machine_time() + delay)

    async def forget(self, before: datetime | None = None) -> int:
        """Delete what was done (three days ago, if not told otherwise), in short transactions."""
        before = before or self._machine_time() - KEEP_DONE
        forgotten = 0
        while True:
            async with self._db.write() as tx:
                deleted = await updates_store.forget(tx, before, BATCH_SIZE)
            forgotten += deleted
            if deleted < BATCH_SIZE:
                return forgotten

    async def _ready(
        self, tx: AsyncConnection, row: RowMapping, now: datetime
    ) -> TakenUpdate | None:
        """The update as handlers want it; None when there is nothing for them to do."""
        if row["attempts"] > MAX_ATTEMPTS:  # Its handling killed the program each time.
            await self._park(tx, row["id"], MAX_ATTEMPTS, row["fault"] or DIED)
            return None
        try:
            payload: dict[str, Any] = json.loads(self._vault.open(row["payload"]))
        except CannotOpen:
            await self._fail(tx, row["id"], row["attempts"], UNREADABLE, now)
            return None
        return TakenUpdate(
            id=row["id"],
            update_id=row["update_id"],
            person=row["person"],
            attempts=row["attempts"],
            payload=payload,
        )

    async def _fail(
        self, tx: AsyncConnection, row_id: int, attempts: int, fault: str, now: datetime
    ) -> bool:
        if attempts >= MAX_ATTEMPTS:
            await self._park(tx, row_id, attempts, fault)
            return True
        await updates_store.postpone(tx, row_id, fault, now + pause_after(attempts))
        return False

    async def _park(self, tx: AsyncConnection, row_id: int, attempts: int, fault: str) -> None:
        await updates_store.park(tx, row_id, fault)
        staff_chat_id = await club_store.get(tx, STAFF_CHAT)
        if staff_chat_id is not None:
            letter = Letter(
                key=f"parked:{row_id}",
                message="staff/update_parked",
                chat_id=int(staff_chat_id),
                facts={"number": row_id, "attempts": attempts, "fault": fault},
            )
            await outbox_store.add(tx, [letter], self._club_time())


def person_of(raw: dict[str, Any]) -> int:
    """Who sent it, else the chat it comes from, else 0: those without either take turns."""
    for body in raw.values():
        match body:
            case {"from": {"id": int(person)}} | {"chat": {"id": int(person)}}:
                return person
    return 0


def pause_after(attempts: int) -> timedelta:
    """1, 2, 4, … seconds, and never more than a minute."""
    return timedelta(seconds=min(FIRST_PAUSE_S * 2 ** (attempts - 1), MAX_PAUSE_S))
