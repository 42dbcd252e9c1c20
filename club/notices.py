"""Notices about points that will expire: when one is written, and what it sums.

The thresholds part the days ahead into bands: with 30, 7 and 1 a lot that ends in 12 days stands in
the band of 30. A lot is news when no letter has announced it since it came into its band.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from club.calendar import day_end

A_WEEK = 7  # Days that lie at least between two notices to one member.


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingLot:
    """Points of one lot that will expire, and whether a letter said so in this band."""

    lot_id: int
    points: int
    ends_at: datetime
    days: int  # The band: the smallest threshold within which it ends.
    announced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one letter says: so many points end within so many days, the first of them then."""

    days: int
    points: int
    first_end: datetime
    newest_lot: int


def windows(
    thresholds: Sequence[int], day: date, zone: ZoneInfo
) -> tuple[tuple[int, datetime], ...]:
    """Each threshold, the smallest first, with the moment up to which it looks ahead that day."""
    return tuple((days, day_end(day + timedelta(days=days), zone)) for days in sorted(thresholds))


def notice_for(
    lots: Sequence[EndingLot], *, last_day: int | None, today: int, notice_from: int
) -> Notice | None:
    """The letter to one member today, if there is to be one; days are counted as ordinals.

    It looks as far ahead as the farthest news, and sums all that ends by then, news or not. What
    is held back, by the week or for being too little, stays news and comes with a later letter.
    """
    news = [lot.days for lot in lots if not lot.announced]
    if not news or (last_day is not None and today - last_day < A_WEEK):
        return None
    days = max(news)
    summed = [lot for lot in lots if lot.days <= days]
    points = sum(lot.points for lot in summed)
    if points < notice_from:
        return None
    return Notice(
        days=days,
        points=points,
        first_end=min(lot.ends_at for lot in summed),
        newest_lot=max(lot.lot_id for lot in summed),
    )
