"""What becomes of a tier if nothing changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from club.calendar import local_day
from club.demotion import Fall, falls_on, keeping_window, safe_since
from club.ladders import Counted, Ladder
from club.programme import Programme
from club.tiers import Standing, fallen, measured
from club.windows import Window, lapses_on, year_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that a ladder counts, and when it was."""

    of: Counted
    at: datetime
    count: int


def foresee(
    ladder: Ladder,
    standing: Standing,
    deeds: Sequence[Deed],
    at: datetime,
    programme: Programme,
) -> Fall | None:
    """The next fall if nothing changes; None where there is none in sight."""
    if ladder.demotion == "never":
        return None
    day = local_day(at, programme.zone)
    safe = safe_since(day, ladder, programme)
    judged = safe is None or standing.since is None or standing.since < safe
    if judged and (now := _fall(ladder, standing, deeds, day, programme, standing.falls_at)):
        return now
    if ladder.demotion == "period_end":
        following = year_start(day, ladder, programme, 1)
        return _fall(ladder, standing, deeds, following, programme)
    days = (
        {lapses_on(deed.at, ladder, programme) for deed in deeds}
        if ladder.rolls
        else {year_start(day, ladder, programme, 1)}
    )
    for drop in sorted(days):
        if drop > day and (then := _fall(ladder, standing, deeds, drop, programme)):
            return then
    return None


def value_in(ladder: Ladder, deeds: Sequence[Deed], window: Window) -> int:
    """What the ladder measures of these deeds in a window."""
    counts: dict[Counted, int] = dict.fromkeys(ladder.counts, 0)
    for deed in deeds:
        if deed.of in counts and window.holds(deed.at):
            counts[deed.of] += deed.count
    return measured(ladder, counts)


def oldest_counted(at: datetime, ladder: Ladder, programme: Programme) -> Window:
    """The moments of all deeds that foresee asks for."""
    day = local_day(at, programme.zone)
    start = keeping_window(day, ladder, programme).start
    return Window(start=start)


def _fall(
    ladder: Ladder,
    standing: Standing,
    deeds: Sequence[Deed],
    day: date,
    programme: Programme,
    falls_at: datetime | None = None,
) -> Fall | None:
    """What the judgement of that day comes to; `falls_at` where the grace days run already."""
    value = value_in(ladder, deeds, keeping_window(day, ladder, programme))
    below = fallen(ladder, standing.tier, standing.floor, value)
    if below == standing.tier:
        return None
    falls_at = falls_at or falls_on(day, ladder, programme)
    if ladder.demotion == "continuous":  # More may lapse while the grace days run.
        last = local_day(falls_at, programme.zone)
        value = min(value, value_in(ladder, deeds, keeping_window(last, ladder, programme)))
        below = fallen(ladder, standing.tier, standing.floor, value)
    return Fall(
        tier=ladder.tier(below),
        at=falls_at,
        missing=ladder.tier(standing.tier).threshold - value,
    )
