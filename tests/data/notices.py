"""Which expiry notices the rows of a file call for, worked out without any code of the club.

The rule, in words: every morning at ten a member hears of points that end within 30 days, within 7
and within 1, once for each of these; at most one letter in seven days; a letter looks as far ahead
as the farthest of its news, and sums all that ends by then. What must wait comes with the next.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

THRESHOLDS = (1, 7, 30)
PAUSE = timedelta(days=7)
PER_UNIT = 10  # Points for each 1.00 of the film shop.
Lots = Sequence[tuple[date, int]]  # The last day on which points count, and how many they are.


def lots_of(rows: Sequence[dict[str, str]], customer: str) -> list[tuple[date, int]]:
    """What each purchase brought, and until when: a year later the day is the last."""
    return [
        (a_year_later(datetime.fromisoformat(row["at"]).date()), points_of(row))
        for row in rows
        if row["customer"] == customer and points_of(row)
    ]


def points_of(row: dict[str, str]) -> int:
    """What the film shop gives for a row."""
    return int(float(row["amount"]) * PER_UNIT)


def a_year_later(day: date) -> date:
    """The same day of the next year; the last of February where there is no 29th."""
    leap = (day.month, day.day) == (2, 29)
    return date(day.year + 1, 2, 28) if leap else day.replace(year=day.year + 1)


def notices(lots: Lots, first: date, last: date) -> list[tuple[int, int]]:
    """The letters of these mornings: points, and within how many days."""
    letters: list[tuple[int, int]] = []
    heard: set[tuple[int, int]] = set()
    written: date | None = None
    day = first
    while day <= last:
        near = {
            number: min(days for days in THRESHOLDS if end <= day + timedelta(days=days))
            for number, (end, _) in enumerate(lots)
            if day <= end <= day + timedelta(days=max(THRESHOLDS))
        }
        news = set(near.items()) - heard
        if news and (written is None or day - written >= PAUSE):
            days = max(days for _, days in news)
            told = [number for number, within in near.items() if within <= days]
            letters.append((sum(lots[number][1] for number in told), days))
            heard |= {(number, near[number]) for number in told}
            written = day
        day += timedelta(days=1)
    return letters
