"""The connections to the messenger: each request leaves once, and a fault says whether it left."""

import asyncio
from collections import deque
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import certifi
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    BuilderError,
    RequestError,
    RequestTimeoutError,
)
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.request import ConsumedRequest, RequestBuilder
from telegram.error import NetworkError, TimedOut

CONNECTIONS = 256
CONNECT_TIMEOUT_S = 10.0
KEEP_ALIVE_S = 15.0  # Shorter than the messenger's: a connection it closes may swallow a message.
PROXIES = ("http", "https", "socks5", "socks5h")
NEEDS_AUTHENTICATION = 407

# The classes of pyreqwest do not tell a connection that was never made from one that was lost:
# both are a ConnectError, or a ConnectTimeoutError. This cause does.
NEVER_CONNECTED = "client error (Connect)"
PROXY_AWAY = (
    "tcp connect error",
    "dns error",
    "SOCKS error: failed to create underlying connection",
)
NAMED_HERE = "error resolving for socks proxy"  # The messenger's name, before the proxy is asked.


class NotSent(NetworkError):
    """The request never left: nothing has happened, and it may be repeated."""


class ConnectionLost(NetworkError):
    """The connection broke after the request may have left: it may have been carried out."""


class NoAnswer(TimedOut):
    """No answer in time after the request may have left: it may have been carried out."""


class Connections:
    """A pool on pyreqwest. It repeats nothing that was written, and follows no redirect.

    Who is cancelled while waiting for an answer must take it that the request is carried out: the
    library only stops listening to it, and ends it when its time is over.
    """

    def __init__(
        self,
        address: str,
        *,
        proxy: str | None = None,
        limit: int = CONNECTIONS,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
    ) -> None:
        """`limit` requests at once; the next waits for its turn as long as for a connection."""
        scheme = None if proxy is None else urlsplit(proxy).scheme
        if scheme is not None and scheme not in PROXIES:
            raise ValueError("the proxy's address begins with http://, https:// or socks5://")
        self._proxy = proxy
        self._proxy_name = None if proxy is None else f"the proxy {_place(proxy)}"
        # Without encryption a proxy of HTTP reads the request, and may answer it by itself.
        self._read_by_proxy = scheme in ("http", "https") and urlsplit(address).scheme == "http"
        self._connect_timeout_s = connect_timeout_s
        # Not the library's own: there, who is cancelled keeps the place, and is sent all the same.
        self._room = limit
        self._waiting = deque[asyncio.Future[None]]()
        self._client: Client | None = None

    def open(self) -> None:
        """Make the pool; again changes nothing."""
        if self._client is None:
            try:
                self._client = self._builder().build()
            except BuilderError:  # This system has no list of authorities that it trusts.
                trusted = Path(certifi.where()).read_bytes()
                self._client = self._builder().add_root_certificate_pem(trusted).build()

    async def close(self) -> None:
        """Close all connections; again changes nothing."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    def request(self, verb: str, url: str, limit_s: float | None) -> RequestBuilder:
        """A request that must be answered by then; raises NotSent where there can be none."""
        if self._client is None:
            raise NotSent("the connections are closed")
        try:
            builder = self._client.request(verb, url)
        except ValueError:
            raise NotSent("the messenger's address is none") from None
        return builder if limit_s is None else builder.timeout(timedelta(seconds=limit_s))

    async def answer(self, request: ConsumedRequest) -> tuple[int, bytes]:
        """Send, and read an answer of any status. No fault holds the address, nor the token."""
        if self._room > 0:
            self._room -= 1
        else:
            await self._wait_for_room()
        try:
            response = await request.send()
            payload = (await response.bytes()).to_bytes()
        except (RequestError, BuilderError) as error:
            fault = _fault(error, self._proxy_name)
        else:
            status = response.status
            if self._read_by_proxy and 400 <= status < 500:
                self._look_who_refuses(status, payload)
            return status, payload
        finally:
            self._leave_room()
        raise fault  # Out here, so that it does not carry the library's own along.

    async def _wait_for_room(self) -> None:
        """Until somebody leaves their room to us, the longest waiting first."""
        given = asyncio.get_running_loop().create_future()
        self._waiting.append(given)
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                await given
        except TimeoutError:
            self._give_up(given)
            raise NotSent("all connections are busy") from None
        except asyncio.CancelledError:
            self._give_up(given)
            raise

    def _give_up(self, given: asyncio.Future[None]) -> None:
        """Who was given room at the very moment of giving up leaves it to another."""
        if given.done() and not given.cancelled():
            self._leave_room()
        given.cancel()

    def _leave_room(self) -> None:
        while self._waiting:
            if not (given := self._waiting.popleft()).done():
                given.set_result(None)
                return
        self._room += 1

    def _look_who_refuses(self, status: int, payload: bytes) -> None:
        """What the proxy refuses goes no further; the messenger's own refusals are JSON."""
        if status == NEEDS_AUTHENTICATION or not payload.lstrip().startswith(b"{"):
            raise NotSent(f"refused by {self._proxy_name} with status {status}")

    def _builder(self) -> ClientBuilder:
        builder = (
            ClientBuilder()
            .user_agent("bashgah")
            .follow_redirects(enable=False)
            .referer(enable=False)
            .pool_idle_timeout(timedelta(seconds=KEEP_ALIVE_S))
            .connect_timeout(timedelta(seconds=self._connect_timeout_s))
        )
        if self._proxy is None:
            return builder.no_proxy()  # Nor the one that the environment names.
        return builder.proxy(ProxyBuilder.all(self._proxy))


def _place(proxy: str) -> str:
    """Host and port, without who we are there."""
    return urlsplit(proxy).netloc.rpartition("@")[2]


def _fault(error: RequestError | BuilderError, proxy_name: str | None) -> NetworkError:
    """Whether the request never left; in doubt it may have been carried out."""
    causes = [cause["message"] for cause in error.details["causes"] or ()]
    told = [cause for cause in causes if "://" not in cause]  # An address holds the token.
    words = told[-1] if told else type(error).__name__
    if isinstance(error, BuilderError) or NEVER_CONNECTED in causes:
        if proxy_name is not None and NAMED_HERE not in causes:
            away = any(cause in causes for cause in PROXY_AWAY)
            words = (
                f"{proxy_name} does not answer: {words}" if away else f"by {proxy_name}: {words}"
            )
        return NotSent(words)
    if isinstance(error, RequestTimeoutError):
        return NoAnswer(words)
    return ConnectionLost(words)
