"""The messenger's own log of what the bot asked for, with its own time stamps."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.field import Field

POLL_S = 0.5  # The sandbox keeps 5,000 calls; at a thousand a second they last for five of these.


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot."""

    method: str
    chat: int
    text: str
    came_at: float  # Seconds, by the sandbox's clock.
    answered_at: float
    code: int | None  # Of a refusal.
    retry_after_s: float
    delivered: bool


@dataclass(slots=True)
class Log:
    """All calls since it was opened, in the order in which they were answered."""

    calls: list[Call] = field(default_factory=list)
    _seen: int = 0

    def sends(self) -> list[Call]:
        """Those that put a message into a chat, or should have."""
        return [call for call in self.calls if call.method.lower().startswith("send") and call.text]

    def letters(self, words: str) -> list[Call]:
        """Sends to members with these words."""
        return [call for call in self.sends() if call.chat > 0 and words in call.text]

    def bans(self) -> list[Call]:
        """Answers that began a time of silence: others only say how much of it is left."""
        found: list[Call] = []
        silent_until = 0.0
        for call in self.calls:
            ends = call.answered_at + call.retry_after_s
            if call.code == 429 and call.answered_at >= silent_until:
                found.append(call)
                silent_until = ends
        return found

    def take(self, told: Iterable[dict[str, Any]]) -> None:
        """Take in calls that were told."""
        for one in told:
            self._seen = max(self._seen, one["n"])
            self.calls.append(_read(one))

    async def read(self, town_field: Field) -> None:
        """What has come since the last time."""
        newest = self._seen
        told = await town_field.door.get("/api/calls", after=newest)
        assert not told or not newest or told[0]["n"] == newest + 1, "some calls were missed"
        self.take(told)


@asynccontextmanager
async def watching(town_field: Field) -> AsyncIterator[Log]:
    """Follow the log; at the end it is whole."""
    log = Log()

    async def follow() -> None:
        while True:
            await log.read(town_field)
            await asyncio.sleep(POLL_S)

    following = asyncio.create_task(follow())
    try:
        yield log
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
    await log.read(town_field)


def _read(one: dict[str, Any]) -> Call:
    params = one["params"]
    words = str(one["description"] or "")
    return Call(
        method=one["method"],
        chat=int(params.get("chat_id") or 0),
        text=str(params.get("text") or params.get("caption") or ""),
        came_at=(one["at"] - one["ms"]) / 1000,
        answered_at=one["at"] / 1000,
        code=one["error_code"],
        retry_after_s=float(words.rpartition(" ")[2]) if one["error_code"] == 429 else 0.0,
        delivered=bool(one["ok"]),
    )
