"""The bot's queue of updates: kept until the bot has them for sure, by polling or by webhook."""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator

from sandbox.state import Journal, Json

LIFE_S = 24 * 3600
QUERY_LIFE_S = 150
QUIET_AFTER_S = 3.0
ANOTHER_POLL = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class PollEnded(Exception):
    """Somebody else takes the updates now; an open poll is told who."""


class Updates:
    """Updates in order of their ids; at least once until a higher offset is asked for."""

    def __init__(self, journal: Journal, now: Callable[[], float] = time.time) -> None:
        self._journal = journal
        self._now = now
        self.listener: Callable[[int], None] | None = None  # Told the id of every new update.
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
        self._waiting[update_id] = (self._now(), {"update_id": update_id, **update})
        self._journal.put("intake", "next_id", self._next_id)
        self._journal.put("update", update_id, self._waiting[update_id])
        self.wake()
        if self.listener:
            self.listener(update_id)
        return update_id

    async def poll(self, offset: int, limit: int, timeout_s: float) -> list[Json]:
        """The next updates, as soon as there are any; acknowledges everything below the offset."""
        self.end_poll(ANOTHER_POLL)
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

    def end_poll(self, reason: str) -> None:
        """Tell an open poll that somebody else takes the updates now."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(PollEnded(reason))

    @property
    def polling(self) -> bool:
        """Whether a bot listens: a poll is open or was a moment ago."""
        return self._poller is not None or time.monotonic() - self._polled_at < QUIET_AFTER_S

    def waiting(self) -> Iterator[Json]:
        """What the bot has not acknowledged yet, oldest first."""
        return (body for _, body in self._waiting.values())

    def waiting_ids(self) -> list[int]:
        return list(self._waiting)

    def find(self, update_id: int, ahead_s: float = 0) -> Json | None:
        """An update that is still of use; one that will be too old by then is dropped."""
        found = self._waiting.get(update_id)
        if found and self._too_old(*found, self._now() + ahead_s):
            self.forget(update_id)
            return None
        return found[1] if found else None

    def drop_all(self) -> None:
        for update_id in list(self._waiting):
            self.forget(update_id)

    def close(self) -> None:
        """Answer an open poll at once and let none wait any more."""
        self._closed = True
        self.wake()

    def wake(self) -> None:
        """Answer an open poll with what there is."""
        if self._poller and not self._poller.done():
            self._poller.set_result(None)

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            for update_id in list(self._waiting)[:offset]:
                self.forget(update_id)
            return
        while self._waiting and (oldest := next(iter(self._waiting))) < offset:
            self.forget(oldest)

    def _batch(self, limit: int) -> list[Json]:
        """The oldest updates that are not too old; those that are, are dropped on the way."""
        now = self._now()
        batch: list[Json] = []
        expired: list[int] = []
        for update_id, (at, body) in self._waiting.items():
            if self._too_old(at, body, now):
                expired.append(update_id)
            else:
                batch.append(body)
            if len(batch) == limit:
                break
        for update_id in expired:
            self.forget(update_id)
        return batch

    @staticmethod
    def _too_old(at: float, body: Json, now: float) -> bool:
        return now - at > (QUERY_LIFE_S if "callback_query" in body else LIFE_S)

    def forget(self, update_id: int) -> None:
        """The bot has it, or nobody wants it any more."""
        if self._waiting.pop(update_id, None):
            self._journal.put("update", update_id, None)
