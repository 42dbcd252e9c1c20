"""What it costs to send, ours beside others: `python -m benchmarks.send`.

Side by side in one run: the same server, the same message to the same number of people, one core
for the sender and another for the server, rounds in turn. Others only send; ours is the whole
path, from the outbox in the database back into it, with every letter's every state committed.

`make bench` makes the environment in which the others live.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks import clubs, tables
from benchmarks.ground import Ground, fsync_ms, postgres
from benchmarks.peers.measured import WARMING
from benchmarks.senders import BARE, ONE_BY_ONE, PEERS, ROOT, Run, answering, send
from storage.vault import Vault, make_key

PARTS = ("free", "late", "limits", "million")
LATENCY_MS = 50
SECONDS_AT = {30: 20, 1000: 10}  # How long at which limit.
FEW = 10  # Warm up a sender that has to wait for each of them.
SPARE = 2  # The server's clock is not ours: so many more pass in its second.
PATIENCE = 25  # Who waits for each answer sends so many times fewer where they come late.
SHARED_MEMORY = Path("/dev/shm")
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
OURS, OURS_BY_NAME = "Bashgah", "Bashgah, by name"
SENDERS = (OURS, OURS_BY_NAME, *PEERS)


class Bench:
    """All that is measured, on one database."""

    def __init__(self, given: argparse.Namespace, made: Ground) -> None:
        self._given = given
        self._made = made
        self._key = make_key()
        self._runs = 0
        self._patterns: set[str] = set()

    async def run(self) -> None:
        """Measure part by part, and print each as it ends."""
        given = self._given
        if "free" in given.parts:
            tables.tell_costs(await self._all(0), given.markdown)
        if "late" in given.parts:
            possible = given.in_flight / LATENCY_MS * 1000
            tables.tell_pace(await self._all(LATENCY_MS), possible, given.markdown)
        if "limits" in given.parts:
            runs = {limit: await self._limited(limit) for limit in SECONDS_AT}
            tables.tell_limits(runs, given.markdown)
        if "million" in given.parts:
            tables.tell_memory(await self._many(), given.members, given.markdown)

    async def _all(self, latency_ms: float) -> dict[str, list[Run]]:
        """Everybody in turn, so many rounds."""
        found: dict[str, list[Run]] = {name: [] for name in self._given.senders}
        for _ in range(self._given.rounds):
            for name, runs in found.items():
                slow = latency_ms > 0 and name == ONE_BY_ONE
                count = max(1, self._given.count // PATIENCE) if slow else self._given.count
                async with answering(latency_ms=latency_ms) as address:
                    runs.append(await self._one(name, address, count))
        return found

    async def _one(self, name: str, address: str, count: int) -> Run:
        given = self._given
        if name in (OURS, OURS_BY_NAME):
            by_name = ("--by-name",) if name == OURS_BY_NAME else ()
            return await self._ours(address, count, count, *by_name)
        python = sys.executable if name == BARE else str(given.peers)
        module = f"benchmarks.peers.{PEERS[name]}"
        return await send(address, module, *self._common(count), python=python)

    async def _limited(self, limit: int) -> Run:
        """Ours at the pace that such a server allows."""
        count = limit * (self._given.seconds or SECONDS_AT[limit])
        async with answering(limit=limit + SPARE) as address:
            return await self._ours(address, count, count, f"--rate={limit}", "--by-name", few=FEW)

    async def _many(self) -> Run:
        """Ours to so many that only some of them are waited for."""
        given = self._given
        async with answering() as address:
            return await self._ours(address, given.members, given.sends, "--cut-off", "--by-name")

    async def _ours(
        self, address: str, members: int, count: int, *options: str, few: int = WARMING
    ) -> Run:
        async with self._club(members, few) as database:
            return await send(
                address,
                "benchmarks.ours",
                *(f"--database={database}", f"--key={self._key}"),
                *self._common(count),
                *options,
            )

    @asynccontextmanager
    async def _club(self, members: int, few: int) -> AsyncIterator[str]:
        """The address of a club with so many members, which nobody has written to."""
        self._runs += 1
        name, pattern = f"run{self._runs}", f"club{members}and{few}"
        if pattern not in self._patterns:
            await clubs.found(self._made, pattern, members, few, Vault(self._key))
            self._patterns.add(pattern)
        await self._made.copy(pattern, name)
        try:
            yield self._made.url(name)
        finally:
            await self._made.drop(name)

    def _common(self, count: int) -> tuple[str, ...]:
        given = self._given
        return (f"--count={count}", f"--in-flight={given.in_flight}", f"--loop={given.loop}")


def main() -> None:
    """Measure what is asked for."""
    given = _arguments()
    others = [name for name in given.senders if name in PEERS and name != BARE]
    if others and {"free", "late"} & set(given.parts) and not given.peers.exists():
        raise SystemExit(f"There is no {given.peers} for others to run on: `make bench` makes it.")
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        database = "PostgreSQL" if given.postgres else "SQLite"
        tables.tell_machine(f"{database}, where fsync takes {fsync_ms(folder):.2f} ms", given.loop)
        if given.postgres:
            with postgres(folder) as server:
                asyncio.run(Bench(given, Ground(folder, server)).run())
        else:
            asyncio.run(Bench(given, Ground(folder, None)).run())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5_000, help="messages of a sender a round")
    parser.add_argument("--in-flight", type=int, default=200, help="at most so many at once")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, each with every sender")
    parser.add_argument("--senders", nargs="+", choices=SENDERS, default=SENDERS)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seconds", type=int, help="how long under each limit")
    parser.add_argument("--members", type=int, default=1_000_000, help="members of a large club")
    parser.add_argument("--sends", type=int, default=100_000, help="of them so many are waited for")
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), default="uvloop")
    parser.add_argument("--postgres", action="store_true", help="ours stands on PostgreSQL")
    parser.add_argument("--markdown", action="store_true", help="print tables for a document")
    parser.add_argument("--peers", type=Path, default=PEERS_PYTHON, help="others' Python")
    fast = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    parser.add_argument("--folder", type=Path, default=fast, help="where the databases stand")
    return parser.parse_args()


if __name__ == "__main__":
    main()
