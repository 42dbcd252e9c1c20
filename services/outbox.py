"""Letters on their way: taken, booked as being sent, and brought to exactly one end."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from club.campaigns import Link
from club.facts import Sealed, decode_all
from club.letters import ENDS, MAX_ATTEMPTS, LetterClass, LetterState
from club.members import Reach
from club.programme import Programme
from services.letters import (
    Failed,
    Moved,
    Outcome,
    OutgoingLetter,
    Postponed,
    Sent,
    Unknown,
    Unreachable,
)
from services.starting import close
from storage import outbox as outbox_store
from storage import owners as owners_store
from storage.db import Database
from storage.vault import CannotOpen, Vault

LEASE = timedelta(seconds=60)  # Longer than a request to the messenger can take.
CLAIM_PASSES = 10  # So many batches of letters that end unsent are passed over at once.
MAX_DOUBT_PAUSE_S = 60
MAX_FAULT = 300

log = logging.getLogger(__name__)


class Outbox:
    """What waits to be sent. Each letter has one owner at a time and exactly one end."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        machine_time: Callable[[], datetime],
        club_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._machine_time = machine_time
        self._club_time = club_time

    async def claim(self, owner: str, limit: int) -> tuple[OutgoingLetter, ...]:
        """Take up to `limit` due letters, transactional ones first.

        Those that must not be sent any more end here: expired, out of reach, opted out.
        """
        async with self._db.write() as tx:
            for _ in range(CLAIM_PASSES):
                rows = await self._due(tx, limit)
                ends = {row["id"]: end for row in rows if (end := self._end_unsent(row))}
                await self._change(tx, rows, ends)
                if taken := [row for row in rows if row["id"] not in ends]:
                    lease_until = self._machine_time() + LEASE
                    await outbox_store.claim(tx, [row["id"] for row in taken], owner, lease_until)
                    return tuple(self._outgoing(row) for row in taken)
                if not rows:
                    break
        return ()

    async def begin(self, owner: str, letters: Sequence[OutgoingLetter]) -> set[int]:
        """Book claimed letters as being sent, before the socket is touched; the ids still ours."""
        handles = [(letter.id, letter.fence) for letter in letters]
        async with self._db.write() as tx:
            return await outbox_store.begin(tx, handles, owner, self._machine_time() + LEASE)

    async def finish(self, owner: str, outcomes: Sequence[Outcome]) -> None:
        """Book what became of the letters, all or none. Who lost a letter changes nothing."""
        handles = [(outcome.letter.id, outcome.letter.fence) for outcome in outcomes]
        async with self._db.write() as tx:
            rows = await outbox_store.held(tx, handles, owner)
            ours = [outcome for outcome in outcomes if outcome.letter.id in rows]
            changes = {
                outcome.letter.id: self._result(outcome, rows[outcome.letter.id])
                for outcome in ours
            }
            await self._change(tx, list(rows.values()), changes)
            now = self._club_time()
            blocked = {
                outcome.letter.member_id: outcome.reach
                for outcome in ours
                if isinstance(outcome, Unreachable) and outcome.letter.member_id is not None
            }
            await outbox_store.mark_reach(tx, blocked, now)
            for outcome in ours:
                if isinstance(outcome, Moved):
                    await outbox_store.move_chat(tx, outcome.letter.chat_id, outcome.chat_id)

    async def recover(self, owner: str, in_hand: Collection[int] = ()) -> int:
        """Take up what dead owners left; how many. `in_hand` is what this owner still works on.

        An SQLite file has one long-lived process, so there every other owner is dead; PostgreSQL
        knows who lives. Of whom nothing is known the leases run out.
        """
        await self._db.live_as(owner)  # Before the first letter is claimed under this name.
        async with self._db.write() as tx:
            others = await outbox_store.owners(tx) - {owner}
            rows = await outbox_store.abandoned(
                tx,
                machine_now=self._machine_time(),
                in_hand=in_hand,
                dead=others if self._db.is_sqlite else await owners_store.dead(tx, others),
            )
            changes = {
                row["id"]: self._doubt(row) if row["state"] == LetterState.SENDING else _again()
                for row in rows
            }
            await self._change(tx, rows, changes)
        return len(rows)

    async def busy(self) -> bool:
        """Whether letters are on their way, or could be."""
        async with self._db.read() as tx:
            return await outbox_store.busy(tx, self._club_time())

    async def halt(self, delay_s: float) -> None:
        """Nothing may be sent for so long, restarts included; a longer halt that stands stays."""
        async with self._db.write() as tx:
            await outbox_store.halt(tx, self._machine_time() + timedelta(seconds=delay_s))

    async def halted_s(self) -> float:
        """How long nothing may be sent."""
        async with self._db.read() as tx:
            until = await outbox_store.halt_until(tx)
        return max(0.0, (until - self._machine_time()).total_seconds()) if until else 0.0

    async def _due(self, tx: AsyncConnection, limit: int) -> list[RowMapping]:
        rows: list[RowMapping] = []
        for letter_class in (LetterClass.TRANSACTIONAL, LetterClass.CAMPAIGN):
            if len(rows) < limit:
                rows += await outbox_store.due(
                    tx,
                    letter_class,
                    club_now=self._club_time(),
                    machine_now=self._machine_time(),
                    limit=limit - len(rows),
                )
        return rows

    def _end_unsent(self, row: RowMapping) -> dict[str, Any] | None:
        """The end of a letter that must not be sent any more."""
        if row["expires_at"] is not None and row["expires_at"] <= self._club_time():
            return {"state": LetterState.EXPIRED}
        if row["member_id"] is None:
            return None
        if row["chat_user_id"] is None:
            return {"state": LetterState.UNREACHABLE, "fault": "no chat"}
        if row["reach"] != Reach.ACTIVE:
            return {"state": LetterState.UNREACHABLE, "fault": row["reach"]}
        if row["letter_class"] == LetterClass.CAMPAIGN and not row["promotions"]:
            return {"state": LetterState.FAILED, "fault": "wants no promotions"}
        return None

    def _outgoing(self, row: RowMapping) -> OutgoingLetter:
        to_group = row["member_id"] is None
        return OutgoingLetter(
            id=row["id"],
            key=row["key"],
            message=row["message"],
            facts=self._facts(row) | self._promotion(row),
            letter_class=LetterClass(row["letter_class"]),
            chat_id=row["chat_id"] if to_group else row["chat_user_id"],
            member_id=row["member_id"],
            campaign_id=row["campaign_id"],
            language=self._programme.club.language if to_group else row["language"],
            calendar=self._programme.club.calendar if to_group else row["calendar"],
            name=self._opened(row, "name"),
            picture=row["picture"],
            fence=row["fence"] + 1,
            attempts=row["attempts"],
            flagged=row["flagged"],
        )

    def _facts(self, row: RowMapping) -> dict[str, object]:
        """What the letter's words ask for, with what is private opened."""
        return {
            name: self._open(row, name, fact.value) if isinstance(fact, Sealed) else fact
            for name, fact in decode_all(row["facts"]).items()
        }

    def _promotion(self, row: RowMapping) -> dict[str, object]:
        """What a campaign's letters say stands once, with the campaign."""
        text = self._opened(row, "text")
        if text is None:
            return {}
        link = Link(row["link_label"], row["link_url"]) if row["link_url"] else None
        return {"promotion": text, "link": link}

    def _opened(self, row: RowMapping, field: str) -> str | None:
        return None if row[field] is None else self._open(row, field, row[field])

    def _open(self, row: RowMapping, field: str, sealed: bytes) -> str | None:
        try:
            return self._vault.open(sealed)
        except CannotOpen:  # One damaged value must not hold up everybody's letters.
            log.error("A sealed value cannot be opened.", extra={"letter": row["id"], "of": field})
            return None

    def _result(self, outcome: Outcome, row: RowMapping) -> dict[str, Any]:
        """What the row says after this outcome."""
        used = {"attempts": row["attempts"] + 1}
        match outcome:
            case Sent(message_id=message_id):
                return used | {"state": LetterState.SENT, "message_id": message_id}
            case Unreachable(reach=reach):
                return used | {"state": LetterState.UNREACHABLE, "fault": reach}
            case Failed(reason=reason):
                return used | {"state": LetterState.FAILED, "fault": reason[:MAX_FAULT]}
            case Postponed(delay_s=delay_s):
                return _again() | {"lease_until": self._in(delay_s)}
            case Moved() if used["attempts"] >= MAX_ATTEMPTS:
                return used | {"state": LetterState.FAILED, "fault": "the group keeps moving"}
            case Moved():
                return used | _again()
            case Unknown():
                return self._doubt(row)

    def _doubt(self, row: RowMapping) -> dict[str, Any]:
        """It may have arrived: promotions are not repeated, transactional letters are, flagged."""
        attempts = row["attempts"] + 1
        if row["letter_class"] == LetterClass.CAMPAIGN or attempts >= MAX_ATTEMPTS:
            return {"state": LetterState.UNKNOWN, "attempts": attempts}
        pause_s = min(2**attempts, MAX_DOUBT_PAUSE_S)
        return _again() | {
            "attempts": attempts,
            "flagged": row["flagged"] + 1,
            "lease_until": self._in(pause_s),
        }

    def _in(self, delay_s: float) -> datetime:
        return self._machine_time() + timedelta(seconds=delay_s)

    async def _change(
        self,
        tx: AsyncConnection,
        rows: Sequence[RowMapping],
        changes: Mapping[int, dict[str, Any]],
    ) -> None:
        """Write the changes, and close campaigns whose last letter ended by them."""
        now = self._club_time()
        written, campaigns = [], set()
        for row in rows:
            if (change := changes.get(row["id"])) is None:
                continue
            ended = change["state"] in ENDS
            kept = {name: row[name] for name in ("attempts", "flagged", "message_id")}
            reset = {"letter_id": row["id"], "lease_until": None, "fault": None}
            written.append(kept | reset | {"ended_at": now if ended else None} | change)
            if ended and row["campaign_id"] is not None:
                campaigns.add(row["campaign_id"])
        await outbox_store.write(tx, written)
        await close(tx, self._programme, campaigns, now)


def _again() -> dict[str, Any]:
    return {"state": LetterState.PENDING}
