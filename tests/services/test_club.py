"""What the club remembers of itself."""

from datetime import UTC, datetime, timedelta

import pytest

from services.club import Club
from storage import club as club_store
from storage.db import Database

NOW = datetime(2026, 3, 21, tzinfo=UTC)
START = datetime(2018, 9, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "offset"),
    [
        ((START, None), START - NOW),
        ((START, START + timedelta(days=9)), START - NOW),  # The row rules.
        ((None, START), timedelta(0)),
        ((NOW + timedelta(milliseconds=1), None), timedelta(milliseconds=1)),
    ],
)
async def test_the_first_start_sets_the_clock(
    db: Database, starts: tuple[datetime | None, ...], offset: timedelta
) -> None:
    for start in starts:
        assert await Club(db, lambda: NOW).clock_offset(start) == offset


async def test_a_value_is_put_over_another_but_not_if_told_so(db: Database) -> None:
    async with db.write() as tx:
        assert await club_store.get(tx, "bot_id") is None
        assert await club_store.put_if_absent(tx, "bot_id", "1") == "1"
        assert await club_store.put_if_absent(tx, "bot_id", "2") == "1"
        await club_store.put(tx, "bot_id", "3")
        assert await club_store.get(tx, "bot_id") == "3"
