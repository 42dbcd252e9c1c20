"""When a notice about expiring points is written, and what it sums."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from club.notices import A_WEEK, EndingLot, Notice, notice_for, windows

NOON = datetime(2025, 10, 2, 8, 30, tzinfo=UTC)
TODAY = 739_500


def lot(lot_id: int, in_days: int, points: int = 10, *, announced: bool = False) -> EndingLot:
    band = next(days for days in (1, 7, 30) if in_days <= days)
    ends_at = NOON + timedelta(days=in_days)
    return EndingLot(lot_id=lot_id, points=points, ends_at=ends_at, days=band, announced=announced)


def notice(*lots: EndingLot, last_day: int | None = None, notice_from: int = 1) -> Notice | None:
    return notice_for(lots, last_day=last_day, today=TODAY, notice_from=notice_from)


def test_the_farthest_news_says_how_far_the_letter_looks() -> None:
    found = notice(lot(1, 5, 40), lot(2, 20, 7), lot(3, 6, 3))
    assert found == Notice(days=30, points=50, first_end=NOON + timedelta(days=5), newest_lot=3)
    nearer = notice(lot(1, 5, 40), lot(2, 20, 7, announced=True), lot(3, 6, 3, announced=True))
    assert nearer == Notice(days=7, points=43, first_end=NOON + timedelta(days=5), newest_lot=3)


def test_without_news_there_is_no_letter() -> None:
    assert notice() is None
    assert notice(lot(1, 5, announced=True)) is None


@pytest.mark.parametrize(("since", "written"), [(A_WEEK - 1, False), (A_WEEK, True)])
def test_a_week_lies_between_two_letters(since: int, written: bool) -> None:
    assert (notice(lot(1, 5), last_day=TODAY - since) is not None) == written


@pytest.mark.parametrize(("notice_from", "written"), [(20, True), (21, False)])
def test_too_little_is_not_worth_a_letter(notice_from: int, written: bool) -> None:
    lots = lot(1, 5, 15), lot(2, 6, 5, announced=True)
    assert (notice(*lots, notice_from=notice_from) is not None) == written


def test_windows_end_with_a_local_day() -> None:
    found = windows((30, 1), date(2025, 10, 2), ZoneInfo("Asia/Tehran"))
    assert found == (
        (1, datetime(2025, 10, 3, 20, 30, tzinfo=UTC)),
        (30, datetime(2025, 11, 1, 20, 30, tzinfo=UTC)),
    )
