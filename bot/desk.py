"""What an operator's commands work with, beside a running club."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.console import loaded, plainly
from bot.wiring import opened
from services.campaigns import Campaigns
from services.undelivered import Undelivered

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Desk:
    """The rooms of the club that the commands enter."""

    campaigns: Campaigns
    undelivered: Undelivered
    zone: ZoneInfo

    def when(self, moment: datetime | None) -> str:
        """The moment as the club's clocks show it."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M:%S}" if moment else ""


def at_desk(work: Callable[[Desk], Awaitable[Told]]) -> Told:
    """Do it on the club's database; what the operator can mend is said in one sentence."""

    async def run() -> Told:
        settings, programme = loaded()
        async with opened(settings, hold=False, make=False) as (db, vault, clock):
            rate, now = settings.sends_per_second, clock.club_time
            campaigns = Campaigns(db, vault, programme, now, sends_per_second=rate)
            return await work(Desk(campaigns, Undelivered(db, programme, now), programme.zone))

    with plainly():
        return asyncio.run(run())
