"""When messages leave where one process sends alone: what it has sent itself is the truth."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.delivery.restraint import Restraint
from bot.delivery.windows import Window
from services.pace import WHOLE

SPREAD_S = 1.011  # Over so long the letters of a second are spread,
WINDOW_S = 1.008  # and never are there more in so long: what may lie between here and the socket.
LATE_S = 0.05  # Timers wake late; the schedule makes up for so much, and for no more.
CHATTING_S = 2.0  # So long after an answer letters keep a place free for the next.

# Letters that are closer together than this leave together, as nobody sleeps for less. What left
# at one moment reaches the socket one by one, so all that is between these is wider, and a crowd
# that was held up makes up for it by leaving so much faster, not at once.
GROUP_S = 0.01
GROUP_SPREAD_S = 1.018
GROUP_WINDOW_S = 1.017
GROUP_LATE_S = 0.2
FASTER = 2.5
AWAITED_S = 0.01  # Who leaves so soon after a wait has waited, or comes with those who have.


class Schedule:
    """Letters leave evenly and give way; an answer has the next free place in the second."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        rate: int,
        restraint: Restraint,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._restraint = restraint
        self._rate = rate
        grouped = rate > 1 / GROUP_S
        self._step_s = (GROUP_SPREAD_S if grouped else SPREAD_S) / rate
        self._group_s = GROUP_S if grouped else 0.0
        self._late_s = GROUP_LATE_S if grouped else max(LATE_S, self._step_s)
        self._window = Window(rate, GROUP_WINDOW_S if grouped else WINDOW_S)
        self._group = Window(max(1, round(FASTER * rate * GROUP_S)), self._group_s)
        self._next = clock()
        self._awaited_at = float("-inf")  # When the last wait for a turn ended.
        self._chatting_until = float("-inf")
        self._promised = 0  # Letters that may leave and are about to.
        self._answers = 0  # Messages of answers that wait for a place.
        self._turn = asyncio.Lock()

    def take(self, now: float) -> bool:
        """Whether a letter may leave now; it says by leave() or drop() what becomes of that."""
        if max(self._next, self._group.room_at) > now or self._answers:
            return False
        if self._room_at(now, 1) > now:
            return False
        self._promised += 1
        self._group.add(now)
        step_s = self._step_s
        if not self._restraint.whole:
            step_s = step_s * WHOLE / self._restraint.permille(now)
        self._next = self._turn_at(now) + step_s
        return True

    def leave(self, now: float) -> None:
        """It leaves now: the moment that counts, later than its turn where the machine is busy."""
        self._promised -= 1
        self._window.add(now)

    def drop(self) -> None:
        """It does not leave."""
        self._promised -= 1

    async def soon(self, wanted: int) -> None:
        """Until it is worth to try again."""
        now = self._clock()
        room_at = self._room_at(now, 1 + self._answers)
        if room_at > max(now, self._next):  # What left together finds room together.
            await self._sleep(room_at - now)
        elif self._answers:
            await self._sleep(self._step_s)
        else:
            await self._sleep(max(self._next - now, self._group.room_at - now, self._group_s))
        self._awaited_at = self._clock()

    async def answer(self, messages: int) -> None:
        """Let an answer go. A crowd of answers waits for itself alone, each in its turn."""
        self._answers += messages
        try:
            async with self._turn:
                while (due := self._due(now := self._clock(), messages)) > now:
                    await self._sleep(due - now)
                self._window.add(now, messages)
                self._next = self._turn_at(now) + messages * self._step_s
                self._chatting_until = now + CHATTING_S
        finally:
            self._answers -= messages

    def per_second(self) -> float:
        """How many letters leave in a second."""
        return self._restraint.permille(self._clock()) / WHOLE / self._step_s

    async def close(self) -> None:
        """Nothing is under way here."""

    def _turn_at(self, now: float) -> float:
        """When it was the turn of what leaves now; nobody makes up for a pause of their own.

        Else a campaign would begin in a rush, and have the pause in each second that follows.
        """
        held_up = now - self._awaited_at < AWAITED_S
        return max(self._next, now - self._late_s if held_up else now)

    def _room_at(self, now: float, messages: int) -> float:
        """When there is room for these letters, and for an answer where people are chatting."""
        return self._due(now, messages + int(now < self._chatting_until))

    def _due(self, now: float, messages: int) -> float:
        """When there is room for these and for what is promised."""
        if self._promised and messages + self._promised > self._rate:
            return now + self._step_s  # What is promised fills the second, but has not left yet.
        places = messages + self._promised
        return self._window.room_at if places == 1 else self._window.due(places)
