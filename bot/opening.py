"""What a club says when it opens: to its operator, and to the messenger."""

import asyncio
import logging
from collections.abc import Callable

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.connection import until_heard
from bot.trouble import Trouble
from handlers.commands import register_commands
from handlers.context import ClubApplication, House

log = logging.getLogger(__name__)


async def announce(application: ClubApplication, house: House, say: Callable[[str], None]) -> None:
    """Tell the operator where we are and how to claim the club, and the messenger our commands.

    Where it does not listen now, in a ban say, it is told until it does.
    """
    say(f"@{house.bot_username} is open.")
    if code := await house.services.staff.open_claim():
        say(f"Add the bot to your staff group and type there within 15 minutes: /claim {code}")
    later = Trouble(
        "commands",
        "The commands cannot be registered now; it is tried until they are.",
        "The commands are registered.",
    )
    await until_heard(lambda: _register(application, house), asyncio.Event(), later)


async def _register(application: ClubApplication, house: House) -> None:
    """Raises what may be over later; the club works without."""
    staff_chat = await house.services.staff.chat()
    trial = house.services.travel.allowed
    try:
        await register_commands(application.bot, house.programme, staff_chat, trial=trial)
    except TelegramError as fault:
        if isinstance(fault, NetworkError | RetryAfter) and not isinstance(fault, BadRequest):
            raise
        log.warning(
            "The commands could not be registered; the club works without.",
            extra={"action": "commands_failed", "fault": f"{type(fault).__name__}: {fault}"},
        )
