"""Bringing updates to the bot's own address: in order within a queue, again until it takes them."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Protocol

from sandbox.state import Journal, Json
from sandbox.updates import Updates

CONNECTIONS = 40
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1, 60
GONE_LIMIT_S = 23 * 3600
BROKEN_OFF = "Webhook connection closed"
Queue = tuple[str, int]
CarryOut = Callable[[str, bytes], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Webhook:
    """Where the bot wants its updates brought, and how that goes."""

    url: str
    secret_token: str = ""
    max_connections: int = CONNECTIONS
    last_error_date: int | None = None
    last_error_message: str | None = None
    gone_since: float | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came back for an update: an error, or perhaps a method the bot wants called."""

    error: str | None = None
    retry_after_s: int = 0
    gone: bool = False
    content_type: str = ""
    body: bytes = b""


class Courier(Protocol):
    """Carries an update to an address; it never raises for what happens there."""

    async def bring(self, url: str, secret_token: str, update: Json) -> Receipt: ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class Round:
    """One webhook's deliveries: what stands in which queue, and the tasks that bring it."""

    places: asyncio.Semaphore
    queues: dict[Queue, deque[int]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


class Postman:
    """Brings every waiting update to the webhook, one at a time in each queue."""

    def __init__(
        self,
        journal: Journal,
        updates: Updates,
        hire: Callable[[], Courier],
        is_out: Callable[[], bool],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._journal = journal
        self._updates = updates
        self._hire = hire
        self._is_out = is_out
        self._now = now
        kept = dict(journal.things("webhook")).get("set")
        self.webhook = Webhook(**kept) if kept else None
        self.carry_out: CarryOut | None = None  # Calls the method a bot answers with.
        self._courier: Courier | None = None
        self._round: Round | None = None

    def set(self, webhook: Webhook | None) -> None:
        """Bring the updates here from now on; None brings them nowhere."""
        self._stop_round()
        self.webhook = webhook
        self._keep()
        self.start()

    def start(self) -> None:
        """Begin with all that waits."""
        if self.webhook is None:
            return
        self._round = Round(asyncio.Semaphore(self.webhook.max_connections))
        self._updates.listener = self._take
        for update_id in self._updates.waiting_ids():
            self._take(update_id)

    async def close(self) -> None:
        self._stop_round()
        if self._courier:
            await self._courier.close()

    def _stop_round(self) -> None:
        self._updates.listener = None
        if self._round:
            for task in self._round.tasks:
                task.cancel()
        self._round = None

    def _keep(self) -> None:
        self._journal.put("webhook", "set", asdict(self.webhook) if self.webhook else None)

    def _take(self, update_id: int) -> None:
        update = self._updates.find(update_id)
        round_ = self._round
        if update is None or round_ is None:
            return
        queue = queue_of(update)
        if queue in round_.queues:
            round_.queues[queue].append(update_id)
            return
        round_.queues[queue] = deque([update_id])
        task = asyncio.get_running_loop().create_task(self._empty(round_, queue))
        round_.tasks.add(task)
        task.add_done_callback(round_.tasks.discard)

    async def _empty(self, round_: Round, queue: Queue) -> None:
        """Bring what stands in this queue, each until it is taken or too old."""
        waiting = round_.queues[queue]
        while waiting:
            await self._bring(round_, waiting[0])
            waiting.popleft()
        del round_.queues[queue]

    async def _bring(self, round_: Round, update_id: int) -> None:
        tries = 0
        while update := self._updates.find(update_id):
            await self._journal.kept()
            async with round_.places:
                receipt = await self._deliver(update)
            if receipt.error is None:
                self._updates.forget(update_id)
                await self._note_success(receipt)
                return
            if self._note_failure(receipt):
                return
            pause_s = receipt.retry_after_s or min(FIRST_PAUSE_S * 2**tries, LONGEST_PAUSE_S)
            tries += 1
            if self._updates.find(update_id, ahead_s=pause_s):
                await asyncio.sleep(pause_s)

    async def _note_success(self, receipt: Receipt) -> None:
        if self.webhook and self.webhook.gone_since is not None:
            self.webhook.gone_since = None
            self._keep()
        await self._journal.kept()
        if receipt.body and self.carry_out:
            await self.carry_out(receipt.content_type, receipt.body)

    def _note_failure(self, receipt: Receipt) -> bool:
        """Remember it for getWebhookInfo; whether the webhook is given up."""
        webhook = self.webhook
        if webhook is None:
            return True
        webhook.last_error_date = int(self._now())
        webhook.last_error_message = receipt.error
        if not receipt.gone:
            webhook.gone_since = None
        elif webhook.gone_since is None:
            webhook.gone_since = self._now()
        elif self._now() - webhook.gone_since >= GONE_LIMIT_S:
            asyncio.get_running_loop().call_soon(self.set, None)  # It ends this task too.
            return True
        self._keep()
        return False

    async def _deliver(self, update: Json) -> Receipt:
        assert self.webhook is not None, "without one no task runs"
        if self._is_out():
            return Receipt(error=BROKEN_OFF)
        if self._courier is None:
            self._courier = self._hire()
        return await self._courier.bring(self.webhook.url, self.webhook.secret_token, update)


def queue_of(update: Json) -> Queue:
    """Order is kept in here: messages by chat, presses by person, standing by chat apart."""
    kind = next((name for name in update if name != "update_id"), "")
    body = update.get(kind)
    if not isinstance(body, dict):
        return kind, update["update_id"]
    if kind == "callback_query":
        return "press", _id_in(body, "from")
    if kind in ("my_chat_member", "chat_member"):
        return "standing", _id_in(body, "chat")
    return "chat", _id_in(body, "chat") or update["update_id"]


def _id_in(body: Json, name: str) -> int:
    inner = body.get(name)
    found = inner.get("id") if isinstance(inner, dict) else None
    return found if isinstance(found, int) else 0
