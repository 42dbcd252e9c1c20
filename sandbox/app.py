"""The front of the sandbox: who may come in, and through which door."""

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from sandbox.botapi.door import BotDoor
from sandbox.conversation import Refused
from sandbox.door import chats, faults, groups, pages, people, ticks, watching
from sandbox.door.answers import refuse, refuse_path
from sandbox.town import Town

LOCAL_NAMES = ("127.0.0.1", "localhost")
SAFETY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}
CACHE = "no-cache"


class Front:
    """Refuses what does not come from this machine's own pages and programs."""

    def __init__(self, town: Town, port: int, *, strict: bool = True) -> None:
        self._hosts = {name for local in LOCAL_NAMES for name in (local, f"{local}:{port}")}
        self._bot_door = BotDoor(town, strict=strict)
        self._people_door = Starlette(
            routes=[
                *people.ROUTES,
                *chats.ROUTES,
                *groups.ROUTES,
                *watching.ROUTES,
                *faults.ROUTES,
                *ticks.ROUTES,
                *pages.ROUTES,
            ],
            exception_handlers={Refused: refuse, HTTPException: refuse_path},
        )
        self._people_door.state.town = town

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if not self._is_local(scope):
            answer = JSONResponse({"error": "Only pages of this address may come in."}, 403)
            await answer(scope, receive, send)
        elif scope["path"].startswith("/bot"):
            await self._bot_door.answer(scope, receive, send)
        elif scope["path"].startswith("/file/bot"):
            await self._bot_door.answer_file(scope, receive, send)
        else:
            await self._people_door(scope, receive, guarded(send))

    def _is_local(self, scope: Scope) -> bool:
        """A foreign page that reaches this address by a name of its own is not let in."""
        host = origin = None
        for name, value in scope["headers"]:
            if name == b"host":
                host = value.decode("latin-1").lower()
            elif name == b"origin":
                origin = value.decode("latin-1").lower()
        return host in self._hosts and origin in (None, f"http://{host}")


def guarded(send: Send) -> Send:
    """Adds to every answer what keeps a browser careful."""

    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SAFETY.items():
                headers[name] = value
            headers.setdefault("cache-control", CACHE)
        await send(message)

    return send_guarded
