"""Club time runs as fast as machine time, only elsewhere."""

from datetime import UTC, datetime, timedelta

from bot.clock import Clock, machine_time

NOON = datetime(2026, 3, 21, 12, tzinfo=UTC)


def test_club_time_is_machine_time_moved() -> None:
    moments = iter((NOON, NOON + timedelta(seconds=1)))
    clock = Clock(timedelta(days=-1), lambda: next(moments))
    assert clock.club_time() == NOON - timedelta(days=1)
    assert clock.club_time() == NOON - timedelta(days=1) + timedelta(seconds=1)


def test_both_carry_their_zone() -> None:
    assert machine_time().tzinfo is UTC
    assert Clock(timedelta(0)).club_time().tzinfo is UTC


def test_time_is_told_in_whole_milliseconds_as_the_book_keeps_it() -> None:
    assert all(machine_time().microsecond % 1_000 == 0 for _ in range(50))
