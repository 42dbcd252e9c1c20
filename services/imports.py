"""Bringing purchases from before the club into the book."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from club.imports import (
    SOURCE,
    BadFile,
    Fault,
    PurchaseLine,
    Settled,
    settle,
    taken_phone,
)
from club.members import number_of
from club.programme import Programme
from services.history import book_history, unbooked
from services.purchase_files import read_purchases
from storage import imports as imports_store
from storage.db import Database
from storage.vault import Vault

BATCH_SIZE = 1_000  # Purchases in one transaction: short, so that nobody in a chat waits long.

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDone:
    """What an import changed; `repeated` and `departed` changed nothing."""

    purchases: int
    customers: int  # Whose purchases these are …
    members_new: int  # … and how many of them the club did not know.
    points: int
    zero_points: int  # Purchases that were too small for a point.
    repeated: int  # Rows that stand in the book, or in the file, already.
    departed: int  # Rows of customers who left the club: nothing is kept about them.


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What of a file is new to the book, in order of time, and what speaks against the book."""

    lines: tuple[PurchaseLine, ...]
    phones: dict[str, str]  # Customer → phone.
    repeated: int
    departed: int
    faults: tuple[Fault, ...]


async def run_import(
    db: Database,
    vault: Vault,
    programme: Programme,
    club_time: Callable[[], datetime],
    path: Path,
    source: str,
    progress: Progress,
) -> ImportDone:
    """Import a file of past purchases; raises BadFile, with every fault of it, before any change.

    `source` names where the customers come from; the same file under the same source again
    changes nothing.
    """
    if not SOURCE.fullmatch(source):
        remedy = "write 1 to 32 of a-z, 0-9, - and _, like cd-shop"
        raise BadFile([Fault(line=0, column=None, reason=f"bad source {source!r}", remedy=remedy)])
    read = await read_purchases(path, programme, club_time())
    imports = Imports(db, vault, programme, club_time)
    if read.faults:
        compared = await imports.compare(read.lines, source)
        raise BadFile([*read.faults, *compared.faults])
    return await imports.import_purchases(read.lines, source, progress)


class Imports:
    """What can be done with history."""

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

    async def compare(self, lines: Sequence[PurchaseLine], source: str) -> Compared:
        """What importing these lines would book, and what contradicts the book; no change."""
        settled = await asyncio.to_thread(settle, lines)
        async with self._db.read() as tx:
            new, clashes = await unbooked(tx, settled.lines, source)
            departed = await imports_store.departed(tx, source)
            taken = await self._taken_phones(tx, settled, source)
        stay = tuple(line for line in new if line.customer not in departed)
        return Compared(
            lines=stay,
            phones={name: line.phone for name, line in settled.phones.items() if line.phone},
            repeated=settled.repeated + len(settled.lines) - len(new),
            departed=len(new) - len(stay),
            faults=(*settled.faults, *clashes, *taken),
        )

    async def import_purchases(
        self, lines: Sequence[PurchaseLine], source: str, on_progress: Progress
    ) -> ImportDone:
        """Book history: points, lots and tiers as if each purchase had been recorded at its time.

        One transaction a batch, in order of time: after a crash the same call books exactly what
        is missing. Raises BadFile before any change. Writes no letters: it is long past.
        """
        compared = await self.compare(lines, source)
        if compared.faults:
            raise BadFile(compared.faults)
        tally: Counter[str] = Counter()
        now = self._club_time()
        for start in range(0, len(compared.lines), BATCH_SIZE):
            batch = compared.lines[start : start + BATCH_SIZE]
            async with self._db.write() as tx:
                tally += await book_history(
                    tx, self._vault, self._programme, batch, source, compared.phones, at=now
                )
            on_progress(start + len(batch), len(compared.lines))
        return ImportDone(
            purchases=tally["purchases"],
            customers=len({line.customer for line in compared.lines}),
            members_new=tally["members_new"],
            points=tally["points"],
            zero_points=tally["zero_points"],
            repeated=compared.repeated + tally["repeated"],
            departed=compared.departed + tally["departed"],
        )

    async def _taken_phones(
        self, tx: AsyncConnection, settled: Settled, source: str
    ) -> list[Fault]:
        """Phones of the file that belong to other members."""
        hashes = {
            self._vault.lookup_hash(line.phone): line
            for line in settled.phones.values()
            if line.phone
        }
        holders = await imports_store.phone_holders(tx, list(hashes))
        return [
            taken_phone(hashes[phone_hash], f"member {number_of(holder.member_id)}")
            for phone_hash, holder in holders.items()
            if (holder.source, holder.external_id) != (source, hashes[phone_hash].customer)
        ]
