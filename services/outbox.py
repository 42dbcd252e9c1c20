"""Letters on their way: taken, booked as being sent, and brought to exactly one end."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import ENDS, MAX_ATTEMPTS, LetterClass, LetterState
from club.programme import Programme
from club.promotions import A_WEEK
from services.claims import Claims, Groups, unsent
from services.ending import settle
from services.letters import (
    Begun,
    Failed,
    Moved,
    Outcome,
    OutgoingLetter,
    Postponed,
    Sent,
    Unknown,
    Unreachable,
)
from storage import claims as claims_store
from storage import outbox as outbox_store
from storage import outcomes as outcomes_store
from storage import owners as owners_store
from storage import stale as stale_store
from storage.db import Database
from storage.outcomes import Blocked, Change
from storage.vault import Vault

LEASE = timedelta(seconds=60)  # Longer than a request to the messenger can take.
CLAIM_PASSES = 10  # So many batches of letters that end unsent are passed over at once.
SWEEP_SIZE = 5000
MAX_DOUBT_PAUSE_S = 60
MAX_FAULT = 300
CHAT_SPACING = timedelta(seconds=1)

ANY_ROOM = Groups()

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
        self._programme = programme
        self._machine_time = machine_time
        self._club_time = club_time
        self._claims = Claims(vault, programme)

    async def claim(
        self, owner: str, limit: int, groups: Groups | None = ANY_ROOM
    ) -> tuple[OutgoingLetter, ...]:
        """Take up to `limit` due letters, transactional ones first; one for each recipient.

        Those that must not be sent any more end here: expired, out of reach, opted out. Letters
        to groups are left to others where `groups` is None.
        """
        async with self._db.write() as tx:
            await claims_store.queue(tx)
            for _ in range(CLAIM_PASSES):
                club_now, machine_now = self._club_time(), self._machine_time()
                now = self._claims.moment(club_now, machine_now)
                found = await self._claims.due(tx, limit, groups, now)
                if found.unfit:
                    await self._settle(tx, await self._refuse(tx, found.unfit, club_now), club_now)
                if found.letters:
                    ids = [letter.id for letter in found.letters]
                    await claims_store.take(tx, ids, owner, machine_now + LEASE)
                    return found.letters
                if not found.unfit:
                    break
        return ()

    async def book(
        self, owner: str, outcomes: Sequence[Outcome], letters: Sequence[OutgoingLetter]
    ) -> Begun:
        """Book what became of some letters, and others as being sent, all or none.

        Only after that is the socket touched. Who lost a letter changes nothing. Of the others
        those are begun that may still go: here membership, reach, opt-out, time, quiet hours, the
        member's own number a week and the campaign's state are looked at once more.
        """
        async with self._db.write() as tx:
            club_now, machine_now = self._club_time(), self._machine_time()
            until = machine_now + LEASE
            ended = await self._finish(tx, owner, outcomes, club_now, machine_now)
            handles = [(letter.id, letter.fence, letter.chat_id) for letter in letters]
            begun = set[int]()
            if handles:
                begun = await outcomes_store.begin(
                    tx,
                    handles,
                    owner,
                    now=self._claims.moment(club_now, machine_now),
                    week_ago=club_now - A_WEEK,
                    quiet=self._claims.quiet(club_now),
                    lease_until=until,
                )
            if rest := {letter.id: letter.fence for letter in letters if letter.id not in begun}:
                ended += await self._refuse(tx, rest, club_now, owner)
            await self._settle(tx, ended, club_now)
        return Begun(frozenset(begun), until)

    async def recover(self, owner: str, in_hand: Collection[int] = ()) -> int:
        """Take up what dead owners left; how many. `in_hand` is what this owner still works on.

        An SQLite file has one long-lived process, so there every other owner is dead; PostgreSQL
        knows who lives. Of whom nothing is known the leases run out.
        """
        await self._db.live_as(owner)  # Before the first letter is claimed under this name.
        async with self._db.write() as tx:
            others = await outcomes_store.owners(tx) - {owner}
            rows = await outcomes_store.abandoned(
                tx,
                machine_now=self._machine_time(),
                in_hand=in_hand,
                dead=others if self._db.is_sqlite else await owners_store.dead(tx, others),
            )
            changes = [
                self._doubt(row, "the program ended while it was sent")
                if row["state"] == LetterState.SENDING
                else Change(row["id"], row["fence"], row["campaign_id"], LetterState.PENDING)
                for row in rows
            ]
            now = self._club_time()
            await outcomes_store.write(tx, changes, now, owner=None)
            await self._settle(tx, changes, now)
        return len(rows)

    async def sweep(self) -> int:
        """End a batch of letters of a campaign that is cancelled or past its time; how many."""
        now = self._club_time()
        async with self._db.read() as tx:  # Without taking the one writer for nothing.
            stale = await stale_store.campaigns(tx, now)
        for campaign_id, end, fault in stale:
            async with self._db.write() as tx:
                swept = await stale_store.sweep(
                    tx, campaign_id, end, fault, at=now, limit=SWEEP_SIZE
                )
                if swept:
                    await settle(tx, self._programme, {campaign_id: {end: swept}}, now)
                    return swept
        return 0

    async def busy(self) -> bool:
        """Whether letters are on their way, or could be."""
        now = self._club_time()
        async with self._db.read() as tx:
            return await outbox_store.busy(tx, now, quiet=self._claims.quiet(now))

    async def _finish(
        self,
        tx: AsyncConnection,
        owner: str,
        outcomes: Sequence[Outcome],
        club_now: datetime,
        machine_now: datetime,
    ) -> list[Change]:
        """Write the outcomes; which of them counted."""
        if not outcomes:
            return []
        blocked = [
            Blocked(one.letter.member_id, one.letter.id, one.letter.fence, one.reach)
            for one in outcomes
            if isinstance(one, Unreachable) and one.letter.member_id is not None
        ]  # First of all, as everybody locks members before what is theirs.
        await outcomes_store.mark_reach(tx, blocked, club_now, owner)
        changes = [self._result(outcome) for outcome in outcomes]
        ours = await outcomes_store.write(tx, changes, club_now, owner=owner)
        had = {
            one.letter.member_id
            for one in outcomes
            if isinstance(one, Sent | Unknown) and one.letter.member_id and one.letter.id in ours
        }
        await outcomes_store.space(tx, had, machine_now + CHAT_SPACING)
        for outcome in outcomes:
            if isinstance(outcome, Moved) and outcome.letter.id in ours:
                await outbox_store.move_chat(tx, outcome.letter.chat_id, outcome.chat_id)
        return [change for change in changes if change.letter_id in ours]

    async def _refuse(
        self,
        tx: AsyncConnection,
        fences: Mapping[int, int],
        now: datetime,
        owner: str | None = None,
    ) -> list[Change]:
        """End, or put back, letters that may not go as things are; what has changed."""
        rows = await claims_store.circumstances(tx, list(fences), now - A_WEEK)
        held = [row for row in rows if row["owner"] == owner and row["fence"] == fences[row["id"]]]
        soon = self._in(CHAT_SPACING.total_seconds())
        changes = [unsent(row, self._programme, now, soon) for row in held]
        ours = await outcomes_store.write(tx, changes, now, owner=owner)
        return [change for change in changes if change.letter_id in ours]

    async def _settle(self, tx: AsyncConnection, changes: Iterable[Change], now: datetime) -> None:
        """Count the ends among the changes for their campaigns."""
        ended: dict[int, Counter[LetterState]] = {}
        for change in changes:
            if change.campaign_id is not None and change.state in ENDS:
                ended.setdefault(change.campaign_id, Counter())[change.state] += 1
        if ended:
            await settle(tx, self._programme, ended, now)

    def _result(self, outcome: Outcome) -> Change:
        """What the row says after this outcome."""
        letter = outcome.letter
        ours = (letter.id, letter.fence, letter.campaign_id)
        match outcome:
            case Sent():
                return Change(*ours, LetterState.SENT, 1, 0, outcome.message_id)
            case Unreachable():
                return Change(*ours, LetterState.UNREACHABLE, attempts=1, fault=outcome.reach)
            case Failed():
                return Change(*ours, LetterState.FAILED, 1, fault=outcome.reason[:MAX_FAULT])
            case Postponed():
                again = self._in(outcome.delay_s) if outcome.delay_s > 0 else None
                return Change(*ours, LetterState.PENDING, lease_until=again)
            case Moved() if letter.attempts + 1 >= MAX_ATTEMPTS:
                return Change(*ours, LetterState.FAILED, 1, fault="the group keeps moving")
            case Moved():
                return Change(*ours, LetterState.PENDING, 1)
            case Unknown():
                return self._doubt(letter._asdict(), outcome.reason)

    def _doubt(self, row: Mapping[str, Any] | RowMapping, reason: str) -> Change:
        """It may have arrived: promotions are not repeated, transactional letters are, flagged."""
        ours = (row["id"], row["fence"], row["campaign_id"])
        attempts = row["attempts"] + 1
        if row["letter_class"] == LetterClass.CAMPAIGN or attempts >= MAX_ATTEMPTS:
            return Change(*ours, LetterState.UNKNOWN, 1, fault=reason[:MAX_FAULT] or None)
        pause_s = min(2**attempts, MAX_DOUBT_PAUSE_S)
        return Change(*ours, LetterState.PENDING, 1, 1, lease_until=self._in(pause_s))

    def _in(self, delay_s: float) -> datetime:
        return self._machine_time() + timedelta(seconds=delay_s)
