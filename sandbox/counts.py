"""What the bot asked for and how fast it sent."""

import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

CALLS_KEPT = 5_000
WINDOW_S = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot and its end."""

    n: int
    at: int  # Milliseconds since 1970.
    method: str
    params: dict[str, Any]
    ok: bool
    error_code: int | None
    description: str | None


class Calls:
    """The bot's last requests."""

    def __init__(self) -> None:
        self._last: deque[Call] = deque(maxlen=CALLS_KEPT)
        self._count = 0
        self.refused: Counter[str] = Counter()

    def add(
        self, method: str, params: dict[str, Any], code: int | None, description: str | None
    ) -> None:
        self._count += 1
        at = int(time.time() * 1000)
        self._last.append(Call(self._count, at, method, params, code is None, code, description))
        if code is not None:
            self.refused[f"{code} {description}"] += 1

    def after(self, n: int) -> list[Call]:
        return [call for call in self._last if call.n > n]


class Pace:
    """How many messages arrived in each chat, and the most in any rolling second."""

    def __init__(self, delivered: dict[int, int]) -> None:
        self.delivered: Counter[int] = Counter(delivered)
        self.most_in_a_second = 0
        self.most_in_a_second_per_chat = 0
        self.unchecked = 0
        self._times: deque[float] = deque()
        self._chat_times: dict[int, deque[float]] = {}

    def count(self, chat_id: int) -> None:
        now = time.monotonic()
        self.delivered[chat_id] += 1
        of_chat = self._chat_times.setdefault(chat_id, deque())
        self.most_in_a_second = max(self.most_in_a_second, _push(self._times, now))
        self.most_in_a_second_per_chat = max(self.most_in_a_second_per_chat, _push(of_chat, now))


def _push(times: deque[float], now: float) -> int:
    """Add a moment and drop those that are a second old; how many are left."""
    times.append(now)
    while times[0] <= now - WINDOW_S:
        times.popleft()
    return len(times)
