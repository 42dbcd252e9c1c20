"""How a sender is measured: `python -m benchmarks.peers.NAME ADDRESS`, which tells as JSON.

Processor time is that of the whole process with its threads, from the first message after a few
that only warm it up to the last answer.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from benchmarks.asking import reset
from benchmarks.cores import memory_mb, take_core

FIRST_CHAT = 7_000_000_001
WARMING = 200  # Messages after which everything is imported, compiled and connected.
Send = Callable[[int], Awaitable[object]]
SendMany = Callable[[range], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be sent, and where to."""

    address: str
    count: int
    in_flight: int


@dataclass(slots=True)
class Watch:
    """Processor time and time since it was made."""

    cpu_s: float
    took_s: float

    @classmethod
    def start(cls) -> "Watch":
        return cls(time.process_time(), time.perf_counter())

    def stop(self) -> None:
        """From now on it tells how long it was."""
        self.cpu_s = time.process_time() - self.cpu_s
        self.took_s = time.perf_counter() - self.took_s


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """What every sender is told."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("address", help="of the server")
    parser.add_argument("--count", type=int, default=1000, help="messages to send")
    parser.add_argument("--in-flight", type=int, default=200, help="at most so many at once")
    parser.add_argument("--core", type=int, help="the core on which it stays")
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), default="uvloop")
    return parser


def tell(**facts: object) -> None:
    """Say how it went."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def measure_each(
    doc: str | None, sender: Callable[[Order], AbstractAsyncContextManager[Send]]
) -> None:
    """Measure one that sends message by message: so many at once as are wanted."""

    async def run(order: Order) -> None:
        async with sender(order) as send:
            await _send_all(send, chats(WARMING), order.in_flight)
            await reset(order.address)
            watch = Watch.start()
            await _send_all(send, chats(order.count), order.in_flight)
            watch.stop()
        _tell(order, watch)

    _run(doc, run)


def measure_many(
    doc: str | None, sender: Callable[[Order], AbstractAsyncContextManager[SendMany]]
) -> None:
    """Measure one that takes a list of chats and goes about it in its own way."""

    async def run(order: Order) -> None:
        async with sender(order) as send:
            await send(chats(min(WARMING, order.count)))
            await reset(order.address)
            watch = Watch.start()
            await send(chats(order.count))
            watch.stop()
        _tell(order, watch)

    _run(doc, run)


def chats(count: int) -> range:
    """Each message goes to a chat of its own."""
    return range(FIRST_CHAT, FIRST_CHAT + count)


def run_on(loop: str, coroutine_of: Callable[[], Awaitable[None]]) -> None:
    """Run it on a loop of that kind."""

    async def main() -> None:
        await coroutine_of()

    if loop == "uvloop":
        import uvloop

        uvloop.run(main())
    else:
        asyncio.run(main())


async def _send_all(send: Send, wanted: range, in_flight: int) -> None:
    left: Iterator[int] = iter(wanted)

    async def work() -> None:
        for chat in left:
            await send(chat)

    await asyncio.gather(*(work() for _ in range(in_flight)))


def _run(doc: str | None, run: Callable[[Order], Awaitable[None]]) -> None:
    given = arguments(doc).parse_args()
    take_core(given.core)
    order = Order(address=given.address, count=given.count, in_flight=given.in_flight)
    run_on(given.loop, lambda: run(order))


def _tell(order: Order, watch: Watch) -> None:
    tell(
        sent=order.count,
        cpu_s=watch.cpu_s,
        took_s=watch.took_s,
        peak_mb=memory_mb(peak=True),
    )
