"""One pace for one token: when the next message may leave.

Letters follow a schedule and give way; an answer to somebody in front of us goes at once and is
charged, so that letters wait longer after it. No letter leaves while a rolling second is full.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

RATE = 30  # Messages a second for one token.
WINDOW_S = 1.01  # A second, and what may lie between leaving here and touching the socket.
LATE_S = 0.02  # Timers wake late; the schedule makes up for so much, and for no more.
LETTER_SPACING_S = 1.0
LIVE_BURST = 5
LIVE_SPACING_S = 1.0
LIVE_PATIENCE_S = 30.0  # Within it an answer is waited for where it stands.
GROUP_A_MINUTE = 20
MINUTE_S = 60.1  # A minute, and what may lie between leaving here and touching the socket.
MAX_CHATS = 10_000

ChatId = int | str


class Halted(Exception):
    """The messenger told this token to be silent."""

    def __init__(self, remaining_s: float) -> None:
        self.remaining_s = remaining_s
        super().__init__(f"silent for another {remaining_s:.1f} s")


class Pace:
    """Says when a message may leave, and counts it. The clock is monotonic."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rate: int = RATE,
        group_a_minute: int = GROUP_A_MINUTE,
    ) -> None:
        assert rate > 0, "a pace of nothing sends nothing"
        assert group_a_minute > LIVE_BURST, "a burst is part of the minute"
        self.rate = rate
        self._clock = clock
        self._sleep = sleep
        self._interval_s = WINDOW_S / rate
        self._late_s = max(LATE_S, self._interval_s)
        self._group_a_minute = group_a_minute
        self._next = clock()
        self._all = _Window(rate, WINDOW_S)
        self._live = _Window(rate, WINDOW_S)
        self._halt_until = float("-inf")
        self._chats: dict[ChatId, _Chat] = {}
        self._turn = asyncio.Lock()

    async def live(self, chat_id: ChatId, messages: int = 1) -> None:
        """Let an answer go: at once within a chat's burst, and never behind a letter.

        A crowd of answers waits for itself alone. Raises Halted when a halt is longer than a
        person would wait.
        """
        self._refuse_long_halt()
        reserved = self._chat(chat_id).reserve_live(self._clock(), messages)
        await self._wait(lambda: max(reserved, self._live.due(), self._halt_until))
        now = self._clock()
        for _ in range(messages):
            self._live.add(now)
            self._charge(now)

    async def open(self) -> None:
        """Wait out a short halt, for what is no message; raises Halted when it is a long one."""
        await self._wait(lambda: self._halt_until)

    async def letter(self, chat_id: ChatId) -> None:
        """Let a letter go when the chat and the token have room; raises Halted during a halt."""
        while True:
            await self._wait(lambda: self._chat(chat_id).letter_due(), letter=True)
            async with self._turn:
                await self._wait(self._slot_due, letter=True)
                now = self._clock()
                if self._chat(chat_id).letter_due() <= now:
                    self._chat(chat_id).take_letter(now)
                    self._charge(now)
                    return

    def letter_wait_s(self, chat_id: ChatId) -> float:
        """How long the chat alone keeps a letter waiting."""
        return max(0.0, self._chat(chat_id).letter_due() - self._clock())

    def halt(self, delay_s: float) -> None:
        """Nothing leaves for so long; of several halts the last to end counts."""
        self._halt_until = max(self._halt_until, self._clock() + delay_s)

    def halted_s(self) -> float:
        """How long nothing leaves yet."""
        return max(0.0, self._halt_until - self._clock())

    def _slot_due(self) -> float:
        return max(self._next, self._all.due())

    def _charge(self, now: float) -> None:
        self._all.add(now)
        self._next = max(self._next, now - self._late_s) + self._interval_s

    async def _wait(self, due: Callable[[], float], *, letter: bool = False) -> None:
        """Until the moment, which others may put off meanwhile."""
        while True:
            if letter and self.halted_s() > 0:
                raise Halted(self.halted_s())
            self._refuse_long_halt()
            wait_s = due() - self._clock()
            if wait_s <= 0:
                return
            await self._sleep(wait_s)

    def _refuse_long_halt(self) -> None:
        if self.halted_s() > LIVE_PATIENCE_S:
            raise Halted(self.halted_s())

    def _chat(self, chat_id: ChatId) -> "_Chat":
        if (chat := self._chats.get(chat_id)) is None:
            if len(self._chats) >= MAX_CHATS:
                now = self._clock()
                self._chats = {key: old for key, old in self._chats.items() if not old.idle(now)}
            in_group = isinstance(chat_id, int) and chat_id < 0
            chat = _Chat(_Window(self._group_a_minute, MINUTE_S) if in_group else None)
            self._chats[chat_id] = chat
        return chat


class _Window:
    """The last moments of something; in any `length_s` there are never more than `size`."""

    def __init__(self, size: int, length_s: float) -> None:
        self._moments: deque[float] = deque(maxlen=size)
        self._length_s = length_s

    def due(self) -> float:
        """When there is room for one more."""
        full = len(self._moments) == self._moments.maxlen
        return self._moments[0] + self._length_s if full else float("-inf")

    def add(self, now: float) -> None:
        self._moments.append(now)

    def idle(self, now: float) -> bool:
        """Nothing in it matters any more."""
        return not self._moments or self._moments[-1] + self._length_s <= now


@dataclass(slots=True)
class _Chat:
    """What one chat has had: a burst that refills by the second, and in a group its last minute.

    Answers are held back by answers alone (in a group by the full minute too), letters by both.
    """

    minute: _Window | None
    live_until: float = float("-inf")  # The moment up to which its answers use up the spacing.
    all_until: float = float("-inf")  # The same for all its messages.
    last: float = float("-inf")

    def live_due(self) -> float:
        """When an answer may go."""
        burst_over = self.live_until - (LIVE_BURST - 1) * LIVE_SPACING_S
        return max(burst_over, self._minute_due())

    def letter_due(self) -> float:
        """When a letter may go."""
        burst_over = self.all_until - (LIVE_BURST - 1) * LIVE_SPACING_S
        return max(self.last + LETTER_SPACING_S, burst_over, self._minute_due())

    def reserve_live(self, now: float, messages: int) -> float:
        """Take the chat's next turn for an answer; the moment of it."""
        due = max(now, self.live_due())
        self.live_until = max(self.live_until, due) + messages * LIVE_SPACING_S
        self._charge(due, messages)
        return due

    def take_letter(self, now: float) -> None:
        """A letter leaves now."""
        self._charge(now, 1)

    def idle(self, now: float) -> bool:
        """Nothing it has had matters any more."""
        quiet = max(self.all_until, self.last + LETTER_SPACING_S) <= now
        return quiet and (self.minute is None or self.minute.idle(now))

    def _minute_due(self) -> float:
        return float("-inf") if self.minute is None else self.minute.due()

    def _charge(self, at: float, messages: int) -> None:
        self.all_until = max(self.all_until, at) + messages * LIVE_SPACING_S
        self.last = max(self.last, at)
        if self.minute is not None:
            for _ in range(messages):
                self.minute.add(at)
