"""Where the spans begin that the programme counts in, as seen on one local day."""

from datetime import datetime

from club.calendar import local_day
from club.ladders import Ladder
from club.limits import Bounds as PeriodBounds
from club.limits import Per, period_bounds, period_key
from club.missions import needed_from
from club.programme import Programme
from club.rules import Rule
from club.windows import Window, window_on


class Bounds:
    """The same for all moments of the day, and worked out once."""

    def __init__(self, programme: Programme, at: datetime) -> None:
        self._programme, self._at = programme, at
        self._windows: dict[str, Window] = {}
        self._needed: dict[str, datetime] = {}
        self._periods: dict[Per, str] = {}
        self._limits: dict[Per, PeriodBounds] = {}

    def window(self, ladder: Ladder) -> Window:
        """What the ladder counts."""
        if ladder.key not in self._windows:
            day = local_day(self._at, self._programme.zone)
            self._windows[ladder.key] = window_on(day, ladder, self._programme)
        return self._windows[ladder.key]

    def needed(self, mission: Rule) -> datetime:
        """From when on purchases matter to the mission."""
        if mission.key not in self._needed:
            self._needed[mission.key] = needed_from(mission, self._programme, self._at)
        return self._needed[mission.key]

    def period(self, per: Per) -> str:
        """The name of the limits' period."""
        if per not in self._periods:
            calendar, zone = self._programme.club.calendar, self._programme.zone
            self._periods[per] = period_key(per, self._at, calendar, zone)
        return self._periods[per]

    def limit(self, per: Per) -> PeriodBounds:
        """From when to when the limits' period is."""
        if per not in self._limits:
            calendar, zone = self._programme.club.calendar, self._programme.zone
            self._limits[per] = period_bounds(per, self._at, calendar, zone)
        return self._limits[per]
