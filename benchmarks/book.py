"""How fast the book is, beside its own statements said bare: `python -m benchmarks.book`.

On SQLite and on PostgreSQL, in one run: a purchase through the service one at a time, by eight
writers at once, in batches, with ten thousand members and with a million; the night's jobs over a
million members (184,000 of three million lots expire, the ladders are reviewed, birthdays are
greeted); the audit of a million transfers. Each part is heard once, statement by statement, and
then said again through aiosqlite or asyncpg to the same rows; a ratio of 1 means that the service
costs nothing. On SQLite the purchases are said through sqlite3 too, without loop and thread.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks import bare, deeds
from benchmarks.bare import Heard, Said
from benchmarks.ground import Ground, fill, fsync_ms, postgres
from club.ticks import Job
from services.sealing import Sealing
from storage.db import Database

PARTS = ("single", "writers", "batches", "flat", "expiry", "review", "birthdays", "audit")
NIGHTLY = (Job.EXPIRE_LOTS, Job.REVIEW, Job.BIRTHDAYS)
JOBS = dict(zip(("expiry", "review", "birthdays"), NIGHTLY, strict=True))
LOTS_EACH = 3
WARMING = 20  # Purchases after which everything is compiled.
EXPIRING = 184_000 / 3_000_000
SHARED_MEMORY = Path("/dev/shm")
Deed = Callable[[Database], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much of everything."""

    few: int  # Members of a small club …
    members: int  # … and of a large one.
    transfers: int
    purchases: int
    batched: int
    rounds: int


class Run:
    """The parts on one database family."""

    def __init__(self, ground: Ground, scale: Scale) -> None:
        self._ground = ground
        self._scale = scale
        self._changed: object = 0  # What the last deed said of itself.

    async def run(self, parts: Sequence[str]) -> None:
        """Make what is needed, measure these parts, and print each as it ends."""
        scale = self._scale
        if {"single", "writers", "batches", "flat"} & set(parts):
            await self._filled("few", scale.few, LOTS_EACH)
        if {"flat", *JOBS} & set(parts):
            await self._filled("many", scale.members, LOTS_EACH)
        for part in parts:
            if job := JOBS.get(part):
                await self._job(part, job)
            else:
                await getattr(self, f"_{part}")()

    async def _filled(self, name: str, members: int, lots_each: int, spent: int = 0) -> None:
        db = await self._ground.make(name)
        await fill(db, deeds.LOWEST, members, lots_each, spent)
        await db.close()

    async def _single(self) -> None:
        number = self._scale.purchases
        deed, warming = partial(_buy, self._scale.few, number), partial(_warm, self._scale.few)
        await self._warmed(warming)
        heard, _ = await self._heard("warmed", deed)
        found = []
        for _ in self._rounds:
            ours_s = await self._timed("few", deed, warming)
            found.append((ours_s, await self._said("warmed", [heard.transactions])))
        each = heard.statements / number
        _tell("one at a time", number, found, f"{each:.1f} statements a purchase")
        if self._ground.is_sqlite:
            times = [await self._at_once("warmed", heard.transactions) for _ in self._rounds]
            said = [(ours_s, bare_s) for (ours_s, _), bare_s in zip(found, times, strict=True)]
            _tell("  beside sqlite3", number, said)

    async def _writers(self) -> None:
        number, few = self._scale.purchases, self._scale.few
        each = number // deeds.WRITERS
        await self._ground.copy("few", "numbered")
        await self._ground.number_by_writer("numbered", deeds.WRITERS)
        streams = []
        await self._ground.copy("numbered", "heard")
        for writer in range(deeds.WRITERS):
            await self._ground.be_writer("heard", writer)
            some = range(writer * each, (writer + 1) * each)
            db = Database(self._ground.url("heard"))
            with bare.listening() as heard:
                await deeds.buy(db, few, some, some.start)
            await db.close()
            streams.append(heard.transactions)
        await self._ground.drop("heard")

        def deed(db: Database) -> Awaitable[object]:
            return deeds.buy_at_once(db, few, number)

        found = [await self._both("few", deed, streams, "numbered") for _ in self._rounds]
        _tell(f"{deeds.WRITERS} writers", each * deeds.WRITERS, found)
        await self._ground.drop("numbered")

    async def _batches(self) -> None:
        lines = deeds.history(self._scale.batched)

        def deed(db: Database) -> Awaitable[object]:
            return deeds.bring(db, lines)

        heard, _ = await self._heard("few", deed)
        found = [await self._both("few", deed, [heard.transactions]) for _ in self._rounds]
        _tell("in batches", len(lines), found)

    async def _flat(self) -> None:
        number, found = self._scale.purchases, []
        for _ in self._rounds:
            many_s, few_s = [
                await self._timed(name, partial(_buy, of, number), partial(_warm, of))
                for name, of in (("many", self._scale.members), ("few", self._scale.few))
            ]
            found.append((many_s, few_s))
        few, many = f"{self._scale.few:,}", f"{self._scale.members:,}"
        _tell(f"{many} members", number, found, f"beside {few} members, not bare")

    async def _job(self, part: str, job: Job) -> None:
        days = 365 * (1 + EXPIRING) if job is Job.EXPIRE_LOTS else 367
        at = deeds.BEGAN + timedelta(days=days)

        def deed(db: Database) -> Awaitable[object]:
            return deeds.tick(db, job, at)

        found = []
        for _ in self._rounds:
            heard, ours_s = await self._heard("many", deed)
            found.append((ours_s, await self._said("many", [heard.transactions])))
        of = f"{self._scale.members:,} members"
        _tell(part, self._changed, found, f"{heard.statements:,} statements, {of}")

    async def _audit(self) -> None:
        members = self._scale.transfers // (LOTS_EACH + 1)
        await self._filled("proven", members, LOTS_EACH, members)
        db = Database(self._ground.url("proven"))
        while await Sealing(db).seal():
            pass
        found = []
        for _ in self._rounds:
            began = time.perf_counter()
            with bare.listening() as heard:
                transfers = await deeds.audit(db)
            ours_s = time.perf_counter() - began
            began = time.perf_counter()
            await bare.say(self._ground.url("proven"), [heard.transactions])
            found.append((ours_s, time.perf_counter() - began))
        await db.close()
        _tell("audit", transfers, found, f"{heard.statements:,} statements")
        await self._ground.drop("proven")

    @property
    def _rounds(self) -> range:
        return range(self._scale.rounds)

    async def _both(
        self, base: str, deed: Deed, streams: Sequence[Sequence[Sequence[Said]]], said: str = ""
    ) -> tuple[float, float]:
        """Seconds through the service and bare, each on a fresh copy."""
        return await self._timed(base, deed), await self._said(said or base, streams)

    async def _warmed(self, warming: Deed) -> None:
        """A copy in which the purchases stand that only warm up a service."""
        await self._ground.drop("warmed")
        await self._ground.copy("few", "warmed")
        db = Database(self._ground.url("warmed"))
        await warming(db)
        await db.close()

    async def _timed(self, base: str, deed: Deed, warming: Deed | None = None) -> float:
        await self._ground.copy(base, "ours")
        db = Database(self._ground.url("ours"))
        if warming is not None:
            await warming(db)
        began = time.perf_counter()
        self._changed = await deed(db)
        took_s = time.perf_counter() - began
        await db.close()
        await self._ground.drop("ours")
        return took_s

    async def _heard(self, base: str, deed: Deed) -> tuple[Heard, float]:
        with bare.listening() as heard:
            took_s = await self._timed(base, deed)
        return heard, took_s

    async def _said(self, base: str, streams: Sequence[Sequence[Sequence[Said]]]) -> float:
        await self._ground.copy(base, "bare")
        began = time.perf_counter()
        await bare.say(self._ground.url("bare"), streams)
        took_s = time.perf_counter() - began
        await self._ground.drop("bare")
        return took_s

    async def _at_once(self, base: str, transactions: Sequence[Sequence[Said]]) -> float:
        await self._ground.copy(base, "bare")
        began = time.perf_counter()
        bare.say_at_once(self._ground.url("bare"), transactions)
        took_s = time.perf_counter() - began
        await self._ground.drop("bare")
        return took_s


