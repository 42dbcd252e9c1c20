"""What the bot asked for, how fast it sent, and what it said twice."""

import time
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.state import Json

CALLS_KEPT = 5_000
UNKNOWN_KEPT = 1_000
SECOND_S, MINUTE_S = 1.0, 60.0
SAME_LETTER_S = 3600.0
LETTERS_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot and its end."""

    n: int
    at: int  # Milliseconds since 1970.
    method: str
    params: dict[str, Any]
    ms: float  # How long it took here, waits included.
    ok: bool
    error_code: int | None
    description: str | None
    result: object


class Calls:
    """The bot's last requests."""

    def __init__(self) -> None:
        self._last: deque[Call] = deque(maxlen=CALLS_KEPT)
        self._count = 0
        self.refused: Counter[str] = Counter()
        self.unknown_parameters: Counter[str] = Counter()

    def add(
        self,
        method: str,
        params: dict[str, Any],
        began: float,
        *,
        code: int | None = None,
        description: str | None = None,
        result: object = None,
    ) -> None:
        """Note a call and how it ended; a description without a code is an end without answer.

        `began` is a reading of time.perf_counter().
        """
        self._count += 1
        at, ms = int(time.time() * 1000), round((time.perf_counter() - began) * 1000, 1)
        ok = description is None
        call = Call(self._count, at, method, params, ms, ok, code, description, result)
        self._last.append(call)
        if code is not None:
            self.refused[f"{code} {description}"] += 1

    def add_unknown(self, method: str, name: str) -> None:
        """Note a parameter that the method does not have; the real server says nothing of it."""
        place = f"{method}.{name}"
        if place in self.unknown_parameters or len(self.unknown_parameters) < UNKNOWN_KEPT:
            self.unknown_parameters[place] += 1

    def after(self, n: int) -> list[Call]:
        return [call for call in self._last if call.n > n]


class Pace:
    """How many messages arrived in each chat, the most in any rolling time, and the repeats.

    A repeat is a message with the text and markup of one that the chat got within the hour.
    """

    def __init__(
        self, delivered: dict[int, int], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._now = now
        self.delivered: Counter[int] = Counter(delivered)
        self.repeats: Counter[int] = Counter()
        self.unchecked = 0
        self.most_in_a_second = 0
        self.most_in_a_second_per_chat = 0
        self.most_in_a_minute_per_group = 0
        self._times: deque[float] = deque()
        self._chat_times: defaultdict[int, deque[float]] = defaultdict(deque)
        self._group_times: defaultdict[int, deque[float]] = defaultdict(deque)
        self._letters: OrderedDict[int, float] = OrderedDict()

    def count(self, chat_id: int, content: Json | None = None, markup: object = None) -> None:
        """One message of the bot has arrived; with its content it can be known as a repeat."""
        now = self._now()
        self.delivered[chat_id] += 1
        if (count := _push(self._times, now, SECOND_S)) > self.most_in_a_second:
            self.most_in_a_second = count
        count = _push(self._chat_times[chat_id], now, SECOND_S)
        if count > self.most_in_a_second_per_chat:
            self.most_in_a_second_per_chat = count
        if chat_id < 0:
            count = _push(self._group_times[chat_id], now, MINUTE_S)
            if count > self.most_in_a_minute_per_group:
                self.most_in_a_minute_per_group = count
        if content is not None:
            self._note_letter(chat_id, hash((chat_id, _words(content), str(markup))), now)

    def _note_letter(self, chat_id: int, letter: int, now: float) -> None:
        letters = self._letters
        before = letters.pop(letter, None)
        if before is not None and now - before <= SAME_LETTER_S:
            self.repeats[chat_id] += 1
        letters[letter] = now
        if len(letters) > LETTERS_KEPT:
            letters.popitem(last=False)


def _words(content: Json) -> object:
    """What a reader knows a letter by: its text, its caption, or the file itself."""
    if words := content.get("text") or content.get("caption"):
        return words
    pictures = content.get("photo")
    return (pictures[-1] if pictures else content.get("document", {})).get("file_unique_id")


def _push(times: deque[float], now: float, window_s: float) -> int:
    """Add a moment and drop those that have left the window; how many are in it."""
    times.append(now)
    while times[0] <= now - window_s:
        times.popleft()
    return len(times)
