"""The bot's queue of updates: kept until acknowledged, waited for by one poll at a time."""

import asyncio
import secrets
import time
from collections import OrderedDict

from sandbox.state import Journal, Json

LIFE_S = 24 * 3600
QUERY_LIFE_S = 150
QUIET_AFTER_S = 3.0
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class AnotherPoller(Exception):
    """A newer poll took over; the older one is told so."""


class Updates:
    """Updates in order of their ids; at least once until a higher offset is asked for."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        kept_updates = sorted(journal.things("update"), key=lambda one: int(one[0]))
        # An OrderedDict gives up its oldest entries cheaply; a dict walks over their graves.
        self._waiting: OrderedDict[int, tuple[float, Json]] = OrderedDict(
            (int(key), (at, body)) for key, (at, body) in kept_updates
        )
        kept = dict(journal.things("intake"))
        self._next_id: int = kept.get("next_id") or 100_000_000 + secrets.randbelow(800_000_000)
        self.allowed: list[str] = kept.get("allowed", [])
        self._poller: asyncio.Future[None] | None = None
        self._polled_at = float("-inf")
        self._closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for this kind; without a wish it gets all but the noisy ones."""
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST

    def allow(self, kinds: list[str]) -> None:
        self.allowed = kinds
        self._journal.put("intake", "allowed", kinds)

    def add(self, kind: str, body: Json) -> None:
        """Queue an update if the bot asked for its kind."""
        if self.wants(kind):
            self.add_raw({kind: body})

    def add_raw(self, update: Json) -> int:
        """Queue an update as it is; its id."""
        update_id = self._next_id
        self._next_id += 1
        now = time.time()
        self._waiting[update_id] = (now, {"update_id": update_id, **update})
        self._journal.put("intake", "next_id", self._next_id)
        self._journal.put("update", update_id, self._waiting[update_id])
        self._wake()
        return update_id

    async def poll(self, offset: int, limit: int, timeout_s: float) -> list[Json]:
        """The next updates, as soon as there are any; acknowledges everything below the offset."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(AnotherPoller())
        self._acknowledge(offset)
        batch = self._batch(limit)
        if batch or timeout_s <= 0 or self._closed:
            self._polled_at = time.monotonic()
            return batch
        poller = self._poller = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(poller, timeout_s)
        except TimeoutError:
            return []
        finally:
            self._polled_at = time.monotonic()
            if self._poller is poller:
                self._poller = None
        return self._batch(limit)

    @property
    def polling(self) -> bool:
        """Whether a bot listens: a poll is open or was a moment ago."""
        return self._poller is not None or time.monotonic() - self._polled_at < QUIET_AFTER_S

    def drop_all(self) -> None:
        for update_id in list(self._waiting):
            self._forget(update_id)

    def close(self) -> None:
        """Answer an open poll at once and let none wait any more."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        if self._poller and not self._poller.done():
            self._poller.set_result(None)

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            for update_id in list(self._waiting)[:offset]:
                self._forget(update_id)
            return
        while self._waiting and (oldest := next(iter(self._waiting))) < offset:
            self._forget(oldest)

    def _batch(self, limit: int) -> list[Json]:
        """The oldest updates that are not too old; those that are, are dropped on the way."""
        now = time.time()
        batch: list[Json] = []
        expired: list[int] = []
        for update_id, (at, body) in self._waiting.items():
            if now - at > (QUERY_LIFE_S if "callback_query" in body else LIFE_S):
                expired.append(update_id)
            else:
                batch.append(body)
            if len(batch) == limit:
                break
        for update_id in expired:
            self._forget(update_id)
        return batch

    def _forget(self, update_id: int) -> None:
        del self._waiting[update_id]
        self._journal.put("update", update_id, None)
