"""Time that passes only when everybody sleeps."""

import asyncio
from collections.abc import Coroutine, Sequence
from heapq import heappop, heappush
from itertools import count, cycle
from typing import Any

SETTLING_TURNS = 12  # A wake-up passes through fewer turns of the loop.


class FakeTime:
    """A monotonic clock and its sleep, which ends late by `late_s`, one after the other."""

    def __init__(self, late_s: Sequence[float] = (0.0,)) -> None:
        self.now = 1000.0
        self._late_s = cycle(late_s)
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(
            self._sleepers, (self.now + seconds + next(self._late_s), next(self._order), woken)
        )
        await woken

    async def settle(self) -> None:
        """Until everybody sleeps."""
        for _ in range(SETTLING_TURNS):
            await asyncio.sleep(0)

    async def run(self, *work: Coroutine[Any, Any, Any]) -> None:
        """Let time pass until all of the work is done."""
        tasks = [asyncio.ensure_future(each) for each in work]
        while True:
            await self.settle()
            if all(task.done() for task in tasks):
                break
            at, _, woken = heappop(self._sleepers)
            self.now = max(self.now, at)
            if not woken.done():
                woken.set_result(None)
        await asyncio.gather(*tasks)
