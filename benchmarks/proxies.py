"""The smallest proxies: one of HTTP, one of SOCKS5, on this machine.

`python -m benchmarks.proxies CORE` runs one of each there until it is ended, and prints their
addresses.
"""

import asyncio
import base64
import contextlib
import json
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.cores import take_core

CHUNK = 65536
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class NotAllowed(Exception):
    """The client may not pass; the proxy has told it so."""


@dataclass
class Proxy:
    """One proxy. It lets pass who brings `credentials` (`user:password`), or everybody."""

    scheme: str  # http, https, socks5 or socks5h
    credentials: str | None = None
    certificate: ssl.SSLContext | None = None  # For https: the way to the proxy itself is TLS.
    silent: bool = False  # Take connections, and never answer.
    led_to: list[tuple[str, int]] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """As it stands in a setting, without the credentials."""
        return f"{self.scheme}://localhost:{self.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Proxy"]:
        """Listen on a free port meanwhile."""
        listening = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=self.certificate
        )
        self.port = listening.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            listening.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        socks = self.scheme.startswith("socks")
        ours = (reader, writer)
        try:
            if self.silent:
                await reader.read()
                return
            far = await (self._socks(*ours) if socks else self._http(*ours))
            await asyncio.gather(_pump(reader, far[1]), _pump(far[0], writer))
        except (NotAllowed, OSError, EOFError):
            return
        finally:
            writer.close()

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Streams:
        """CONNECT opens a way; a request with a whole address is passed on as it is."""
        head = await reader.readuntil(b"\r\n\r\n")
        if self.credentials is not None:
            proof = base64.b64encode(self.credentials.encode())
            if b"basic " + proof not in head.replace(b"Basic", b"basic"):
                writer.write(b"HTTP/1.1 407 Who are you?\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
                raise NotAllowed
        verb, target, _ = head.split(b" ", 2)
        connect = verb == b"CONNECT"
        place = urlsplit(f"//{target.decode()}" if connect else target.decode())
        try:
            far = await self._lead(place.hostname or "", place.port or 80)
        except OSError:
            writer.write(b"HTTP/1.1 503 Nobody there\r\nContent-Length: 0\r\n\r\n")
            raise
        if connect:
            writer.write(b"HTTP/1.1 200 Open\r\n\r\n")
        else:
            far[1].write(head)
        return far

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Streams:
        """RFC 1928, with the names and passwords of RFC 1929."""
        _version, count = await reader.readexactly(2)
        offered = await reader.readexactly(count)
        method = 0 if self.credentials is None else 2
        writer.write(bytes([5, method if method in offered else 0xFF]))
        if method not in offered:
            raise NotAllowed
        if self.credentials is not None:
            _version, length = await reader.readexactly(2)
            user = await reader.readexactly(length)
            (length,) = await reader.readexactly(1)
            password = await reader.readexactly(length)
            known = user + b":" + password == self.credentials.encode()
            writer.write(bytes([1, 0 if known else 1]))
            if not known:
                raise NotAllowed
        _version, _command, _reserved, kind = await reader.readexactly(4)
        if kind == 3:
            (length,) = await reader.readexactly(1)
            host = (await reader.readexactly(length)).decode()
        else:
            family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
            host = socket.inet_ntop(family, await reader.readexactly(size))
        port = int.from_bytes(await reader.readexactly(2))
        try:
            far = await self._lead(host, port)
        except OSError:
            writer.write(b"\x05\x05\x00\x01" + bytes(6))
            raise
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        return far

    async def _lead(self, host: str, port: int) -> Streams:
        self.led_to.append((host, port))
        return await asyncio.open_connection(host, port)


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Carry bytes until the source ends, and then end the target."""
    with contextlib.suppress(OSError):
        while data := await source.read(CHUNK):
            target.write(data)
            await target.drain()
    target.close()


async def main() -> None:
    take_core(int(sys.argv[1]))
    async with Proxy("http").open() as http, Proxy("socks5").open() as socks:
        sys.stdout.write(json.dumps({"http": http.address, "socks5": socks.address}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
