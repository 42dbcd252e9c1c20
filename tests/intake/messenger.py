"""A messenger on this machine that gives updates as the Bot API does: until acknowledged."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "7000000001:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcK"
BOT = 7_000_000_001


@dataclass
class Messenger:
    """Gives updates from its queue; answers with what stands in `refusals` before that."""

    queue: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[tuple[int, dict[str, Any]] | None] = field(
        default_factory=list
    )  # None: no answer
    polls: list[Mapping[str, str]] = field(default_factory=list)
    refused: int = 0
    swallows: int = 0  # So many polls are taken and never answered.
    patience_s: float | None = None  # How long a poll may stay open; None: until an update comes.
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def start(self) -> str:
        """Open on a free port; the address that ends with the token."""
        application = web.Application()
        application.router.add_post(f"/bot{TOKEN}/getUpdates", self._get_updates)
        self._runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/bot{TOKEN}"

    async def close(self) -> None:
        """Close, whatever still waits for an answer."""
        await self._runner.cleanup()

    async def put(self, *updates: dict[str, Any]) -> None:
        """More has happened."""
        async with self.changed:
            self.queue.extend(updates)
            self.changed.notify_all()

    async def all_acknowledged(self) -> None:
        """Wait until nothing is left to be given."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: not self.queue)

    async def polled(self, times: int) -> None:
        """Wait until it was asked as often as that."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: len(self.polls) >= times)

    async def _get_updates(self, request: web.Request) -> web.StreamResponse:
        asked = {name: str(value) for name, value in (await request.post()).items()}
        assert "message" in json.loads(asked["allowed_updates"])
        if self.swallows:
            self.swallows -= 1
            await asyncio.Event().wait()
        async with self.changed:
            self.polls.append(asked)
            offset = int(asked.get("offset", 0))
            self.queue[:] = [one for one in self.queue if one["update_id"] >= offset]
            self.changed.notify_all()
            if self.refusals:
                return self._refuse(request, self.refusals.pop(0))
            try:
                async with asyncio.timeout(self.patience_s):
                    await self.changed.wait_for(lambda: self.queue)
            except TimeoutError:
                return web.json_response({"ok": True, "result": []})
            return web.json_response({"ok": True, "result": self.queue[: int(asked["limit"])]})

    def _refuse(
        self, request: web.Request, refusal: tuple[int, dict[str, Any]] | None
    ) -> web.StreamResponse:
        self.refused += 1
        if refusal is None:
            assert request.transport is not None, "the line is open"
            request.transport.abort()
            return web.Response()
        status, rest = refusal
        return web.json_response({"ok": False, "error_code": status, **rest}, status=status)


def message(update_id: int, person: int = 1) -> dict[str, Any]:
    """Somebody says something."""
    return {"update_id": update_id, "message": {"from": {"id": person}, "text": "salam"}}
