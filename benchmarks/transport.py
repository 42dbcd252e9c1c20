"""The way to the messenger by two client libraries, side by side: `python -m benchmarks.transport`.

What a send costs the process that sends, in processor time and memory, over plain HTTP, over TLS
and through two kinds of proxies; then what each client says when something goes wrong. Each run is
a process and a core of its own, and the clients take turns. `ours` is the program's transport.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import product
from pathlib import Path

from benchmarks.certificates import make_certificate
from benchmarks.clients import CLIENTS, LOOPS, Cost
from benchmarks.faults import TROUBLES, seen

SENDING_CORE, ANSWERING_CORE = "0", "1"
WAYS = ("plain", "TLS", "http proxy", "socks5 proxy")
TOKEN = "bot1:token"
Key = tuple[str, str, str, int]  # Way, loop, client, in flight.


@asynccontextmanager
async def process(*command: str) -> AsyncIterator[dict[str, str]]:
    """A server, and the addresses that it tells."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None, "asked for above"
    try:
        yield json.loads(await server.stdout.readline())
    finally:
        server.terminate()
        await server.wait()


@asynccontextmanager
async def ways(certificate: tuple[Path, Path]) -> AsyncIterator[dict[str, list[str]]]:
    """Each way as the options of a client; proxies are led to the server with TLS."""
    bare = ("benchmarks.bare_server", "--message", f"--core={ANSWERING_CORE}")
    files = (f"--certificate={certificate[0]}", f"--key={certificate[1]}")
    async with AsyncExitStack() as stack:
        plain = await stack.enter_async_context(process(*bare))
        tls = await stack.enter_async_context(process(*bare, *files))
        proxies = await stack.enter_async_context(process("benchmarks.proxies", ANSWERING_CORE))
        trusting = [f"{tls['address']}/{TOKEN}", f"--certificate={certificate[0]}"]
        yield {
            "plain": [f"{plain['address']}/{TOKEN}"],
            "TLS": trusting,
            "http proxy": [*trusting, f"--proxy={proxies['http']}"],
            "socks5 proxy": [*trusting, f"--proxy={proxies['socks5']}"],
        }


async def measure(client: str, loop: str, options: Sequence[str], certificate: Path) -> list[Cost]:
    """One client in a process of its own."""
    sender = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.clients", client, loop, *options),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "SSL_CERT_FILE": str(certificate)},
    )
    told, _ = await sender.communicate()
    assert sender.returncode == 0, f"{client} failed"
    return [Cost(**cost) for cost in json.loads(told)]


def tell(found: dict[Key, list[Cost]], in_flight: Sequence[int]) -> None:
    """One line a way and loop and number in flight; clients beside each other."""
    print(f"{'':36}{'CPU µs a send':>24}{'sends a second':>27}{'memory grown, MB':>30}")
    heads = "".join(f"{client:>{width}}" for width in (10, 10, 10) for client in CLIENTS)
    print(f"{'way':<14}{'loop':<10}{'in flight':<9}{heads}{'aiohttp / ours':>16}")
    for way, loop, number in product(WAYS, LOOPS, in_flight):
        runs = [found.get((way, loop, client, number), []) for client in CLIENTS]
        if not all(runs):
            continue
        cpu = [statistics.median(cost.cpu_us for cost in some) for some in runs]
        rate = [statistics.median(cost.per_second for cost in some) for some in runs]
        grown = [statistics.median(cost.grown_mb for cost in some) for some in runs]
        print(
            f"{way:<14}{loop:<10}{number:<9}"
            + "".join(f"{one:>10.0f}" for one in cpu)
            + "".join(f"{one:>10,.0f}" for one in rate)
            + "".join(f"{one:>10.1f}" for one in grown)
            + f"{cpu[0] / cpu[-1]:>16.1f}"
        )


async def costs(given: argparse.Namespace, certificate: tuple[Path, Path]) -> None:
    """Measure all in turn, and tell."""
    found: dict[Key, list[Cost]] = {}
    numbers = [str(number) for number in given.in_flight]
    more = ["--in-flight", *numbers, f"--sends={given.sends}", f"--core={SENDING_CORE}"]
    try:
        async with ways(certificate) as options:
            for _ in range(given.rounds):
                for way, loop, client in product(given.ways, LOOPS, CLIENTS):
                    for cost in await measure(client, loop, options[way] + more, certificate[0]):
                        found.setdefault((way, loop, client, cost.in_flight), []).append(cost)
    finally:  # Ctrl-C tells what is known so far.
        print(f"{given.sends:,} sends a run, medians of up to {given.rounds} runs")
        tell(found, given.in_flight)


async def faults(certificate: tuple[Path, Path]) -> None:
    """What each client says, and how often that send reached the messenger."""
    heads = "".join(f"{client:>34}" for client in CLIENTS)
    print(f"\n{'what happens':<26}{heads}   (× taken by the messenger)")
    for trouble in TROUBLES:
        ends = [await seen(trouble, client, certificate) for client in CLIENTS]
        told = [f"{end.said} ×{end.taken}" for end in ends]
        print(f"{trouble.name:<26}" + "".join(f"{one:>34}" for one in told), flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", default=["costs", "faults"])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--in-flight", type=int, nargs="+", default=[1, 64, 200])
    parser.add_argument("--sends", type=int, default=3000, help="messages a run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, in turn")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(Path(folder))
        if "costs" in given.parts:
            await costs(given, certificate)
        if "faults" in given.parts:
            await faults(certificate)


if __name__ == "__main__":
    asyncio.run(main())
