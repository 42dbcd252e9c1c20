"""The least a server can do: read a request to its end and give the same answer to each."""

import asyncio
import json
import sys

import httptools

BODY = b'{"ok":true,"result":true}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


class Bare(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._transport.write(ANSWER)


async def main() -> None:
    listening = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    sys.stdout.write(json.dumps({"address": f"http://{host}:{port}", "token": "1:bare"}) + "\n")
    sys.stdout.flush()
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
