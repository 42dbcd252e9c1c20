"""The client library under our own transport, sending bytes that are ready, and keeping nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from pyreqwest.client import ClientBuilder

from benchmarks.peers.measured import Order, Send, measure_each
from benchmarks.promotion import KEYBOARD, PLAIN, TOKEN

FORM = "application/x-www-form-urlencoded"
SETTLING_S = 0.2  # Its threads end late, and fail in a process that is over.


@asynccontextmanager
async def sender(order: Order) -> AsyncIterator[Send]:
    words = {"text": PLAIN, "parse_mode": "HTML", "reply_markup": json.dumps(KEYBOARD)}
    ready = urlencode(words).encode()
    url = f"{order.address}/bot{TOKEN}/sendMessage"
    async with ClientBuilder().max_connections(order.in_flight).no_proxy().build() as client:

        async def send(chat: int) -> None:
            body = b"chat_id=%d&%b" % (chat, ready)
            request = client.post(url).header("Content-Type", FORM).body_bytes(body).build()
            answer = await request.send()
            assert answer.status == 200
            await answer.bytes()

        yield send
    await asyncio.sleep(SETTLING_S)


if __name__ == "__main__":
    measure_each(__doc__, sender)
