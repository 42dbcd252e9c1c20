"""The club's time, which the sandbox cannot know: a method that only this messenger has."""

from zoneinfo import ZoneInfo

from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.town import ClubClock, Town


def set_sandbox_clock(town: Town, params: Params) -> bool:
    """The bot says how far its club is ahead (`offset_ms`), its `zone`, and if it `travels`."""
    zone = params.text("zone") or None
    try:
        ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise bad_request("unknown zone specified") from error
    clock = ClubClock(
        offset_ms=params.number("offset_ms"), zone=zone, travels=params.flag("travels")
    )
    town.set_clock(clock)
    return True
