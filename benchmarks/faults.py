"""What each client says when a send goes wrong, and how often the messenger took it."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import crooked
from benchmarks.certificates import server_side
from benchmarks.clients import CLIENTS, Post, Way
from benchmarks.crooked import Behaviour, Crooked
from benchmarks.proxies import Proxy

NOBODY = "http://127.0.0.1:9"
PAUSE_S = 0.1  # Long enough to hear that an idle connection was closed.


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A messenger and what stands before it; the last of `sends` is the one that is looked at."""

    name: str
    behaviour: Behaviour = crooked.answers
    address: str | None = None  # Where nobody is.
    tls: bool = False
    trusted: bool = True
    proxy: str | None = None
    credentials: str | None = None
    silent: bool = False
    sends: int = 1
    at_once: bool = False
    given_up: bool = False  # The task that waits is cancelled.
    limit: int = 8


TROUBLES = (
    Trouble(name="nobody listens", address=NOBODY),
    Trouble(name="no such name", address="http://no-such-host.invalid"),
    Trouble(name="certificate of others", tls=True, trusted=False),
    Trouble(name="reset before reading", behaviour=crooked.resets_at_once),
    Trouble(name="reset after the request", behaviour=crooked.resets_after_the_request),
    Trouble(name="closed after the request", behaviour=crooked.closes_after_the_request),
    Trouble(name="no HTTP", behaviour=crooked.speaks_something_else),
    Trouble(name="silence", behaviour=crooked.hangs),
    Trouble(name="silence in the answer", behaviour=crooked.hangs_in_the_answer),
    Trouble(name="answer cut short", behaviour=crooked.cuts_the_answer),
    Trouble(name="idle connection closed", behaviour=crooked.closes_when_idle, sends=2),
    Trouble(name="used connection swallows", behaviour=crooked.closes_at_the_second, sends=2),
    Trouble(name="all connections busy", behaviour=crooked.hangs, sends=2, at_once=True, limit=1),
    Trouble(name="given up while waiting", behaviour=crooked.hangs, given_up=True),
    Trouble(name="redirect", behaviour=crooked.redirects),
    Trouble(name="http proxy: refused", tls=True, proxy="http", credentials="club:pass"),
    Trouble(name="http proxy: silent", tls=True, proxy="http", silent=True),
    Trouble(
        name="http proxy: reset", tls=True, proxy="http", behaviour=crooked.resets_after_the_request
    ),
    Trouble(name="socks5 proxy: refused", tls=True, proxy="socks5", credentials="club:pass"),
    Trouble(name="socks5 proxy: silent", tls=True, proxy="socks5", silent=True),
    Trouble(
        name="socks5 proxy: reset",
        tls=True,
        proxy="socks5",
        behaviour=crooked.resets_after_the_request,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the client said to the last send, and how often the messenger took it."""

    said: str
    taken: int


async def seen(trouble: Trouble, client: str, certificate: tuple[Path, Path]) -> Seen:
    """Let one client meet one trouble."""
    os.environ["SSL_CERT_FILE"] = str(certificate[0]) if trouble.trusted else os.devnull
    async with _met(trouble, client, certificate) as (post, messenger):
        if trouble.at_once:
            sends = [_said(post, b"first")]
            sends.append(_after(PAUSE_S, _said, post, b"last"))
            said = (await asyncio.gather(*sends))[-1]
        elif trouble.given_up:
            said = await _given_up(post, messenger)
        else:
            for _ in range(trouble.sends - 1):
                await _said(post, b"first")
                await asyncio.sleep(PAUSE_S)
            said = await _said(post, b"last")
        return Seen(said=said, taken=messenger.arrived.count(b"last"))


@asynccontextmanager
async def _met(
    trouble: Trouble, client: str, certificate: tuple[Path, Path]
) -> AsyncIterator[tuple[Post, Crooked]]:
    async with AsyncExitStack() as stack:
        messenger = Crooked(trouble.behaviour, server_side(certificate) if trouble.tls else None)
        await stack.enter_async_context(messenger.open())
        proxy = None
        if trouble.proxy is not None:
            way_in = Proxy(trouble.proxy, trouble.credentials, silent=trouble.silent)
            proxy = (await stack.enter_async_context(way_in.open())).address
        way = Way(
            address=f"{trouble.address or messenger.address}/bot1:token",
            proxy=proxy,
            certificate=str(certificate[0]) if trouble.trusted else None,
            limit=trouble.limit,
            connect_s=0.5,
            answer_s=1.0,
        )
        yield await stack.enter_async_context(CLIENTS[client](way)), messenger


async def _said(post: Post, body: bytes) -> str:
    try:
        status, _ = await post(body)
    except Exception as fault:
        return type(fault).__name__
    return str(status)


async def _given_up(post: Post, messenger: Crooked) -> str:
    """What becomes of the connection."""
    task = asyncio.create_task(_said(post, b"last"))
    await asyncio.sleep(PAUSE_S)
    task.cancel()
    await asyncio.sleep(PAUSE_S)
    return "connection ended" if messenger.ended else "connection goes on"


async def _after(
    delay_s: float, action: Callable[[Post, bytes], Awaitable[str]], post: Post, body: bytes
) -> str:
    await asyncio.sleep(delay_s)
    return await action(post, body)
