"""How promotions are sent: who must agree, when it is quiet, how many, and what stops one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from club.campaigns import Stop
from club.letters import LetterState
from club.parts import Part

A_WEEK = timedelta(days=7)
DAY_MINUTES = 24 * 60
MOST_A_WEEK = 21
Percent = Annotated[int, Field(ge=1, le=100)]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of each day, from one minute of it up to another, in which nothing is offered."""

    start: int  # Minutes since midnight.
    until: int

    def __post_init__(self) -> None:
        assert 0 <= self.start < DAY_MINUTES, "a minute of the day"
        assert 0 <= self.until < DAY_MINUTES, "a minute of the day"
        assert self.start != self.until, "some of the day is left"

    @classmethod
    def of(cls, start: int | None, until: int | None) -> "Quiet | None":
        """As a member's row keeps it; None where it keeps none."""
        return None if start is None or until is None else cls(start, until)

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return (self.until - self.start) % DAY_MINUTES

    def holds(self, minute: int) -> bool:
        """Whether it is quiet in that minute of the day; the last one is not."""
        if self.start < self.until:
            return self.start <= minute < self.until
        return minute >= self.start or minute < self.until

    def end_after(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet is over in which we are; None when it is not quiet."""
        local = now.astimezone(zone)
        if not self.holds(local.hour * 60 + local.minute):
            return None
        ends_at = time(*divmod(self.until, 60))
        day = local.date()
        if ends_at <= local.time():
            day += timedelta(days=1)
        end = datetime.combine(day, ends_at, zone)
        if end.astimezone(UTC) <= now.astimezone(UTC):  # In autumn an hour comes twice.
            end = end.replace(fold=1)
        return end


def _read_quiet(value: Any) -> Any:
    """`["22:00", "09:00"]`, from and until."""
    if value is None or isinstance(value, Quiet):
        return value
    try:
        start, until = (time.fromisoformat(one) for one in value)
        assert start != until
    except (TypeError, ValueError, AssertionError):
        raise ValueError('write from and until like quiet = ["22:00", "09:00"]') from None
    return Quiet(start.hour * 60 + start.minute, until.hour * 60 + until.minute)


class Promotions(Part):
    """What holds for every campaign of the club."""

    approval: bool = False  # A second manager or owner must agree.
    hours: Annotated[int, Field(ge=1, le=720)] = 24  # What is later than this is missed.
    quiet: Annotated[Quiet | None, BeforeValidator(_read_quiet)] = None
    a_week: Annotated[int, Field(ge=1, le=MOST_A_WEEK)] | None = None  # For one member.
    stop_after: Annotated[int, Field(ge=1, le=100_000)] = 50  # Fewer tries say nothing.
    stop_blocked: Percent = 25
    stop_failed: Percent = 5

    @model_validator(mode="after")
    def _leaves_time(self) -> "Promotions":
        if self.quiet is not None and self.hours * 60 <= self.quiet.minutes:
            raise ValueError(
                "a campaign that starts when it is quiet would be missed whole: "
                "let hours be more than the quiet ones"
            )
        return self

    @property
    def window(self) -> timedelta:
        """How long after its start a campaign's letters may leave."""
        return timedelta(hours=self.hours)

    def stop(self, ends: Mapping[LetterState, int]) -> Stop | None:
        """Why a campaign with these ends must not go on by itself.

        What ended without a try says nothing: skipped, or too late.
        """
        blocked = ends.get(LetterState.UNREACHABLE, 0)
        failed = ends.get(LetterState.FAILED, 0)
        tried = blocked + failed + ends.get(LetterState.SENT, 0) + ends.get(LetterState.UNKNOWN, 0)
        if tried < self.stop_after:
            return None
        if failed * 100 > tried * self.stop_failed:
            return Stop.FAILED
        return Stop.BLOCKED if blocked * 100 > tried * self.stop_blocked else None
