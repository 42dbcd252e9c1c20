"""What happened in the town, for those who watch."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from itertools import takewhile
from typing import Literal, NamedTuple

from sandbox.state import Journal, Json

EVENTS_KEPT = 5_000
HEARTBEAT_S = 15.0
Kind = Literal[
    "message", "edited", "deleted", "callback", "chat", "person", "clock", "typing", "fault"
]
FLEETING = {"typing"}  # Told to those who watch now, and not remembered.


class Event(NamedTuple):
    """Something that can be seen; messages are looked up when it is told."""

    n: int
    type: Kind
    chat_id: int | None = None
    message_id: int | None = None
    person_id: int | None = None  # Only this person sees it.
    facts: Json | None = None


class Events:
    """The last events in order; watchers read on from any number that is still kept."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        kept = sorted((Event(*body) for _, body in journal.things("event")), key=lambda e: e.n)
        self._last: deque[Event] = deque(kept, maxlen=EVENTS_KEPT)
        self._watchers: set[asyncio.Future[None]] = set()
        self._closed = False

    @property
    def newest(self) -> int:
        return self._last[-1].n if self._last else 0

    def add(
        self,
        kind: Kind,
        chat_id: int | None = None,
        message_id: int | None = None,
        person_id: int | None = None,
        facts: Json | None = None,
    ) -> None:
        event = Event(self.newest + 1, kind, chat_id, message_id, person_id, facts)
        self._last.append(event)
        # The rows are a ring too: a new event takes the row of the one that falls out.
        if kind not in FLEETING:
            self._journal.put("event", event.n % EVENTS_KEPT, tuple(event))
        self._wake()

    async def follow(self, after: int) -> AsyncIterator[Event | None]:
        """Events after this number as they come; None now and then while nothing happens."""
        while not self._closed:
            for event in self._after(after):
                after = event.n
                yield event
            if after < self.newest:
                continue
            watcher = asyncio.get_running_loop().create_future()
            self._watchers.add(watcher)
            try:
                await asyncio.wait_for(watcher, HEARTBEAT_S)
            except TimeoutError:
                yield None
            finally:
                self._watchers.discard(watcher)

    def _after(self, n: int) -> list[Event]:
        """Those with a higher number; the numbers of fleeting events are missing after a start."""
        newer = list(takewhile(lambda event: event.n > n, reversed(self._last)))
        return newer[::-1]

    def close(self) -> None:
        """Let all watchers go."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        for watcher in self._watchers:
            if not watcher.done():
                watcher.set_result(None)
