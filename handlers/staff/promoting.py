"""Promotions from the staff group: for whom, the text, a dry run, and the press that sends."""

import re
from collections.abc import Sequence

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.campaigns import CampaignState, ends
from club.errors import CommandIncomplete
from club.staff import Role, require
from handlers.context import ClubContext
from handlers.keyboards import Button
from handlers.staff.answers import ANSWERS
from services.campaigns import CampaignShown
from services.dialogues import Dialogue

SUBJECT = "staff_promo"


async def ask_text(update: Update, context: ClubContext) -> None:
    """`/promo fantasy, history`: who it is for; then ask for the text."""
    require(context.role, Role.MANAGER)
    message = update.effective_message
    assert message is not None, "a command is a message"
    genres = _genres(context.args or [])
    if not genres:
        raise CommandIncomplete(command="promo")
    audience = context.services.campaigns.audience(genres)
    await context.services.dialogues.ask(
        context.visit.chat_id, context.user_id, SUBJECT, genres=audience.any_of
    )
    names = tuple(genre.name for genre in context.programme.genres if genre.key in audience.any_of)
    await context.ask("staff/promo_text_asked", message.message_id, genres=names)


async def take_text(update: Update, context: ClubContext, dialogue: Dialogue) -> None:
    """The text: show the real message, and what sending it means."""
    require(context.role, Role.MANAGER)
    genres = dialogue.facts["genres"]
    assert isinstance(genres, tuple), "as ask_text wrote it"
    message = update.effective_message
    assert message is not None, "an answer is a message"
    campaigns = context.services.campaigns
    shown = await campaigns.draft(
        campaigns.audience(genres),
        message.text or "",
        by=context.user_id,
        chat_id=context.visit.chat_id,
    )
    await context.say(
        "letters/promotion", [[Button("opt_out", "promo", "preview")]], promotion=shown.text
    )
    rows = [
        [
            Button("send_to", "promo", "send", shown.campaign_id, {"count": shown.letters}),
            Button("cancel", "promo", "cancel", shown.campaign_id),
        ]
    ]
    await context.say(
        "staff/promo_dry_run",
        rows if shown.letters else [rows[0][1:]],
        genres=shown.genres,
        count=shown.letters,
        minutes=-(-shown.duration_s // 60),
    )
    # Last: if words get lost, the text is taken once more and shown once more.
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)


async def send(update: Update, context: ClubContext) -> None:
    """Send it, once; a second press tells how far it has come."""
    require(context.role, Role.MANAGER)
    campaign_id = context.press.number
    shown = await context.services.campaigns.launch(campaign_id, by=context.user_id)
    await _show(context, shown)


async def cancel(update: Update, context: ClubContext) -> None:
    """Throw the draft away."""
    require(context.role, Role.MANAGER)
    campaign_id = context.press.number
    shown = await context.services.campaigns.cancel(campaign_id, by=context.user_id)
    await _show(context, shown)


async def progress(update: Update, context: ClubContext) -> None:
    """How far it has come, in place."""
    await _show(context, await context.services.campaigns.show(context.press.number))


async def preview(update: Update, context: ClubContext) -> None:
    """The opt-out button of the preview does nothing but say so."""
    await context.toast("staff/promo_preview_toast")


async def _show(context: ClubContext, shown: CampaignShown) -> None:
    if shown.state is CampaignState.CANCELLED:
        await context.show("staff/promo_cancelled")
        return
    rows = [[Button("refresh", "promo", "progress", shown.campaign_id)]]
    ended = ends(shown.counts)
    await context.show(
        "staff/promo_progress",
        rows if shown.state is CampaignState.RUNNING else [],
        genres=shown.genres,
        letters=shown.letters,
        waiting_letters=shown.letters - sum(ended.values()),
        **ended,
    )


def _genres(words: Sequence[str]) -> list[str]:
    return [part.strip() for part in re.split(r"[,،]", " ".join(words)) if part.strip()]


ANSWERS[SUBJECT] = take_text
GROUPS = filters.ChatType.GROUPS
HANDLERS = (
    CommandHandler("promo", ask_text, GROUPS),
    CallbackQueryHandler(send, "^promo:send:"),
    CallbackQueryHandler(cancel, "^promo:cancel:"),
    CallbackQueryHandler(progress, "^promo:progress:"),
    CallbackQueryHandler(preview, "^promo:preview:"),
)
