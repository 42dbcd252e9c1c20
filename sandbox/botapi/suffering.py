"""Letting a mishap befall a call: it waits, is refused, or its line is cut or falls silent."""

import asyncio
import socket
import struct

from starlette.types import Receive

from sandbox.botapi.errors import ApiError
from sandbox.mishaps import Mishap

AT_ONCE = struct.pack("ii", 1, 0)  # Linger for no time: the end of the line is a reset.


class NeverAnswered(Exception):
    """The bot hears nothing of this call; the text says how it ended."""


async def suffer(mishap: Mishap, receive: Receive, accepted: str, closing: asyncio.Event) -> None:
    """Return if the call may go on; `accepted` tells for the log how far it came."""
    if mishap.delay_s:
        await asyncio.sleep(mishap.delay_s)
    if mishap.silence:
        if mishap.silence == "reset":
            await cut_off(receive)
        else:
            await hang(receive, closing)
        raise NeverAnswered(f"{mishap.silence} {accepted} accepting")
    if mishap.code:
        raise ApiError(mishap.code, mishap.description, mishap.parameters)


async def cut_off(receive: Receive) -> None:
    """Cut the line without a word, as a failing network does.

    The server's own object for a request is behind `receive`: nothing public leads to the line.
    """
    transport: asyncio.Transport = receive.__self__.transport  # type: ignore[attr-defined]
    line = transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    transport.abort()
    await hung_up(receive)


async def hang(receive: Receive, closing: asyncio.Event) -> None:
    """Say nothing until the bot hangs up; what still hangs at the end is cut off."""
    waits = [asyncio.ensure_future(one) for one in (hung_up(receive), closing.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in waits:
        one.cancel()
    if closing.is_set():
        await cut_off(receive)


async def hung_up(receive: Receive) -> None:
    """Return when the line is gone."""
    while (await receive())["type"] != "http.disconnect":
        continue
