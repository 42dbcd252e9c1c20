"""Asking the messenger for updates, one long poll after the other, and what its refusals mean."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from typing import Any, Protocol

from telegram.error import TimedOut

POLL_S = 30  # The messenger's longest is 50; a shorter poll finds a dead connection sooner.
ANSWER_S = 10  # What an answer may take beyond the poll itself.
PATIENCE = 1.25  # Times what the transport is told; then it is not trusted any more.
SILENT_S = 2.0 * (POLL_S + ANSWER_S)  # Then the connections are thrown away and made anew.
ALARM_S = 600.0  # So long without updates is said as an error, and again at twice the time.
BATCH_SIZE = 100
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "pre_checkout_query",
)
UNKNOWN_BOT = "The messenger does not know this BOT_TOKEN: it is mistyped, or it was revoked."
OTHER_POLLER = "Another program fetches this bot's updates: stop it, then start this one again."
WEBHOOK_SET = "A webhook is set for this bot: delete it (deleteWebhook), then start again."

log = logging.getLogger(__name__)


class Telegram(Protocol):
    """The Bot API as intake needs it: status and answer; raises NetworkError without an answer."""

    async def call(
        self, method: str, params: Mapping[str, Any], read_timeout_s: float | None = None
    ) -> tuple[int, dict[str, Any]]: ...

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...


class IntakeStopped(RuntimeError):
    """The messenger refuses us, and asking again would not help; the sentence says why."""


class NoUpdates(RuntimeError):
    """The messenger answered, but not with updates; it may next time."""

    def __init__(self, status: int, pause_s: float) -> None:
        self.pause_s = pause_s
        super().__init__(f"status {status}")


class Polling:
    """Knows how far the updates are acknowledged, and how long there were none.

    A silence that lasts although we ask is taken for a fault of our own connections: a poll that
    is swallowed on its way looks like one that nobody has anything to say to.
    """

    def __init__(
        self,
        telegram: Telegram,
        *,
        conflict_s: float = 0.0,
        poll_s: float = POLL_S + ANSWER_S,
        silent_s: float = SILENT_S,
        alarm_s: float = ALARM_S,
    ) -> None:
        """`conflict_s`: so long another's poll may be one of a process of ours that has stopped
        listening. `poll_s`: so long the transport waits for an answer."""
        self._telegram = telegram
        self._conflict_s = conflict_s
        self._poll_s = poll_s
        self._silent_s = silent_s
        self._alarm_s = alarm_s
        self._offset: int | None = None
        self._asking_since: float | None = None
        self._renew_at = 0.0
        self._alarm_at = 0.0
        self._conflicts: tuple[float, float] | None = None  # The first of a row and the last.

    def acknowledge(self, update_id: int | None) -> None:
        """The next poll says that all up to this one are kept. None: it acknowledges nothing, and
        takes whatever there is; after a silent week ids begin anew, and perhaps lower."""
        self._offset = None if update_id is None else update_id + 1

    async def next(self) -> list[dict[str, Any]]:
        """The next updates; raises NetworkError, NoUpdates or, for good, IntakeStopped."""
        await self._look_after(time.monotonic())
        params: dict[str, Any] = {
            "timeout": POLL_S,
            "limit": BATCH_SIZE,
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            params["offset"] = self._offset
        try:
            async with asyncio.timeout(PATIENCE * self._poll_s):
                answer = await self._telegram.call(
                    "getUpdates", params, read_timeout_s=self._poll_s
                )
        except TimeoutError:
            raise TimedOut("the poll did not end") from None
        raw = self._updates_in(*answer)
        self._asking_since = None
        return raw

    async def _look_after(self, now: float) -> None:
        """Make the connections anew when no poll has succeeded for long, and say so."""
        if self._asking_since is None:
            self._asking_since = now
            self._renew_at = now + self._silent_s
            self._alarm_at = now + self._alarm_s
        silent_s = now - self._asking_since
        if now >= self._alarm_at:
            self._alarm_at = self._asking_since + 2 * silent_s
            facts: dict[str, object] = {"action": "polling_silent", "seconds": round(silent_s)}
            log.error("The messenger has given no updates for long.", extra=facts)
        if now >= self._renew_at:
            self._renew_at = now + self._silent_s
            facts = {"action": "polling_renewed", "seconds": round(silent_s)}
            log.warning("No poll is answered; its connections are made anew.", extra=facts)
            await self._telegram.shutdown()
            await self._telegram.initialize()

    def _updates_in(self, status: int, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The updates of an answer; raises IntakeStopped or NoUpdates when there are none in it."""
        raw = answer.get("result")
        if status == 200 and isinstance(raw, list):
            return raw
        if status in (401, 404):
            raise IntakeStopped(UNKNOWN_BOT)
        if status == 409:
            if "webhook" in str(answer.get("description")):
                raise IntakeStopped(WEBHOOK_SET)
            self._disturbed(time.monotonic())
        wait = answer.get("parameters") or {}
        raise NoUpdates(status, pause_s=float(wait.get("retry_after", 0)))

    def _disturbed(self, now: float) -> None:
        """Another polls, too; raises IntakeStopped when it does not leave it."""
        if self._conflicts is None or now - self._conflicts[1] > self._conflict_s:
            self._conflicts = now, now
            if self._conflict_s:
                facts = {"action": "polling_disturbed"}
                log.warning("Another program fetches this bot's updates, too.", extra=facts)
        self._conflicts = self._conflicts[0], now
        if now - self._conflicts[0] >= self._conflict_s:
            raise IntakeStopped(OTHER_POLLER)
