"""When messages leave where several processes send: at places that are reserved for all of them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from bot.delivery.reservations import Reservations, Slot
from bot.delivery.restraint import Restraint
from bot.delivery.schedule import WINDOW_S
from bot.delivery.windows import Window
from services.pace import WHOLE, step_s

GROUP_S = 0.005  # Nobody sleeps for less: letters that are closer together leave together.
TRIES = 3  # So often an answer asks for another place when it has woken too late.


class Slots:
    """Places that this process holds: few, and never far ahead."""

    def __init__(
        self,
        reservations: Reservations,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        rate: int,
        restraint: Restraint,
    ) -> None:
        self._reservations = reservations
        self._clock = clock
        self._sleep = sleep
        self._restraint = restraint
        self._step_s = step_s(rate)
        self._group_s = GROUP_S if self._step_s < GROUP_S else 0.0
        self._held: deque[Slot] = deque()
        self._own = Window(rate, WINDOW_S)  # What we have sent ourselves.
        self._turn = asyncio.Lock()
        self._wanted = 0
        self._filling: asyncio.Task[None] | None = None
        self._filled = asyncio.Event()

    def take(self, now: float) -> bool:
        """Whether a letter may leave now."""
        if not self._holds_one(now) or self._held[0].begin > now:
            return False
        self._held.popleft()
        self._wanted -= 1
        return True

    def leave(self, now: float) -> None:
        """It leaves now."""
        self._own.add(now)

    def drop(self) -> None:
        """It does not leave: its place is forfeited."""

    async def soon(self, wanted: int) -> None:
        """Until it is worth to try again; places for so many are asked for meanwhile."""
        self._wanted = wanted
        if self._filling is None or self._filling.done():
            self._filling = asyncio.create_task(self._fill())
        if self._held:
            await self._sleep(max(self._held[0].begin - self._clock(), self._group_s))
        else:
            self._filled.clear()
            filled = asyncio.create_task(self._filled.wait())
            await asyncio.wait({filled, self._filling}, return_when=asyncio.FIRST_COMPLETED)
            filled.cancel()
            if self._filling.done():
                self._filling.result()  # Raises what is our bug.

    async def answer(self, messages: int) -> None:
        """Let an answer go: at a place that we hold, else at one of its own.

        When the database is away it goes by what we have sent ourselves.
        """
        for _ in range(TRIES):
            slot = self._given_up(messages) or await self._reservations.answer(messages)
            if slot is None:
                await self._alone(messages)
                return
            while (wait_s := slot.begin - self._clock()) > 0:
                await self._sleep(wait_s)
            if self._clock() <= slot.until:
                break
        self._own.add(self._clock(), messages)

    def per_second(self) -> float:
        """How many letters leave in a second, of all processes together."""
        return self._restraint.permille(self._clock()) / WHOLE / self._step_s

    async def close(self) -> None:
        """Ask for nothing more."""
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.wait({self._filling})
        await self._reservations.close()

    async def _fill(self) -> None:
        """Reserve as long as more is wanted than is held, and it is not silent."""
        while self._wanted > len(self._held):
            slots, again_at = await self._reservations.letters(self._wanted - len(self._held))
            self._held.extend(slots)
            self._filled.set()
            if again_at is None:
                return
            least_s = self._group_s if slots else GROUP_S
            await self._sleep(max(again_at - self._clock(), least_s))

    def _holds_one(self, now: float) -> bool:
        """Whether a place is held; those of which we woke too late are forfeited."""
        held = self._held
        while held and held[0].until < now:
            held.popleft()
        return bool(held)

    def _given_up(self, messages: int) -> Slot | None:
        """A letter's place: letters give way."""
        if messages > 1 or not self._holds_one(self._clock()):
            return None
        return self._held.popleft()

    async def _alone(self, messages: int) -> None:
        async with self._turn:
            while (wait_s := self._own.due(messages) - self._clock()) > 0:
                await self._sleep(wait_s)
            self._own.add(self._clock(), messages)
