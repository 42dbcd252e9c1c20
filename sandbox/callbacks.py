"""Button presses that wait for the bot's answer."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field

from sandbox.state import Journal

LIFE_S = 150
REMEMBERED_S = 3600


@dataclass(slots=True)
class Callback:
    """One press of an inline button, and what the bot said to it."""

    id: str
    person_id: int
    chat_id: int
    message_id: int
    data: str
    at: float
    answered: bool = False
    text: str | None = None
    show_alert: bool = False
    url: str | None = None
    again: dict[str, float] = field(default_factory=dict)  # Later queries of it, and their times.


class Callbacks:
    """Presses by the ids of their queries; those of an hour ago are forgotten."""

    def __init__(self, journal: Journal, now: Callable[[], float] = time.time) -> None:
        self._journal = journal
        self._now = now
        self._by_id: dict[str, Callback] = {}
        for key, body in journal.things("callback"):
            if now() - body["at"] > REMEMBERED_S:
                journal.put("callback", key, None)
            else:
                callback = Callback(**body)
                self._by_id |= dict.fromkeys((callback.id, *callback.again), callback)

    def get(self, query_id: str) -> Callback | None:
        return self._by_id.get(query_id)

    def answerable(self, query_id: str) -> Callback | None:
        """The press a query tells of, while that query is young enough to be answered."""
        callback = self._by_id.get(query_id)
        if callback is None:
            return None
        age_s = self._now() - callback.again.get(query_id, callback.at)
        return callback if age_s <= LIFE_S else None

    def waiting(self) -> Iterator[tuple[Callback, float]]:
        """Presses nobody has answered yet, and how many seconds ago they were."""
        for key, callback in list(self._by_id.items()):
            if key == callback.id and not callback.answered and self.answerable(key):
                yield callback, self._now() - callback.at

    def add(self, person_id: int, chat_id: int, message_id: int, data: str) -> Callback:
        callback = Callback(_query_id(), person_id, chat_id, message_id, data, self._now())
        self._by_id[callback.id] = callback
        self.keep(callback)
        return callback

    def repeat(self, callback: Callback) -> str:
        """A second query for the same press; its id. An answer to either ends the waiting."""
        query_id = _query_id()
        callback.again[query_id] = self._now()
        self._by_id[query_id] = callback
        self.keep(callback)
        return query_id

    def keep(self, callback: Callback) -> None:
        self._journal.put("callback", callback.id, asdict(callback))


def _query_id() -> str:
    return str(secrets.randbits(62) | 1 << 61)
