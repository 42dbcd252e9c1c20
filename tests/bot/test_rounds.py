"""Work that comes round goes on, whatever happens in one of the rounds."""

import asyncio
import logging

import pytest

from bot.rounds import Rounds


class Work(Rounds):
    """Rounds that meet these faults, one after the other, and then nothing."""

    def __init__(self, *faults: Exception) -> None:
        super().__init__("work", every_s=0.001)
        self._faults = list(faults)

    async def look(self) -> bool:
        if self._faults:
            raise self._faults.pop(0)
        self.stop()
        return False


async def test_a_database_that_is_away_is_said_once_and_calmly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with asyncio.timeout(10):
        await Work(OSError("no route"), OSError("no route")).run()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert all(record.exc_info is None for record in caplog.records)


async def test_a_bug_is_logged_with_its_place_and_the_next_round_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with asyncio.timeout(10):
        await Work(ValueError("ours")).run()
    (record,) = caplog.records
    assert (record.levelname, record.exc_info is None) == ("ERROR", False)
