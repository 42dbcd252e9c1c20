"""Waits until something that no chat shows has come about: a line of a log, rows of a table."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.forks import DEADLINE_S

STEP_S = 0.02


async def until(seen: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again until it is so; fails when it never is."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            if await seen():
                return
            await asyncio.sleep(STEP_S)
