"""What the club does by itself, and at which moments of club time."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from apscheduler.triggers.cron import CronTrigger

from club.programme import Programme


class Job(StrEnum):
    """Work that no person asks for."""

    EXPIRE_LOTS = "expire_lots"
    EXPIRY_NOTICES = "expiry_notices"
    BIRTHDAYS = "birthdays"
    REVIEW = "review"  # Of the ladders.


NIGHT = time(0, 5)  # The local day on whose end lots expire, and tiers fall, is just over.
MOMENT = timedelta(milliseconds=1)


def jobs_of(programme: Programme) -> tuple[Job, ...]:
    """The jobs that this programme has; nobody is greeted where it says nothing of birthdays."""
    idle = {
        Job.BIRTHDAYS: not programme.asks_birthday,
        Job.REVIEW: not programme.demotes,
    }
    return tuple(job for job in Job if not idle.get(job, False))


def time_of(job: Job, programme: Programme) -> time:
    """When the job is done each day, on a clock in the club's zone."""
    match job:
        case Job.EXPIRE_LOTS | Job.REVIEW:
            return NIGHT
        case Job.EXPIRY_NOTICES | Job.BIRTHDAYS:
            return time(programme.notices.hour)


def next_tick(job: Job, programme: Programme, last: datetime) -> datetime:
    """The job's first tick after that moment.

    Each day has one. A time that the zone's clock skips in spring comes as much later as the clock
    is set on; one that it shows twice in autumn comes twice, and the second finds all done.
    """
    return _next(_trigger(job, programme), time_of(job, programme), last)


def due_ticks(job: Job, programme: Programme, last: datetime, now: datetime) -> list[datetime]:
    """The job's ticks after the last booked one, up to now, in order."""
    trigger, daily, ticks = _trigger(job, programme), time_of(job, programme), []
    tick = _next(trigger, daily, last)
    while tick <= now:
        ticks.append(tick)
        tick = _next(trigger, daily, tick)
    return ticks


def _trigger(job: Job, programme: Programme) -> CronTrigger:
    daily = time_of(job, programme)
    return CronTrigger(hour=daily.hour, minute=daily.minute, timezone=programme.zone)


def _next(trigger: CronTrigger, daily: time, last: datetime) -> datetime:
    # Asked a moment after the last tick, and not with the last tick: in UTC that may never be
    # equal to the zone's hour that comes twice. And it is not about now: a clock that goes back
    # brings no tick again.
    found: datetime | None = trigger.get_next_fire_time(None, last + MOMENT)
    assert found is not None, "a daily tick has no last day"
    tick, zone = found.astimezone(UTC), trigger.timezone
    # The trigger passes over a day whose clock skips this time at midnight.
    day = last.astimezone(zone).date()
    while day < tick.astimezone(zone).date():
        that_day = datetime.combine(day, daily, tzinfo=zone).astimezone(UTC)
        if last < that_day < tick:
            return that_day
        day += timedelta(days=1)
    return tick
