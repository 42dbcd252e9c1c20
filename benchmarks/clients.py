"""Client libraries behind one call, and what a send by one of them costs its process.

`python -m benchmarks.clients` measures one client on one loop over one way and prints it as JSON.
"""

import argparse
import asyncio
import json
import ssl
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta

import aiohttp
import uvloop
from aiohttp_socks import ProxyConnector
from pyreqwest.client import ClientBuilder
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.request import ConsumedRequest, RequestBody

from benchmarks.cores import memory_mb, take_core
from benchmarks.promotion import KEYBOARD, PLAIN
from bot.delivery.transport import ClubRequest

LIMIT = 256
CONNECT_S = 1.0
ANSWER_S = 2.0
SETTLE_S = 0.1  # The thread of pyreqwest must not be awake while Python ends.
JSON = "application/json"
BODY = json.dumps({"chat_id": 4_815_162_342, "text": PLAIN, "reply_markup": KEYBOARD}).encode()
Post = Callable[[bytes], Awaitable[tuple[int, bytes]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where the messenger is, and what stands in between."""

    address: str  # With the token, without the method.
    proxy: str | None = None
    certificate: str | None = None  # To be trusted; SSL_CERT_FILE names it too.
    limit: int = LIMIT
    connect_s: float = CONNECT_S
    answer_s: float = ANSWER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What sending cost with so many in flight."""

    in_flight: int
    cpu_us: float  # Of the process with all its threads, a message.
    per_second: float
    grown_mb: float  # Since before the first request.


@asynccontextmanager
async def by_aiohttp(way: Way) -> AsyncIterator[Post]:
    """As the program sent with it."""
    trust = ssl.create_default_context(cafile=way.certificate)
    proxy = way.proxy
    if proxy is not None and proxy.startswith("socks"):
        connector: aiohttp.TCPConnector = ProxyConnector.from_url(proxy, limit=way.limit, ssl=trust)
        proxy = None
    else:
        connector = aiohttp.TCPConnector(limit=way.limit, ssl=trust)
    limits = aiohttp.ClientTimeout(
        total=way.answer_s, connect=way.connect_s, sock_connect=way.connect_s
    )
    url, headers = f"{way.address}/sendMessage", {"Content-Type": JSON}
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:

        async def post(body: bytes) -> tuple[int, bytes]:
            async with session.post(
                url, data=body, headers=headers, timeout=limits, proxy=proxy, allow_redirects=False
            ) as response:
                return response.status, await response.read()

        yield post


@asynccontextmanager
async def by_pyreqwest(way: Way) -> AsyncIterator[Post]:
    """The library alone."""
    builder = ClientBuilder().follow_redirects(enable=False)  # Trusts by SSL_CERT_FILE.
    builder = builder.connect_timeout(timedelta(seconds=way.connect_s))
    builder = builder.timeout(timedelta(seconds=way.answer_s)).max_connections(way.limit)
    builder = builder.pool_timeout(timedelta(seconds=way.connect_s))
    if way.proxy is None:
        builder = builder.no_proxy()
    else:
        builder = builder.proxy(ProxyBuilder.all(way.proxy))
    async with builder.build() as client:
        url = f"{way.address}/sendMessage"
        ready = client.post(url).header("Content-Type", JSON).build()

        async def post(body: bytes) -> tuple[int, bytes]:
            request = ConsumedRequest.from_request_and_body(ready, RequestBody.from_bytes(body))
            response = await request.send()
            return response.status, (await response.bytes()).to_bytes()

        yield post


@asynccontextmanager
async def by_ours(way: Way) -> AsyncIterator[Post]:
    """The program's transport."""
    async with ClubRequest(
        way.address,
        proxy=way.proxy,
        connections=way.limit,
        connect_timeout_s=way.connect_s,
        read_timeout_s=way.answer_s,
    ) as request:

        async def post(body: bytes) -> tuple[int, bytes]:
            return await request.send("sendMessage", body)

        yield post


CLIENTS: dict[str, Callable[[Way], AbstractAsyncContextManager[Post]]] = {
    "aiohttp": by_aiohttp,
    "pyreqwest": by_pyreqwest,
    "ours": by_ours,
}
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


async def costs(client: str, way: Way, in_flight: list[int], sends: int) -> list[Cost]:
    """What sending costs with few and with many in flight."""
    found = []
    async with CLIENTS[client](way) as post:
        before_mb = memory_mb()
        for number in in_flight:
            await _send(post, number, 2 * number)  # Connect, and warm up.
            cpu, began = time.process_time(), time.perf_counter()
            await _send(post, number, sends)
            used_s, took_s = time.process_time() - cpu, time.perf_counter() - began
            found.append(
                Cost(
                    in_flight=number,
                    cpu_us=used_s / sends * 1e6,
                    per_second=sends / took_s,
                    grown_mb=memory_mb() - before_mb,
                )
            )
    return found


async def _send(post: Post, in_flight: int, sends: int) -> None:
    numbers = iter(range(sends))

    async def work() -> None:
        for _ in numbers:
            status, _ = await post(BODY)
            assert status == 200

    await asyncio.gather(*(work() for _ in range(in_flight)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("loop", choices=LOOPS)
    parser.add_argument("address")
    parser.add_argument("--proxy")
    parser.add_argument("--certificate")
    parser.add_argument("--in-flight", type=int, nargs="+", default=[1, 64, 200])
    parser.add_argument("--sends", type=int, default=3000)
    parser.add_argument("--core", type=int)
    given = parser.parse_args()
    take_core(given.core)
    way = Way(
        address=given.address,
        proxy=given.proxy,
        certificate=given.certificate,
        connect_s=30,
        answer_s=60,
    )
    with asyncio.Runner(loop_factory=LOOPS[given.loop]) as runner:
        found = runner.run(costs(given.client, way, given.in_flight, given.sends))
    sys.stdout.write(json.dumps([asdict(cost) for cost in found]) + "\n")
    time.sleep(SETTLE_S)


if __name__ == "__main__":
    main()
