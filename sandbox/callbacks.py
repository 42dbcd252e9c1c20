"""Button presses that wait for the bot's answer."""

import secrets
import time
from dataclasses import asdict, dataclass

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

    @property
    def too_old(self) -> bool:
        return time.time() - self.at > LIFE_S


class Callbacks:
    """Presses by id; those of more than an hour ago are forgotten at start."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._by_id: dict[str, Callback] = {}
        for key, body in journal.things("callback"):
            if time.time() - body["at"] > REMEMBERED_S:
                journal.put("callback", key, None)
            else:
                self._by_id[key] = Callback(**body)

    def get(self, callback_id: str) -> Callback | None:
        return self._by_id.get(callback_id)

    def add(self, person_id: int, chat_id: int, message_id: int, data: str) -> Callback:
        callback_id = str(secrets.randbits(62) | 1 << 61)
        callback = Callback(callback_id, person_id, chat_id, message_id, data, time.time())
        self._by_id[callback_id] = callback
        self.keep(callback)
        return callback

    def keep(self, callback: Callback) -> None:
        self._journal.put("callback", callback.id, asdict(callback))
