"""Letters that did not come to a good end: what staff can see of them, and do."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import LetterClass, LetterState
from club.programme import Programme
from storage import staff as staff_store
from storage import troubles as troubles_store
from storage.db import Database

MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Letters that went wrong in the same way."""

    campaign_id: int | None
    message: str
    state: LetterState
    fault: str | None
    letters: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which troubles are meant; all that is left open."""

    states: tuple[LetterState, ...] = troubles_store.TROUBLES
    campaign_id: int | None = None
    message: str | None = None


class Undelivered:
    """What can be done with letters that failed, or of which nobody knows."""

    def __init__(
        self, db: Database, programme: Programme, club_time: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._programme = programme
        self._club_time = club_time

    async def counts(self) -> Mapping[LetterClass, Mapping[LetterState, int]]:
        """How many letters of each class are in each state."""
        found: dict[LetterClass, dict[LetterState, int]] = {}
        async with self._db.read() as tx:
            for row in await troubles_store.counts(tx):
                of_class = found.setdefault(LetterClass(row["letter_class"]), {})
                of_class[LetterState(row["state"])] = row["letters"]
        return found

    async def listed(self) -> tuple[Trouble, ...]:
        """What went wrong and nobody has seen to, the latest first."""
        async with self._db.read() as tx:
            rows = await troubles_store.listed(tx, MOST_LISTED)
        return tuple(Trouble(**{**row, "state": LetterState(row["state"])}) for row in rows)

    async def retry(self, selection: Selection, *, by: int) -> int:
        """Have these letters sent after all; how many. Those that may have arrived say so.

        Their campaigns' counters are taken back in the same moment, and a campaign that was over
        runs again; one that was cancelled stays so.
        """
        until = self._club_time() + self._programme.promotions.window
        async with self._db.write() as tx:
            again: dict[LetterState, Counter[int | None]] = {
                state: await troubles_store.reopen(
                    tx,
                    state,
                    campaign_id=selection.campaign_id,
                    message=selection.message,
                    until=until,
                )
                for state in selection.states
            }
            failed = again.get(LetterState.FAILED, Counter())
            unknown = again.get(LetterState.UNKNOWN, Counter())
            for campaign_id in sorted(filter(None, failed.keys() | unknown.keys())):
                await troubles_store.take_back(
                    tx, campaign_id, failed[campaign_id], unknown[campaign_id], until
                )
            letters = failed.total() + unknown.total()
            await self._log(tx, by, "letters_retry", selection, letters)
        return letters

    async def close(self, selection: Selection, *, by: int) -> int:
        """Have these listed no more; how many they were. Their end stays what it was."""
        async with self._db.write() as tx:
            closed = [
                await troubles_store.close(
                    tx,
                    state,
                    campaign_id=selection.campaign_id,
                    message=selection.message,
                    at=self._club_time(),
                )
                for state in selection.states
            ]
            await self._log(tx, by, "letters_close", selection, sum(closed))
        return sum(closed)

    async def _log(
        self, tx: AsyncConnection, by: int, action: str, selection: Selection, letters: int
    ) -> None:
        facts = {
            "campaign_id": selection.campaign_id,
            "message": selection.message,
            "states": selection.states,
            "letters": letters,
        }
        await staff_store.log(tx, by, action, facts, self._club_time())
