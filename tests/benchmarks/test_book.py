"""The book's benchmark still runs, in every part, at its smallest; numbers mean nothing here."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.conftest import FAMILIES

ROOT = Path(__file__).parents[2]
SMALLEST = {
    "few": 40,
    "members": 365,
    "transfers": 80,
    "purchases": 16,
    "batched": 40,
    "rounds": 1,
}
PARTS = ("one at a time", "8 writers", "in batches", "365 members", "expiry", "review", "birthdays")


@pytest.mark.parametrize("family", FAMILIES)
async def test_every_part_runs(family: str) -> None:
    options = [f"--{name}={value}" for name, value in SMALLEST.items()]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.book", f"--databases={family}", *options),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = (text.decode() for text in await process.communicate())
    assert process.returncode == 0, complained
    told = [line for line in said.splitlines() if line.startswith((*PARTS, "audit"))]
    assert len(told) == len(PARTS) + 1, said
