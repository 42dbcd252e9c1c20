"""Questions to the answering server, which cost the one who asks next to nothing."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What came to the server since it was told to forget."""

    messages: int
    refused: int
    chats: int
    most_a_chat: int


async def counts(address: str) -> Counts:
    """What came so far."""
    return Counts(**await _ask(address, "/counts"))


async def stamps(address: str) -> list[float]:
    """When each message came, in seconds of the machine."""
    return [float(one) for one in await _ask(address, "/stamps")]


async def reset(address: str) -> None:
    """Let the server forget what came."""
    await _ask(address, "/reset")


async def _ask(address: str, path: str) -> Any:
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    answer = json.loads(await reader.readexactly(length))
    writer.close()
    await writer.wait_closed()
    return answer
