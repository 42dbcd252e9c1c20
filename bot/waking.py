"""What is handled may be work for others, who sleep: they are woken after it."""

from collections.abc import Callable
from typing import Any

from bot.intake import Handle
from services.campaigns import Campaigns
from services.travel import Travel

Wake = Callable[[], None]


def then_wake(
    handle: Handle,
    campaigns: Campaigns,
    travel: Travel,
    *,
    deliver: Wake,
    look_at_clock: Wake,
) -> Handle:
    """Handle an update, then let the others look: it may have written letters, moved time, or
    given a campaign a moment that is nearer than all that is waited for."""

    async def handled(raw: dict[str, Any]) -> BaseException | None:
        scheduled = campaigns.scheduled
        fault = await handle(raw)
        deliver()
        if travel.under_way or campaigns.scheduled != scheduled:
            look_at_clock()
        return fault

    return handled
