"""Senders and the server they send to: a process and a core each."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import asking
from benchmarks.asking import Counts
from benchmarks.sandbox import server

ROOT = Path(__file__).parents[1]
SENDING_CORE, ANSWERING_CORE = 0, 1
PATIENCE_S = 1200
BARE = "bare pyreqwest"
ONE_BY_ONE = "aiogram-broadcaster"
PEERS = {
    "aiogram": "aiogram_bot",
    "pyTelegramBotAPI": "telebot_bot",
    "python-telegram-bot": "ptb_bot",
    ONE_BY_ONE: "broadcaster",
    BARE: "bare",
}
STEADY = (0.1, 0.9)  # Between these shares of its messages a sender neither begins nor ends.


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a sender said of itself."""

    sent: int
    cpu_s: float
    took_s: float
    peak_mb: float
    launch_s: float = 0.0
    woke_at: float = 0.0
    before_mb: float = 0.0
    memory_mb: tuple[float, ...] = ()  # While it sent.


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One sender against one server."""

    told: Told
    counts: Counts
    stamps: tuple[float, ...]

    @property
    def cpu_us(self) -> float:
        """Processor time of a message."""
        return self.told.cpu_s / self.told.sent * 1e6

    @property
    def per_second(self) -> float:
        """Messages a second, from the first to the last as the server saw them."""
        return (len(self.stamps) - 1) / (self.stamps[-1] - self.stamps[0])

    @property
    def steady_per_second(self) -> float:
        """The same without the beginning and the end."""
        first, last = (int(share * (len(self.stamps) - 1)) for share in STEADY)
        return (last - first) / (self.stamps[last] - self.stamps[first])

    @property
    def most_in_a_second(self) -> int:
        """The largest number of messages that came in any rolling second."""
        most = first = 0
        for number, moment in enumerate(self.stamps):
            while moment - self.stamps[first] >= 1:
                first += 1
            most = max(most, number - first + 1)
        return most


@asynccontextmanager
async def answering(*, latency_ms: float = 0, limit: int | None = None) -> AsyncIterator[str]:
    """The address of a server that answers."""
    options = [f"--latency-ms={latency_ms}", f"--core={ANSWERING_CORE}"]
    if limit is not None:
        options.append(f"--limit={limit}")
    async with server("-m", "benchmarks.answering", *options) as (facts, _):
        yield facts["address"]


async def send(address: str, module: str, *options: str, python: str = sys.executable) -> Run:
    """Run a sender to its end."""
    process = await asyncio.create_subprocess_exec(
        *(python, "-m", module, address, f"--core={SENDING_CORE}", *options),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            said, complained = await process.communicate()
    except BaseException:
        process.kill()
        raise
    if process.returncode != 0:
        raise SystemExit(f"{module} failed:\n{complained.decode()[-2000:]}")
    facts = json.loads(said.splitlines()[-1])
    told = Told(**facts | {"memory_mb": tuple(facts.get("memory_mb", ()))})
    stamps = tuple(await asking.stamps(address))
    return Run(told=told, counts=await asking.counts(address), stamps=stamps)
