"""How many messages a second the sandbox takes on one core: `python -m benchmarks.sandbox`.

Compared in one run: the strict sandbox, the one that checks nothing, and the bare minimum, a
protocol that reads a request and gives a fixed answer. Each server is a process of its own; sends
per second of its processor time tell what one core can do, whoever else is using the machine.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psutil

from benchmarks.promotion import KEYBOARD, TEXT

HERE = Path(__file__).parent
CONNECTIONS = 16
PEOPLE = 200
CROWD = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run against one server."""

    per_second: float  # By the clock on the wall.
    per_core_second: float  # By the server's own processor time.
    memory_mb: float


async def ask(address: str, request: bytes, times: int) -> None:
    """Send the same kind of request again and again on one connection."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for _ in range(times):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        assert body.startswith(b'{"ok":true'), body[:200]
    writer.close()
    await writer.wait_closed()


def request_for(address: str, token: str, chat_id: int) -> bytes:
    """A promotion with two buttons, as a form."""
    body = urlencode(
        {
            "chat_id": chat_id,
            "text": TEXT,
            "parse_mode": "HTML",
            "reply_markup": json.dumps(KEYBOARD),
        }
    ).encode()
    host = address.removeprefix("http://")
    head = (
        f"POST /bot{token}/sendMessage HTTP/1.1\r\nHost: {host}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@asynccontextmanager
async def server(*command: str) -> AsyncIterator[tuple[dict[str, Any], psutil.Process]]:
    """A server's process and what it says of itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None, "asked for above"
    try:
        yield json.loads(await process.stdout.readline()), psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def people(address: str, number: int) -> list[int]:
    """New people who have started the bot."""

    async def start(names: range) -> list[int]:
        chats = []
        for name in names:
            new = {"first_name": f"Person {name}", "language_code": "en"}
            person = (await http.post("/api/people", json=new)).json()["id"]
            say = f"/api/people/{person}/chats/{person}/messages"
            (await http.post(say, json={"text": "/start"})).raise_for_status()
            chats.append(person)
        return chats

    async with httpx.AsyncClient(base_url=address) as http:
        parts = [range(first, number, CONNECTIONS) for first in range(CONNECTIONS)]
        return [chat for part in await asyncio.gather(*map(start, parts)) for chat in part]


async def measure(command: list[str], sends: int, *, bare: bool) -> Run:
    """Send so many messages to one server, over several connections."""
    async with server(*command) as (facts, process):
        address, token = facts["address"], facts["token"]
        chats = [1] * CONNECTIONS if bare else await people(address, PEOPLE)
        requests = [request_for(address, token, chat) for chat in chats[:CONNECTIONS]]
        await asyncio.gather(*(ask(address, one, 20) for one in requests))  # Warm.
        cpu, began = sum(process.cpu_times()[:2]), time.perf_counter()
        each = sends // CONNECTIONS
        await asyncio.gather(*(ask(address, one, each) for one in requests))
        took_s = time.perf_counter() - began
        used_s = sum(process.cpu_times()[:2]) - cpu
        done = each * CONNECTIONS
        memory = process.memory_info().rss / 2**20
        return Run(per_second=done / took_s, per_core_second=done / used_s, memory_mb=memory)


async def crowd(state: Path) -> tuple[float, float]:
    """Memory in MB before and after CROWD people have each said and heard something."""
    async with server("-m", "sandbox", "--port=0", f"--state={state}") as (facts, process):
        empty = process.memory_info().rss / 2**20
        address, token = facts["address"], facts["token"]
        chats = await people(address, CROWD)
        for first in range(0, CROWD, CONNECTIONS):
            some = [request_for(address, token, chat) for chat in chats[first:][:CONNECTIONS]]
            await asyncio.gather(*(ask(address, one, 1) for one in some))
        return empty, process.memory_info().rss / 2**20


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sends", type=int, default=5_000, help="messages a run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each server, in turn")
    given = parser.parse_args()
    found: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.rounds):
            state = Path(folder) / f"town{number}"
            sandbox = ["-m", "sandbox", "--port=0"]
            servers = {
                "strict": [*sandbox, f"--state={state}-strict.sqlite"],
                "not strict": [*sandbox, f"--state={state}-loose.sqlite", "--not-strict"],
                "bare minimum": [str(HERE / "bare_server.py")],
            }
            for name, command in servers.items():
                run = await measure(command, given.sends, bare=name == "bare minimum")
                found.setdefault(name, []).append(run)
        empty, full = await crowd(Path(folder) / "crowd.sqlite")
    print(f"{given.sends:,} messages a run, medians of {given.rounds} runs")
    print(f"{'server':<14}{'sends/s':>10}{'sends/s of a core':>20}{'memory, MB':>12}")
    for name, runs in found.items():
        wall = statistics.median(run.per_second for run in runs)
        core = statistics.median(run.per_core_second for run in runs)
        memory = statistics.median(run.memory_mb for run in runs)
        print(f"{name:<14}{wall:>10,.0f}{core:>20,.0f}{memory:>12,.0f}")
    print(f"{CROWD:,} people, each with two messages: {empty:.0f} MB → {full:.0f} MB")


if __name__ == "__main__":
    asyncio.run(main())
