"""Promotions on their way: sent off, approved, paused, resumed, cancelled, and found again."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.campaigns import EDITABLE, CampaignState
from club.errors import PressExpired
from club.money import plain_digits
from club.staff import Role, require
from handlers.context import ClubContext
from handlers.keyboards import Button, Row
from handlers.staff.answers import words_of
from handlers.staff.campaign_cards import card_of, follow, report_facts
from handlers.staff.reporting import post_report, reader
from services.campaigns import CampaignShown

LISTED = 10
ROW = 5


async def send(update: Update, context: ClubContext) -> None:
    """Send it, once, as it was previewed; a second press tells how far it has come."""
    require(context.role, Role.MANAGER)
    number, version = _versioned(context)
    assert version is not None, "the button says what was previewed"
    shown = await context.services.campaigns.launch(
        number, version, by=context.user_id, card_id=context.visit.message_id
    )
    await _show(context, shown)


async def approve(update: Update, context: ClubContext) -> None:
    """Another manager or owner agrees, and it goes."""
    require(context.role, Role.MANAGER)
    number, version = _versioned(context)
    assert version is not None, "the button says what was previewed"
    campaigns = context.services.campaigns
    await _show(context, await campaigns.approve(number, version, by=context.user_id))


async def send_back(update: Update, context: ClubContext) -> None:
    """What waits for approval is a draft again."""
    require(context.role, Role.MANAGER)
    campaigns = context.services.campaigns
    await _show(context, await campaigns.send_back(context.press.number, by=context.user_id))


async def pause(update: Update, context: ClubContext) -> None:
    """Nothing more leaves until somebody lets it go on."""
    require(context.role, Role.MANAGER)
    number, version = _versioned(context)
    campaigns = context.services.campaigns
    await _show(context, await campaigns.pause(number, version, by=context.user_id))


async def resume(update: Update, context: ClubContext) -> None:
    """Go on where it was paused, or where it has stopped by itself."""
    require(context.role, Role.MANAGER)
    number, version = _versioned(context)
    campaigns = context.services.campaigns
    await _show(context, await campaigns.resume(number, version, by=context.user_id))


async def ask_to_drop(update: Update, context: ClubContext) -> None:
    """Cancelling the rest cannot be taken back: ask, in a message that no card overwrites."""
    require(context.role, Role.MANAGER)
    shown = await context.services.campaigns.show(context.press.number)
    if shown.state not in (CampaignState.RUNNING, CampaignState.PAUSED):
        await _show(context, shown)
        return
    facts = report_facts(shown)
    sure = Button("promo_drop_sure", "promo", "cancel", shown.campaign_id, facts)
    keep = Button("promo_keep", "promo", "keep", shown.campaign_id)
    await context.say("staff/promo_cancel_asked", [[sure], [keep]], **facts)


async def keep(update: Update, context: ClubContext) -> None:
    """Not cancelled, after all."""
    await context.show("staff/promo_kept", campaign_id=context.press.number)


async def cancel(update: Update, context: ClubContext) -> None:
    """Throw away what was not sent yet; the card that follows it says so by itself."""
    require(context.role, Role.MANAGER)
    campaign_id = context.press.number
    shown = await context.services.campaigns.cancel(campaign_id, by=context.user_id)
    if shown.letters and shown.state is CampaignState.CANCELLED and shown.started_at:
        await context.show("staff/promo_dropped", campaign_id=campaign_id)
    else:
        _speak_to_all(context, shown)
        message, rows, facts = card_of(shown, context.programme)
        await context.show(message, rows, **facts)


async def progress(update: Update, context: ClubContext) -> None:
    """How far it has come, in place."""
    await _show(context, await context.services.campaigns.show(context.press.number))


async def preview(update: Update, context: ClubContext) -> None:
    """The buttons of the preview do nothing but say so."""
    await context.toast("staff/promo_preview_toast")


async def list_all(update: Update, context: ClubContext) -> None:
    """`/campaigns`: the latest, with a button for the card of each; `/campaigns 7`: that card."""
    require(context.role, Role.MANAGER)
    words = words_of(context)
    number = plain_digits(words).removeprefix("#")
    if number.isdecimal():
        await _open(context, int(number[:9]))
        return
    if words:
        await context.say("staff/promo_which")
        return
    listed = await context.services.campaigns.listed(LISTED)
    buttons = [
        Button("promo_open", "promo", "open", one.campaign_id, {"campaign_id": one.campaign_id})
        for one in listed
    ]
    rows: list[Row] = [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]
    campaigns = tuple(report_facts(one) for one in listed)
    await context.say("staff/campaigns", rows, campaigns=campaigns)


async def open_card(update: Update, context: ClubContext) -> None:
    """A card for it here, which follows it from now on."""
    require(context.role, Role.MANAGER)
    await _open(context, context.press.number)


async def _open(context: ClubContext, campaign_id: int) -> None:
    """Put the campaign's card below what is said; for one that has gone out, its report."""
    try:
        shown = await context.services.campaigns.show(campaign_id)
    except PressExpired:
        await context.say("staff/promo_no_such", campaign_id=campaign_id)
        return
    if shown.state is CampaignState.DONE and shown.letters:
        await post_report(context, shown.campaign_id)
        return
    _speak_to_all(context, shown)
    message, rows, facts = card_of(shown, context.programme)
    sent = await context.say(message, rows, **facts)
    await follow(context, shown, sent.message_id)


async def _show(context: ClubContext, shown: CampaignShown) -> None:
    """Put its card in the place of what was pressed."""
    _speak_to_all(context, shown)
    message, rows, facts = card_of(shown, context.programme)
    await context.show(message, rows, **facts)
    await follow(context, shown, context.visit.message_id)


def _speak_to_all(context: ClubContext, shown: CampaignShown) -> None:
    """A draft is its writer's; what is on its way is everybody's, in the group's own language."""
    if shown.state not in EDITABLE:
        context.visit.reader = reader(context.house)


def _versioned(context: ClubContext) -> tuple[int, int | None]:
    """The campaign that a button names, in the version that was shown with it, if it says one."""
    number, _, version = context.press.id.partition(".")
    return int(number), int(version) if version else None


GROUPS = filters.ChatType.GROUPS
HANDLERS = (
    CommandHandler("campaigns", list_all, GROUPS),
    CallbackQueryHandler(send, "^promo:send:"),
    CallbackQueryHandler(approve, "^promo:approve:"),
    CallbackQueryHandler(send_back, "^promo:back:"),
    CallbackQueryHandler(pause, "^promo:pause:"),
    CallbackQueryHandler(resume, "^promo:resume:"),
    CallbackQueryHandler(ask_to_drop, "^promo:drop:"),
    CallbackQueryHandler(keep, "^promo:keep:"),
    CallbackQueryHandler(cancel, "^promo:cancel:"),
    CallbackQueryHandler(progress, "^promo:progress:"),
    CallbackQueryHandler(preview, "^promo:preview:"),
    CallbackQueryHandler(open_card, "^promo:open:"),
)
