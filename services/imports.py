"""Bringing purchases from before the club into the book."""

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from club import tiers
from club.baskets import Order
from club.conditions import Circumstances
from club.earning import awards_for, points_of
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
from services.purchase_files import PurchaseFile, read_purchases
from services.recognition import ask_by_letter
from storage import imports as imports_store
from storage import merges as merges_store
from storage.db import Database
from storage.vault import Vault

BATCH_SIZE = 1_000  # Purchases in one transaction: short, so that nobody in a chat waits long.
ASKED_AT_ONCE = 100

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
    faults: tuple[Fault, ...] = ()  # Why rows were left out, where that was asked for.

    @property
    def left_out(self) -> int:
        """How many rows are bad; one may have several faults."""
        return len({fault.line for fault in self.faults})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportForeseen:
    """What an import would change, and how many customers would stand on another tier."""

    done: ImportDone
    tiers_changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What of a file is new to the book, in order of time, and what speaks against the book."""

    lines: tuple[PurchaseLine, ...]
    phones: dict[str, str]  # Customer → phone.
    proved: dict[str, int]  # Customer → the member who has proved that phone in the chat.
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
    *,
    skip_bad: bool = False,
) -> ImportDone:
    """Import a file of past purchases; raises BadFile, with every fault of it, before any change.

    `source` names where the customers come from; the same file under the same source again
    changes nothing. `skip_bad`: bad rows are left out and named in the outcome; only a file that
    cannot be read as rows is refused.
    """
    read = await _read(path, source, programme, club_time())
    imports = Imports(db, vault, programme, club_time)
    compared, faults = await imports.sort_out(read, source, skip_bad=skip_bad)
    return replace(await imports.book(compared, source, progress), faults=faults)


async def foresee_import(
    db: Database,
    vault: Vault,
    programme: Programme,
    club_time: Callable[[], datetime],
    path: Path,
    source: str,
    *,
    skip_bad: bool = False,
) -> ImportForeseen:
    """What run_import would do now; changes nothing, and refuses what that would refuse."""
    read = await _read(path, source, programme, club_time())
    imports = Imports(db, vault, programme, club_time)
    compared, faults = await imports.sort_out(read, source, skip_bad=skip_bad)
    foreseen = await imports.foresee(compared, source)
    return replace(foreseen, done=replace(foreseen.done, faults=faults))


async def _read(path: Path, source: str, programme: Programme, now: datetime) -> PurchaseFile:
    if not SOURCE.fullmatch(source):
        remedy = "write 1 to 32 of a-z, 0-9, - and _, like cd-shop"
        raise BadFile([Fault(line=0, column=None, reason=f"bad source {source!r}", remedy=remedy)])
    read = await read_purchases(path, programme, now)
    gc.freeze()  # The collector need not look through all rows again and again: a fifth faster.
    return read


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

    async def sort_out(
        self, read: PurchaseFile, source: str, *, skip_bad: bool
    ) -> tuple[Compared, tuple[Fault, ...]]:
        """What to import, and what is wrong with the rows left out.

        Raises BadFile with every fault unless bad rows may be skipped.
        """
        lines, faults = read.lines, list(read.faults)
        compared = await self.compare(lines, source)
        while skip_bad and compared.faults:  # Without those, others may still contradict.
            faults += compared.faults
            bad = {fault.line for fault in compared.faults}
            lines = [line for line in lines if line.line not in bad]
            compared = await self.compare(lines, source)
        if not skip_bad and (faults or compared.faults):
            raise BadFile([*faults, *compared.faults])
        return compared, tuple(sorted(faults, key=lambda fault: fault.line))

    async def foresee(self, compared: Compared, source: str) -> ImportForeseen:
        """What book would change, and what its customers' tiers would be."""
        earned: Counter[str] = Counter()
        zero_points = 0
        for line in compared.lines:
            order = Order(amount=line.amount, at=line.at, genres=line.genres)
            points = points_of(awards_for(order, self._programme, Circumstances()))
            earned[line.customer] += points
            zero_points += points == 0
        async with self._db.read() as tx:
            before = await imports_store.points_earned(tx, source, list(earned))
        stood = [(before.get(name, 0), points) for name, points in earned.items()]
        done = ImportDone(
            purchases=len(compared.lines),
            customers=len(earned),
            members_new=len(earned.keys() - before.keys()),
            points=earned.total(),
            zero_points=zero_points,
            repeated=compared.repeated,
            departed=compared.departed,
        )
        changed = sum(self._tier(was) != self._tier(was + more) for was, more in stood)
        return ImportForeseen(done=done, tiers_changed=changed)

    def _tier(self, points_earned: int) -> str:
        return tiers.settled(self._programme.main_ladder, None, points_earned)

    async def compare(self, lines: Sequence[PurchaseLine], source: str) -> Compared:
        """What importing these lines would book, and what contradicts the book; no change."""
        settled = await asyncio.to_thread(settle, lines)
        async with self._db.read() as tx:
            new, clashes = await unbooked(tx, settled.lines, source)
            departed = await imports_store.departed(tx, source)
            taken, proved = await self._other_holders(tx, lines, settled, source)
        stay = tuple(line for line in new if line.customer not in departed)
        return Compared(
            lines=stay,
            phones={
                name: line.phone
                for name, line in settled.phones.items()
                if line.phone and name not in proved
            },
            proved=proved,
            repeated=settled.repeated + len(settled.lines) - len(new),
            departed=len(new) - len(stay),
            faults=(*settled.faults, *clashes, *taken),
        )

    async def book(self, compared: Compared, source: str, on_progress: Progress) -> ImportDone:
        """Book history: points, lots and tiers as if each purchase had been recorded at its time.

        One transaction a batch, in order of time: after a crash the same call books exactly what
        is missing. Writes no letters about what is long past; members whose
        phones stand with customers are asked whether they are these.
        """
        assert not compared.faults, "they were sorted out"
        tally: Counter[str] = Counter()
        now = self._club_time()
        for start in range(0, len(compared.lines), BATCH_SIZE):
            batch = compared.lines[start : start + BATCH_SIZE]
            async with self._db.write() as tx:
                tally += await book_history(
                    tx, self._vault, self._programme, batch, source, compared.phones, at=now
                )
            on_progress(start + len(batch), len(compared.lines))
        await self._ask(compared.proved, source)
        return ImportDone(
            purchases=tally["purchases"],
            customers=len({line.customer for line in compared.lines}),
            members_new=tally["members_new"],
            points=tally["points"],
            zero_points=tally["zero_points"],
            repeated=compared.repeated + tally["repeated"],
            departed=compared.departed + tally["departed"],
        )

    async def _ask(self, proved: Mapping[str, int], source: str) -> None:
        """Let members say whether they are the customers with whom their phones stand."""
        pairs = sorted(proved.items(), key=lambda pair: pair[1])
        for start in range(0, len(pairs), ASKED_AT_ONCE):
            part = pairs[start : start + ASKED_AT_ONCE]
            async with self._db.write() as tx:
                ids = await imports_store.ids(tx, source, [name for name, _ in part])
                for name, member_id in part:
                    if name in ids and ids[name] != member_id:
                        await ask_by_letter(tx, member_id, ids[name], self._club_time())

    async def _other_holders(
        self,
        tx: AsyncConnection,
        lines: Sequence[PurchaseLine],
        settled: Settled,
        source: str,
    ) -> tuple[list[Fault], dict[str, int]]:
        """Rows that tell a phone of another customer; and whose phone a member has proved."""
        hashes = {
            self._vault.lookup_hash(line.phone): line
            for line in settled.phones.values()
            if line.phone
        }
        names = await merges_store.names(tx, source)
        taken, proved = dict[tuple[str, str | None], str](), dict[str, int]()
        for phone_hash, holder in (await imports_store.phone_holders(tx, list(hashes))).items():
            line = hashes[phone_hash]
            own = (holder.source, holder.external_id) == (source, line.customer)
            if own or line.customer in names.get(holder.member_id, ()):
                continue
            if holder.proved:
                proved[line.customer] = holder.member_id
            else:
                taken[line.customer, line.phone] = f"member {number_of(holder.member_id)}"
        faults = [
            taken_phone(line, taken[line.customer, line.phone])
            for line in lines
            if (line.customer, line.phone) in taken
        ]
        return faults, proved
