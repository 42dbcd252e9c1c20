"""A messenger at the level of sockets that breaks off wherever a real one might."""

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

ANSWER = json.dumps({"ok": True, "result": {"message_id": 1}}).encode()
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + ANSWER
GARBAGE = b"SSH-2.0-OpenSSH_9.2\r\n"
MOVED = b"HTTP/1.1 307 Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Line:
    """One connection of a client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int  # Of the connections so far; the first is 1.
    heads: list[bytes]
    arrived: list[bytes]

    async def request(self) -> bytes:
        """The next request's body, once the whole request is here; EOFError when none comes."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        body = await self.reader.readexactly(length)
        self.heads.append(head)
        self.arrived.append(body)
        return body

    def say(self, answer: bytes) -> None:
        """Write these bytes."""
        self.writer.write(answer)

    def reset(self) -> None:
        """End the connection as a crash ends it: with a RST."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[Line], Awaitable[None]]


async def answers(line: Line) -> None:
    """A messenger as it should be."""
    while True:
        await line.request()
        line.say(WHOLE)


async def resets_at_once(line: Line) -> None:
    """Nothing is read."""
    line.reset()


async def resets_after_the_request(line: Line) -> None:
    """Taken, and then a crash."""
    await line.request()
    line.reset()


async def closes_after_the_request(line: Line) -> None:
    """Taken, and then an orderly end without an answer."""
    await line.request()


async def hangs(line: Line) -> None:
    """Taken, and then silence."""
    await line.request()
    await line.reader.read()


async def hangs_in_the_answer(line: Line) -> None:
    """The answer begins and does not go on."""
    await line.request()
    line.say(CUT)
    await line.reader.read()


async def cuts_the_answer(line: Line) -> None:
    """The answer begins and the connection ends."""
    await line.request()
    line.say(CUT)


async def speaks_something_else(line: Line) -> None:
    """No HTTP."""
    await line.request()
    line.say(GARBAGE)


async def closes_when_idle(line: Line) -> None:
    """Each connection carries one request, and is closed after the answer without a word of it."""
    await line.request()
    line.say(WHOLE)


async def closes_at_the_second(line: Line) -> None:
    """What the first connection takes after its first request is lost with it."""
    await line.request()
    line.say(WHOLE)
    if line.number == 1:
        await line.request()
        return
    await answers(line)


async def redirects(line: Line) -> None:
    """To itself: a client that follows comes back."""
    while True:
        await line.request()
        line.say(MOVED % b"/elsewhere")


@dataclass
class Crooked:
    """Serves each connection by one behaviour, and keeps what arrived."""

    behaviour: Behaviour
    certificate: ssl.SSLContext | None = None
    heads: list[bytes] = field(default_factory=list)
    arrived: list[bytes] = field(default_factory=list)
    connections: int = 0
    ended: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        """Where it listens; by name, as a certificate wants it."""
        return f"{'http' if self.certificate is None else 'https'}://localhost:{self.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Crooked"]:
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
        self.connections += 1
        try:
            line = Line(reader, writer, self.connections, self.heads, self.arrived)
            await self.behaviour(line)
        except (EOFError, OSError, asyncio.CancelledError):
            return
        finally:
            self.ended += 1
            writer.close()
