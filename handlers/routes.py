"""The subjects in order. Order is meaning here, and nowhere else."""

import logging
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import BaseHandler, MessageHandler, filters

from handlers import (
    birthdays,
    card,
    genres,
    gifts,
    groups,
    joining,
    levels,
    menu,
    merges,
    missions,
    points,
    privacy,
    promotions,
    referral,
    reviews,
    settings,
    surveys,
)
from handlers import help as help_
from handlers.context import ClubApplication, ClubContext
from handlers.errors import on_error
from handlers.gate import GATE
from handlers.staff import (
    adjusting,
    answers,
    claiming,
    composing,
    flooring,
    links,
    looking,
    noting,
    promoting,
    purchases,
    refunding,
    reporting,
    roster,
    settling,
    spending,
    surveying,
    tagging,
    travelling,
)
from handlers.visit import VISIT, Visit
from services.updates import UnreadableUpdate
from templates.render import Reader

LOG = logging.getLogger(__name__)
SUBJECTS = (
    joining,
    merges,
    card,
    levels,
    points,
    missions,
    gifts,
    genres,
    settings,
    promotions,
    referral,
    birthdays,
    reviews,
    surveys,
    privacy,
    groups,
    claiming,
    roster,
    purchases,
    refunding,
    noting,
    settling,
    looking,
    adjusting,
    spending,
    links,
    composing,
    promoting,
    reporting,
    tagging,
    flooring,
    surveying,
    travelling,
    help_,  # Answers unknown commands too: after all others.
)


def add_routes(application: ClubApplication) -> None:
    """Put the gate before all subjects, and the two places for plain text behind them."""
    application.add_handler(groups.MIGRATION, group=-2)
    application.add_handler(GATE, group=-1)
    for subject in SUBJECTS:
        handlers: tuple[BaseHandler[Any, ClubContext, Any], ...] = subject.HANDLERS
        application.add_handlers(handlers)
    application.add_handler(MessageHandler(filters.ChatType.GROUPS, answers.take_answer))
    application.add_handler(MessageHandler(filters.ChatType.PRIVATE, menu.choose))
    application.add_error_handler(on_error)


async def handle(application: ClubApplication, raw: dict[str, Any]) -> BaseException | None:
    """Handle one update as it came; the fault for which it must be tried again, or None."""
    try:
        update = Update.de_json(raw, application.bot)
    except Exception as error:
        return UnreadableUpdate(type(error).__name__)
    visit = Visit(reader=Reader("fa"))
    token = VISIT.set(visit)
    try:
        await application.process_update(update)
        if visit.query_id is not None and not visit.answered and visit.fault is None:
            await application.bot.answer_callback_query(visit.query_id)
    except TelegramError as error:
        # Only the silent answer to a press can fail here; what had to be said was said.
        LOG.info("A press stays unanswered.", extra={"action": "unanswered", "fault": str(error)})
    except Exception as error:
        LOG.exception("An update cannot be read.", extra={"action": "update_failed"})
        return error
    finally:
        VISIT.reset(token)
    return visit.fault
