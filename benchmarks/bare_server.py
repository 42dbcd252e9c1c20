"""The least a server can do: read a request to its end and give the same answer to each.

With `--message` the answer is as long as that to sendMessage; with a certificate it speaks TLS.
"""

import argparse
import asyncio
import json
import os
import ssl
import sys

import httptools

SHORT = b'{"ok":true,"result":true}'
MESSAGE = json.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 4815,
            "from": {"id": 1, "is_bot": True, "first_name": "باشگاه", "username": "club_bot"},
            "chat": {"id": 7, "first_name": "سارا", "username": "sara", "type": "private"},
            "date": 1_795_000_000,
            "text": "کتاب تازه رسید: جلد سوم مجموعه‌ای که دوست دارید در قفسهٔ فانتزی است. " * 2,
        },
    },
    separators=(",", ":"),
).encode()


class Bare(asyncio.Protocol):
    """One connection."""

    def __init__(self, body: bytes) -> None:
        self._answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._transport.write(self._answer)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--message", action="store_true")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--core", type=int, help="stay on this core")
    given = parser.parse_args()
    if given.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {given.core})
    tls = None
    if given.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(given.certificate, given.key)
    body = MESSAGE if given.message else SHORT
    listening = await asyncio.get_running_loop().create_server(
        lambda: Bare(body), "127.0.0.1", 0, ssl=tls, backlog=1024
    )
    host, port = listening.sockets[0].getsockname()
    address = f"{'http' if tls is None else 'https'}://{host}:{port}"
    sys.stdout.write(json.dumps({"address": address, "token": "1:bare"}) + "\n")
    sys.stdout.flush()
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
