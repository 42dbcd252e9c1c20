"""Which moments a ladder counts on a day: ever, the year, or the days and months just past."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from club.calendar import Calendar, add_months, day_end, local_day, period_start
from club.ladders import Ladder, Rolling
from club.programme import Programme

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Moments from `start` on and before `end`; None is open."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether that moment counts."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


def window_on(day: date, ladder: Ladder, programme: Programme) -> Window:
    """What counts on that local day."""
    if ladder.over == "ever":
        return Window()
    if ladder.over == "year":
        first = period_start(day, "year", programme.calendar_of(ladder))
        return Window(
            start=begins(first, programme),
            end=begins(_next_year(first, ladder, programme), programme),
        )
    return Window(
        start=begins(_first_counted(day, ladder.over, programme.calendar_of(ladder)), programme)
    )


def lapses_on(at: datetime, ladder: Ladder, programme: Programme) -> date:
    """The first local day on which what happened then does not count; asserts that there is one."""
    assert isinstance(ladder.over, Rolling), "only what rolls lets go day by day"
    return (
        _last_counted(local_day(at, programme.zone), ladder.over, programme.calendar_of(ladder))
        + DAY
    )


def year_start(day: date, ladder: Ladder, programme: Programme, later: int = 0) -> date:
    """The first day of the ladder's year that holds the day, or of one so many years later."""
    return period_start(day, "year", programme.calendar_of(ladder), later)


def begins(day: date, programme: Programme) -> datetime:
    """The first moment of that local day."""
    return day_end(day - DAY, programme.zone)


def judged_on(day: date, ladder: Ladder, programme: Programme) -> Window:
    """What decides whether a tier is kept, where years are judged at their end.

    The year before the one that holds the day, and the grace days behind it: what is missing can
    be made up in these. A tier falls at the window's end.
    """
    assert ladder.demotion == "period_end", "others are judged by what counts today"
    this = year_start(day, ladder, programme)
    last = year_start(day, ladder, programme, -1)
    end = begins(this + ladder.grace_days * DAY, programme)
    return Window(start=begins(last, programme), end=end)


def _next_year(first: date, ladder: Ladder, programme: Programme) -> date:
    return year_start(first, ladder, programme, 1)


def _last_counted(day: date, over: Rolling, calendar: Calendar) -> date:
    """The last day on which what happened on that day counts."""
    if over.days is not None:
        return day + over.days * DAY
    return add_months(day, over.months or 0, calendar)


def _first_counted(day: date, over: Rolling, calendar: Calendar) -> date:
    """The first day whose deeds still count on that one."""
    if over.days is not None:
        return day - over.days * DAY
    first = add_months(day, -(over.months or 0), calendar)
    # Months end on different days: 31 Jan counts through 28 Feb, so on 28 Feb it still does.
    while _last_counted(first - DAY, over, calendar) >= day:
        first -= DAY
    while _last_counted(first, over, calendar) < day:
        first += DAY
    return first
