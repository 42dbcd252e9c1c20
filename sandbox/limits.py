"""How much the bot may send, by the messenger's rules: beyond it nothing passes for a while."""

import math
from collections import deque
from collections.abc import Callable

from sandbox.faults import Limits

SECOND_S, MINUTE_S = 1.0, 60.0


class Limiter:
    """Counts what is sent; says when a message is too much, and for how long all must wait.

    A chat has room for `burst` messages, which empties at its rate; the other two limits hold
    in every rolling second and minute.
    """

    def __init__(self, limits: Limits | None, now: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self._locked_until = float("-inf")
        self._all: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._full_until: dict[int, float] = {}  # By chat: when its room is empty again.

    @property
    def locked_for_s(self) -> float:
        return max(self._locked_until - self._now(), 0)

    def lock(self, retry_after_s: int) -> None:
        """Let nothing pass for so long."""
        self._locked_until = max(self._locked_until, self._now() + retry_after_s)

    def too_much(self, chat_id: int, count: int) -> int | None:
        """Take these messages in; if they are too many, the seconds for which all must wait."""
        limits = self._limits
        if limits is None:
            return None
        now = self._now()
        chat = self._chat_room(limits, chat_id, count, now)
        group = self._groups.setdefault(chat_id, deque()) if chat_id < 0 else None
        fits = (
            chat is not None
            and _has_room(self._all, limits.per_second, SECOND_S, count, now)
            and (
                group is None or _has_room(group, limits.per_group_per_minute, MINUTE_S, count, now)
            )
        )
        if not fits:
            self.lock(limits.retry_after_s)
            return limits.retry_after_s
        if chat is not None:
            self._full_until[chat_id] = chat
        for moments in (self._all, group):
            if moments is not None:
                moments.extend([now] * count)
        return None

    def _chat_room(self, limits: Limits, chat_id: int, count: int, now: float) -> float | None:
        """When this chat's room would be empty again; None when it has no place."""
        if not limits.per_chat_per_second:
            return now
        each_s = 1 / limits.per_chat_per_second
        begun = max(self._full_until.get(chat_id, now), now)
        room_s = max(limits.burst, count) * each_s  # An album is let in as a whole.
        full_until = begun + count * each_s
        return full_until if full_until <= now + room_s else None


def _has_room(moments: deque[float], limit: int, window_s: float, count: int, now: float) -> bool:
    while moments and moments[0] <= now - window_s:
        moments.popleft()
    return not limit or len(moments) + count <= max(limit, count)


def whole_seconds(seconds: float) -> int:
    """As the server tells waits: in whole seconds, never too few."""
    return max(1, math.ceil(seconds))
