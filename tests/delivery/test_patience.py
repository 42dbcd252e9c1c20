"""A database that is away is waited for, and named once."""

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.delivery.patience import Patience


async def test_an_outage_is_named_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    faults = [OperationalError("SELECT 1", {}, OSError("locked")), ConnectionRefusedError()]

    async def action() -> str:
        if faults:
            raise faults.pop()
        return "done"

    assert await Patience().through(action) == "done"
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_a_bug_of_ours_is_not_waited_for() -> None:
    async def action() -> None:
        raise ProgrammingError("SELEC 1", {}, Exception("syntax"))

    with pytest.raises(ProgrammingError):
        await Patience().through(action)
