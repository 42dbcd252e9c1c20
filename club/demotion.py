"""Coming down: what keeps a tier, when it falls, and whom to warn before."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from club.calendar import local_day
from club.ladders import Ladder, Tier
from club.programme import Programme
from club.tiers import Standing, fallen
from club.windows import DAY, Window, begins, judged_on, window_on, year_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What tonight's review makes of a standing."""

    standing: Standing
    fell: bool
    warned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """What comes if nothing changes: the tier below, when, and what would keep the present one."""

    tier: Tier
    at: datetime  # The first moment on the tier below.
    missing: int  # In what the ladder measures.


def keeping_window(day: date, ladder: Ladder, programme: Programme) -> Window:
    """What decides on that day whether a tier is kept."""
    if ladder.demotion == "period_end":
        return judged_on(day, ladder, programme)
    return window_on(day, ladder, programme)


def foreseen_window(day: date, ladder: Ladder, programme: Programme) -> Window | None:
    """What would decide on the last day that a warning looks ahead to; None: it looks at nothing
    that keeping_window does not."""
    if ladder.demotion == "continuous":
        drop = day + (ladder.warn_days - ladder.grace_days) * DAY
        return window_on(drop, ladder, programme) if drop > day else None
    following = judged_on(year_start(day, ladder, programme, 1), ladder, programme)
    assert following.end is not None, "a judgement has its day"
    if begins(day + ladder.warn_days * DAY, programme) < following.end:
        return None
    return following


def safe_since(day: date, ladder: Ladder, programme: Programme) -> datetime | None:
    """Who came to their tier then or later is not judged yet; None: everybody is."""
    if ladder.demotion == "period_end":
        return begins(year_start(day, ladder, programme), programme)
    return None


def falls_on(day: date, ladder: Ladder, programme: Programme) -> datetime:
    """When a tier falls that is found not to be kept on that day."""
    end = judged_on(day, ladder, programme).end if ladder.demotion == "period_end" else None
    return end or begins(day + ladder.grace_days * DAY, programme)


def judge(
    ladder: Ladder,
    standing: Standing,
    value: int,
    foreseen: int | None,
    at: datetime,
    programme: Programme,
) -> Judged:
    """What becomes of a standing in the review at that moment.

    `value` is what was measured in keeping_window, `foreseen` in foreseen_window.
    """
    day = local_day(at, programme.zone)
    below = fallen(ladder, standing.tier, standing.floor, value)
    safe = safe_since(day, ladder, programme)
    if safe is not None and standing.since is not None and standing.since >= safe:
        below = standing.tier
    if below == standing.tier:
        soon = (
            foreseen is not None
            and fallen(ladder, standing.tier, standing.floor, foreseen) != standing.tier
        )
        kept = replace(standing, falls_at=None)
        return _warned(ladder, kept, at, due=soon)
    falls_at = standing.falls_at or falls_on(day, ladder, programme)
    if falls_at <= at:
        return Judged(
            standing=Standing(tier=below, floor=standing.floor, since=at), fell=True, warned=False
        )
    due = falls_at <= begins(day + ladder.warn_days * DAY, programme)
    return _warned(ladder, replace(standing, falls_at=falls_at), at, due=due)


def may_warn(ladder: Ladder, warned_at: datetime | None, at: datetime) -> bool:
    """Whether another warning is news: one is enough for what it foresaw."""
    span = (ladder.warn_days + ladder.grace_days) * DAY
    return ladder.warn_days > 0 and (warned_at is None or warned_at < at - span)


def _warned(ladder: Ladder, standing: Standing, at: datetime, *, due: bool) -> Judged:
    if due and may_warn(ladder, standing.warned_at, at):
        return Judged(standing=replace(standing, warned_at=at), fell=False, warned=True)
    return Judged(standing=standing, fell=False, warned=False)