def _buy(members: int, number: int, db: Database) -> Awaitable[object]:
    return deeds.buy(db, members, range(number), 0)


def _warm(members: int, db: Database) -> Awaitable[object]:
    return deeds.buy(db, members, range(10**9, 10**9 + WARMING), 1)


def _tell(
    part: str, number: object, found: Sequence[tuple[float, float]], besides: str = ""
) -> None:
    """Print a part: medians, and the ratio as bare time to ours."""
    assert isinstance(number, int), "something is counted"
    ours_s, bare_s = (statistics.median(times) for times in zip(*found, strict=True))
    ratio = statistics.median(bare / ours for ours, bare in found)
    print(
        f"{part:<18}{number:>9,}{ours_s:>9.2f} s{number / ours_s:>9,.0f}/s"
        f"{bare_s:>9.2f} s{number / bare_s:>9,.0f}/s{ratio:>7.2f}  {besides}",
        flush=True,
    )


def main() -> None:
    """Measure what is asked for."""
    given = _arguments()
    scale = Scale(
        few=given.few,
        members=given.members,
        transfers=given.transfers,
        purchases=given.purchases,
        batched=given.batched,
        rounds=given.rounds,
    )
    print(f"medians of {scale.rounds} rounds; ratio: time said bare / time through the service")
    for family in given.databases:
        with tempfile.TemporaryDirectory(dir=given.folder) as name:
            folder = Path(name)
            print(f"\n{family}, in {folder.parent}, where fsync takes {fsync_ms(folder):.2f} ms")
            print(f"{'':<18}{'':>9}{'service':>11}{'':>11}{'bare':>11}{'':>11}{'ratio':>7}")
            if family == "sqlite":
                asyncio.run(Run(Ground(folder, None), scale).run(given.parts))
            else:
                with postgres(folder) as server:
                    asyncio.run(Run(Ground(folder, server), scale).run(given.parts))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10_000, help="members of a small club")
    parser.add_argument("--members", type=int, default=1_000_000, help="members of a large club")
    parser.add_argument("--transfers", type=int, default=1_000_000, help="moves to audit")
    parser.add_argument("--purchases", type=int, default=800, help="purchases a run")
    parser.add_argument("--batched", type=int, default=20_000, help="purchases in batches")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each part")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    families = ("sqlite", "postgresql")
    parser.add_argument("--databases", nargs="+", choices=families, default=families)
    fast = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    parser.add_argument("--folder", type=Path, default=fast, help="where the databases stand")
    return parser.parse_args()


if __name__ == "__main__":
    main()
