"""Promotions on their way: the press that sends, and the card that follows."""

from telegram import Update
from telegram.ext import CallbackQueryHandler

from club.campaigns import CampaignState, ends
from club.staff import Role, require
from handlers.context import ClubContext
from handlers.keyboards import Button, Row
from services.campaigns import CampaignShown


async def send(update: Update, context: ClubContext) -> None:
    """Send it, once, as it was shown; a second press tells how far it has come."""
    require(context.role, Role.MANAGER)
    number, _, version = context.press.id.partition(".")
    shown = await context.services.campaigns.launch(
        int(number), int(version), by=context.user_id, card_id=context.visit.message_id
    )
    await _show(context, shown)


async def cancel(update: Update, context: ClubContext) -> None:
    """Throw away what was not sent yet."""
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


def card_of(shown: CampaignShown) -> tuple[str, list[Row], dict[str, object]]:
    """The card of a campaign that was sent off: message, buttons, facts."""
    if shown.state is CampaignState.CANCELLED:
        return "staff/promo_cancelled", [], {}
    if shown.state is CampaignState.SCHEDULED:
        rows: list[Row] = [[Button("cancel", "promo", "cancel", shown.campaign_id)]]
        facts = {"count": shown.letters, "starts_at": shown.starts_at}
        return "staff/promo_scheduled", rows, {**shown.audience_facts, **facts}
    ended = ends(shown.counts)
    waiting = shown.letters - sum(ended.values())
    rows = [[Button("refresh", "promo", "progress", shown.campaign_id)]]
    facts = {"letters": shown.letters, "waiting_letters": waiting}
    running = shown.state is CampaignState.RUNNING
    return (
        "staff/promo_progress",
        rows if running else [],
        {**shown.audience_facts, **facts, **ended},
    )


async def _show(context: ClubContext, shown: CampaignShown) -> None:
    message, rows, facts = card_of(shown)
    await context.show(message, rows, **facts)


HANDLERS = (
    CallbackQueryHandler(send, "^promo:send:"),
    CallbackQueryHandler(cancel, "^promo:cancel:"),
    CallbackQueryHandler(progress, "^promo:progress:"),
    CallbackQueryHandler(preview, "^promo:preview:"),
)
