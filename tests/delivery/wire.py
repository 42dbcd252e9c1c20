"""A server on this machine that answers sends like the Bot API, and misbehaves when told to."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

TOKEN = "4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcK"


@dataclass(frozen=True)
class Arrived:
    """A send as the server took it."""

    method: str
    params: Mapping[str, str]
    at: float

    @property
    def chat_id(self) -> int:
        return int(self.params["chat_id"])


Trick = Callable[[web.Request, Mapping[str, str]], Awaitable[web.StreamResponse]]


class Wire:
    """Takes every send. Tricks are played on a chat's next sends, in their order."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self._tricks: dict[int, deque[Trick]] = defaultdict(deque)
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot{TOKEN}"

    @property
    def to_people(self) -> list[Arrived]:
        """All but the reports that a campaign's end brings to the group."""
        return [sent for sent in self.arrived if sent.chat_id > 0]

    @property
    def texts(self) -> list[str]:
        return [sent.params["text"] for sent in self.to_people]

    def chats(self) -> list[int]:
        return [sent.chat_id for sent in self.to_people]

    def play(self, chat_id: int, *tricks: Trick) -> None:
        self._tricks[chat_id].extend(tricks)

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_post(f"/bot{TOKEN}/{{method}}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        params = await _params(request)
        now = asyncio.get_running_loop().time()
        self.arrived.append(Arrived(request.match_info["method"], params, now))
        if tricks := self._tricks[int(params.get("chat_id", 0))]:
            return await tricks.popleft()(request, params)
        return web.json_response({"ok": True, "result": message(len(self.arrived), params)})


async def _params(request: web.Request) -> dict[str, str]:
    """Of a form or of JSON; what is no text in JSON is JSON still, as in a form."""
    if request.content_type != "application/json":
        return {name: str(value) for name, value in (await request.post()).items()}
    given = await request.json()
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in given.items()
    }


def message(message_id: int, params: Mapping[str, str]) -> dict[str, Any]:
    chat = {"id": int(params.get("chat_id", 0)), "type": "private"}
    return {"message_id": message_id, "date": 1, "chat": chat, "text": params.get("text", "")}


def refuse(status: int, description: str, **parameters: int) -> Trick:
    """An error as the Bot API words it."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters

    async def trick(_request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        return web.json_response(body, status=status)

    return trick


def flood(retry_after: int) -> Trick:
    text = f"Too Many Requests: retry after {retry_after}"
    return refuse(429, text, retry_after=retry_after)


async def reset(request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
    """Take the message, and break the connection instead of answering."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hang(_request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
    """Take the message and never answer."""
    await asyncio.sleep(3600)
    return web.Response()


async def gateway(_request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
    """Take the message, and a gateway in between loses the answer."""
    return web.Response(status=502, text="<html>502 Bad Gateway</html>")


def page(status: int) -> Trick:
    """A gateway answers in the messenger's place, with a page for people."""

    async def trick(_request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        return web.Response(status=status, text="<html>blocked</html>", content_type="text/html")

    return trick


async def slow(_request: web.Request, params: Mapping[str, str]) -> web.StreamResponse:
    await asyncio.sleep(0.3)
    return web.Response(
        text=json.dumps({"ok": True, "result": message(77, params)}),
        content_type="application/json",
    )
