"""The club's time, which the sandbox cannot know: a method that only this messenger has."""

from sandbox.botapi.params import Params
from sandbox.town import Town


def set_sandbox_clock(town: Town, params: Params) -> bool:
    """The bot says how far its club's time is ahead of the machine's, in `offset_ms`."""
    town.set_clock(params.number("offset_ms"))
    return True
