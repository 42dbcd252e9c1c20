"""The ways to a messenger that breaks off: with TLS and without, straight and by a proxy."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.certificates import server_side
from benchmarks.crooked import Behaviour, Crooked
from benchmarks.proxies import Proxy
from bot.delivery.connections import Connections

TOKEN = "4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcK"
SOON_S = 0.5
LONG_S = 10.0
NOBODY = "127.0.0.1:9"
WAYS = ("http", "https", *(f"{a} by {b}" for a in ("http", "https") for b in ("http", "socks5h")))
PROXIES = ("http", "https", "socks5", "socks5h")


class Ways:
    """Opens a messenger, a proxy where one stands on the way, and connections to them."""

    def __init__(self, certificate: tuple[Path, Path]) -> None:
        self._certificate = certificate

    @asynccontextmanager
    async def open(
        self,
        way: str,
        behaviour: Behaviour,
        user: str = "",
        connect_s: float = LONG_S,
        **of_proxy: Any,
    ) -> AsyncIterator[tuple[Crooked, Connections, Proxy | None]]:
        scheme, _, kind = way.partition(" by ")
        async with AsyncExitStack() as stack:
            tls = server_side(self._certificate)
            messenger = Crooked(behaviour, tls if scheme == "https" else None)
            await stack.enter_async_context(messenger.open())
            proxy = address = None
            if kind:
                proxy = Proxy(kind, certificate=tls if kind == "https" else None, **of_proxy)
                await stack.enter_async_context(proxy.open())
                address = proxy.address.replace("://", f"://{user}")
            connections = Connections(
                messenger.address, proxy=address, limit=8, connect_timeout_s=connect_s
            )
            connections.open()
            stack.push_async_callback(connections.close)
            yield messenger, connections, proxy


async def post(
    connections: Connections, address: str, body: bytes = b"{}", limit_s: float = LONG_S
) -> tuple[int, bytes]:
    request = connections.request("POST", f"{address}/bot{TOKEN}/sendMessage", limit_s)
    return await connections.answer(request.body_bytes(body).build())


@contextmanager
def failing(
    kind: type[Exception], match: str | None = None
) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """Exactly this fault, which does not carry the token, however deep one looks."""
    with pytest.raises(kind, match=match) as seen:
        yield seen
    fault = seen.value
    assert type(fault) is kind
    assert TOKEN not in f"{fault!r} {fault.__cause__!r} {fault.__context__!r}"
