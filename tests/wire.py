"""A wire between the program and the messenger, on which a chosen request can be held."""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import parse_qs

from aiohttp import ClientSession, ClientTimeout, web

from tests.program import DEADLINE_S


@dataclass(slots=True)
class Hold:
    """Stops the first request of `method` whose body holds `words`: before or after it arrives."""

    method: str
    words: str
    delivered: bool  # True: the messenger has carried it out, only the answer is held.
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, method: str, body: bytes) -> bool:
        """Whether this is the request that was waited for."""
        said = parse_qs(body.decode(errors="replace"))
        texts = [text for values in said.values() for text in values]
        return method == self.method and any(self.words in plain(text) for text in texts)


class Wire:
    """An HTTP proxy on this machine; `address` is what the program takes as BOT_API_URL."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._holds: list[Hold] = []
        self._runner: web.AppRunner | None = None
        self._client: ClientSession | None = None
        self.address = ""

    async def __aenter__(self) -> "Wire":
        self._client = ClientSession(timeout=ClientTimeout(total=None))
        application = web.Application(client_max_size=50 * 2**20)
        application.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        assert self._runner is not None, "entered before"
        assert self._client is not None, "entered before"
        await self._runner.cleanup()
        await self._client.close()

    def hold(self, method: str, words: str, *, delivered: bool) -> Hold:
        """Hold the next such request for good: the program is killed while it waits."""
        hold = Hold(method, words, delivered)
        self._holds.append(hold)
        return hold

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        method = request.path.rpartition("/")[2]
        hold = next((hold for hold in self._holds if hold.matches(method, body)), None)
        if hold is not None:
            self._holds.remove(hold)
            if not hold.delivered:
                hold.arrived.set()
                await asyncio.sleep(DEADLINE_S)
                raise web.HTTPBadGateway  # It never arrives, however late.
        assert self._client is not None, "entered before"
        async with self._client.request(
            request.method,
            f"{self._target}{request.rel_url}",
            data=body,
            headers={"Content-Type": request.headers.get("Content-Type", "")},
        ) as answer:
            payload = await answer.read()
            if hold is not None and hold.delivered:
                hold.arrived.set()
                await asyncio.sleep(DEADLINE_S)
            return web.Response(
                body=payload, status=answer.status, content_type=answer.content_type
            )


def plain(text: str) -> str:
    """Without the isolates that only direct the eye."""
    return text.replace("\u2068", "").replace("\u2069", "")
