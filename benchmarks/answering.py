"""A messenger that does nothing but answer, for senders to be measured against.

Any method is answered as sendMessage, with a message as the Bot API would write it. A request is
read for its chat alone, whatever the form of its body. Each message is stamped as it arrives, and
may be answered late; past the limit of a rolling second it is refused.

GET /counts tells what came, GET /stamps when; POST /reset forgets both.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from array import array
from collections import Counter, deque
from typing import cast

import httptools

from benchmarks.cores import take_core
from benchmarks.promotion import KEYBOARD, PLAIN, TOKEN

SECOND = 1.0
CHAT = re.compile(rb"chat_id\D{1,80}?(-?\d+)")
HEAD = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
MESSAGE, CHAT_ID, DATE = 4_815_162_342, 4_815_162_343, 1_795_000_000
HASTE = json.dumps(
    {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
).encode()


def pattern() -> tuple[bytes, bytes, bytes]:
    """The answer to sendMessage, cut where the message's number and the chat stand."""
    answer = {
        "ok": True,
        "result": {
            "message_id": MESSAGE,
            "from": {
                "id": int(TOKEN.partition(":")[0]),
                "is_bot": True,
                "first_name": "باشگاه کتاب",
                "username": "bashgah_bench_bot",
            },
            "chat": {"id": CHAT_ID, "first_name": "سارا", "username": "sara", "type": "private"},
            "date": DATE,
            "text": PLAIN,
            "reply_markup": KEYBOARD,
        },
    }
    before, rest = json.dumps(answer, separators=(",", ":")).split(str(MESSAGE))
    between, after = rest.split(str(CHAT_ID))
    return before.encode(), between.encode(), after.encode()


class Desk:
    """What came, and how it is answered."""

    def __init__(self, latency_s: float, limit: int | None) -> None:
        self.latency_s = latency_s
        self._recent: deque[float] | None = None if limit is None else deque(maxlen=limit)
        self._pattern = pattern()
        self.reset()

    def reset(self) -> None:
        """Forget what came."""
        self._stamps = array("d")
        self._chats: Counter[bytes] = Counter()
        self._refused = 0

    def take(self, body: bytes) -> bytes:
        """A message came: the answer to it."""
        now = time.monotonic()
        if (recent := self._recent) is not None:
            if len(recent) == recent.maxlen and now - recent[0] < SECOND:
                self._refused += 1
                return HEAD % (429, len(HASTE)) + HASTE
            recent.append(now)
        self._stamps.append(now)
        found = CHAT.search(body)
        chat = b"0" if found is None else found[1]
        self._chats[chat] += 1
        before, between, after = self._pattern
        answer = b"%b%d%b%b%b" % (before, len(self._stamps), between, chat, after)
        return HEAD % (200, len(answer)) + answer

    def tell(self, path: bytes) -> bytes:
        """What somebody who measures asks for."""
        known: object = None
        if path == b"/stamps":
            known = self._stamps.tolist()
        elif path == b"/counts":
            known = {
                "messages": len(self._stamps),
                "refused": self._refused,
                "chats": len(self._chats),
                "most_a_chat": max(self._chats.values(), default=0),
            }
        elif path == b"/reset":
            self.reset()
        answer = json.dumps(known).encode()
        return HEAD % (200, len(answer)) + answer


class Answering(asyncio.Protocol):
    """One connection."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._loop = asyncio.get_running_loop()
        self._url = b""
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        url, body = self._url, b"".join(self._body)
        self._url, self._body = b"", []
        if not url.startswith(b"/bot"):
            self._transport.write(self._desk.tell(url))
        elif self._desk.latency_s:
            answer = self._desk.take(body)
            self._loop.call_later(self._desk.latency_s, self._transport.write, answer)
        else:
            self._transport.write(self._desk.take(body))


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency-ms", type=float, default=0, help="how late it answers")
    parser.add_argument("--limit", type=int, help="messages that it takes in a rolling second")
    parser.add_argument("--core", type=int, help="the core on which it stays")
    given = parser.parse_args()
    take_core(given.core)
    desk = Desk(given.latency_ms / 1000, given.limit)
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Answering(desk), "127.0.0.1", 0, backlog=1024)
    host, port = listening.sockets[0].getsockname()[:2]
    sys.stdout.write(json.dumps({"address": f"http://{host}:{port}", "token": TOKEN}) + "\n")
    sys.stdout.flush()
    await listening.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
