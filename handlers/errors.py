"""What becomes of a refusal, and of a fault: here the outcome is recorded where intake reads it."""

import logging

from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter
from telegram.ext import ApplicationHandlerStop

from club.errors import ClubError
from club.members import Reach
from handlers.context import ClubContext
from handlers.visit import Visit
from templates.render import plain, render

LOG = logging.getLogger(__name__)
TOAST_LENGTH = 200
NOBODY_HEARS = (  # The words cannot arrive, however often they are said.
    "query is too old",
    "chat not found",
    "not enough rights",
    "no rights to send",
)


async def on_error(update: object, context: ClubContext) -> None:
    """A refusal is told in words and the update is done; anything else is tried again.

    Always ends the update: what the gate refused must not reach a handler.
    """
    error = context.error
    visit = context.visit
    try:
        if isinstance(error, ClubError):
            LOG.info("The club refused.", extra={"action": "refused", "code": error.code})
            await _refuse(error, context, visit)
        elif error is not None:
            await _weigh(error, context, visit)
    except Exception as second:
        await _weigh(second, context, visit)
    raise ApplicationHandlerStop


async def _refuse(error: ClubError, context: ClubContext, visit: Visit) -> None:
    """Say why not: as the answer to the press, or as a message."""
    text = render(f"errors/{error.code}", visit.reader, **error.facts)
    if visit.query_id is not None and not visit.answered:
        visit.answered = True
        short = plain(text)
        if len(short) <= TOAST_LENGTH:
            await context.bot.answer_callback_query(visit.query_id, short, show_alert=True)
            return
        await context.bot.answer_callback_query(visit.query_id)
    await context.bot.send_message(visit.chat_id, text)


async def _weigh(error: Exception, context: ClubContext, visit: Visit) -> None:
    """Whether the update counts as done although something failed."""
    said = str(error).lower()
    if isinstance(error, Forbidden):
        if visit.chat_id > 0:
            reach = Reach.DEACTIVATED if "deactivated" in said else Reach.BLOCKED
            await context.services.members.reach(visit.user_id, reach)
        else:
            LOG.warning(
                "The bot may not write in a group; put it back there.",
                extra={"action": "group_lost", "chat_id": visit.chat_id},
            )
        return
    if isinstance(error, BadRequest) and any(reason in said for reason in NOBODY_HEARS):
        return
    if isinstance(error, BadRequest) or not isinstance(error, NetworkError | RetryAfter):
        LOG.error("An update failed.", exc_info=error, extra={"action": "update_failed"})
    visit.fault = error
