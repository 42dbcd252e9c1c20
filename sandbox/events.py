"""What happened in the town, for those who watch."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from itertools import takewhile
from typing import Literal, NamedTuple

from sandbox.state import Journal, Json

EVENTS_KEPT = 5_000
HEARTBEAT_S = 15.0
Kind = Literal[
    "message", "edited", "deleted", "callback", "chat", "person", "clock", "typing", "fault"
]
FLEETING = {"typing"}  # Told to those who watch now, and not remembered.
FLEETING_N = 0


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
        self._watchers: set[Watcher] = set()
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
        n = FLEETING_N if kind in FLEETING else self.newest + 1
        event = Event(n, kind, chat_id, message_id, person_id, facts)
        if kind not in FLEETING:
            self._last.append(event)
            # The rows are a ring too: a new event takes the row of the one that falls out.
            self._journal.put("event", event.n % EVENTS_KEPT, tuple(event))
        for watcher in self._watchers:
            watcher.waiting.append(event)
            watcher.woken.set()

    async def follow(self, after: int) -> AsyncGenerator[Event | None, None]:
        """Events after this number as they come; None now and then while nothing happens."""
        watcher = Watcher(self._after(after))
        self._watchers.add(watcher)
        try:
            while not self._closed:
                while watcher.waiting:
                    yield watcher.waiting.popleft()
                watcher.woken.clear()
                if self._closed:
                    return
                try:
                    await asyncio.wait_for(watcher.woken.wait(), HEARTBEAT_S)
                except TimeoutError:
                    yield None
        finally:
            self._watchers.discard(watcher)

    def _after(self, n: int) -> list[Event]:
        """Those with a higher number."""
        newer = list(takewhile(lambda event: event.n > n, reversed(self._last)))
        return newer[::-1]

    def close(self) -> None:
        """Let all watchers go."""
        self._closed = True
        for watcher in self._watchers:
            watcher.woken.set()


class Watcher:
    """Somebody who watches, and what they have not been told yet."""

    def __init__(self, missed: list[Event]) -> None:
        self.waiting = deque(missed, maxlen=EVENTS_KEPT)
        self.woken = asyncio.Event()
