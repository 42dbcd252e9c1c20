"""How the club speaks to a member, and whether it sends promotions."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.calendar import Calendar
from club.parts import Language
from handlers.birthdays import in_words
from handlers.context import ClubContext
from handlers.keyboards import Button, Rows, contact_request, menu
from handlers.promotions import wishes_of


async def show_settings(update: Update, context: ClubContext) -> None:
    """All settings in one message."""
    facts = await _facts(context)
    await context.say("settings/shown", _rows(context, facts), **facts)


async def show_list(update: Update, context: ClubContext) -> None:
    """Back to all settings, in place."""
    facts = await _facts(context)
    await context.show("settings/shown", _rows(context, facts), **facts)


async def choose_language(update: Update, context: ClubContext) -> None:
    """The language that the button names, its digits and its calendar; the menu follows."""
    language: Language = "fa" if context.press.id == "fa" else "en"
    shown = await context.services.profile.show(context.user_id)
    if language != shown.member.language:  # Else it would undo a chosen calendar.
        changed = await context.services.joining.choose_language(context.user_id, language)
        context.be(changed.member)
    await _changed(context)
    await context.say("settings/menu", markup=menu(context.reader.language))


async def choose_calendar(update: Update, context: ClubContext) -> None:
    """The calendar that the button names."""
    calendar: Calendar = "jalali" if context.press.id == "jalali" else "gregorian"
    changed = await context.services.profile.choose_calendar(context.user_id, calendar)
    context.be(changed.member)
    await _changed(context)


async def choose_promotions(update: Update, context: ClubContext) -> None:
    """Promotions on or off, as the button says."""
    wanted = context.press.id == "on"
    changed = await context.services.profile.want_promotions(context.user_id, wanted=wanted)
    context.be(changed.member)
    await _changed(context)


async def ask_phone(update: Update, context: ClubContext) -> None:
    """Show the button that shares one's own phone."""
    await context.services.profile.show(context.user_id)  # Refuses who has left since.
    await context.say("settings/phone", markup=contact_request(context.reader.language))


async def skip_phone(context: ClubContext) -> None:
    """Rather not: the menu comes back."""
    await context.say("settings/phone_later", markup=menu(context.reader.language))


async def _changed(context: ClubContext) -> None:
    facts = await _facts(context)
    await context.show("settings/shown", _rows(context, facts), **facts)
    await context.toast("settings/saved_toast")


async def _facts(context: ClubContext) -> dict[str, object]:
    card = await context.services.points.card(context.user_id)
    kept = (await context.services.birthdays.show(context.user_id)).birthday
    return {
        "jalali": card.member.calendar == "jalali",
        "promotions": bool(card.member.promotions),
        "has_phone": card.phone is not None,
        "birthday": in_words(kept, context.reader) if kept else None,
        "at": card.member.agreed_at,
        **wishes_of(card.member, context.programme),
    }


def _birthday(context: ClubContext, facts: dict[str, object]) -> Rows:
    """The way to tell the birthday, where the club greets; one that is kept can always go."""
    if not context.programme.asks_birthday:
        forget = Button("birthday_forget", "birthday", "forget")
        return [[forget]] if facts["birthday"] else []
    label = "birthday_change" if facts["birthday"] else "birthday_tell"
    return [[Button(label, "birthday", "ask")]]


def _rows(context: ClubContext, facts: dict[str, object]) -> Rows:
    """Each choice with the chosen one ticked; every button carries what will be, not a turn."""
    language = context.reader.language
    fa, en = ("_on", "") if language == "fa" else ("", "_on")
    jalali, gregorian = ("_on", "") if facts["jalali"] else ("", "_on")
    promotions = (
        Button("promotions_off", "settings", "promotions", "off")
        if facts["promotions"]
        else Button("promotions_on", "settings", "promotions", "on")
    )
    phone = "phone_other" if facts["has_phone"] else "phone_share"
    return [
        [
            Button(f"language_fa{fa}", "settings", "language", "fa"),
            Button(f"language_en{en}", "settings", "language", "en"),
        ],
        [
            Button(f"calendar_jalali{jalali}", "settings", "calendar", "jalali"),
            Button(f"calendar_gregorian{gregorian}", "settings", "calendar", "gregorian"),
        ],
        [promotions],
        *([[Button("wishes", "settings", "wishes")]] if facts["promotions"] else []),
        [Button(phone, "settings", "phone")],
        *_birthday(context, facts),
    ]


HANDLERS = (
    CommandHandler("settings", show_settings, filters.ChatType.PRIVATE),
    CallbackQueryHandler(choose_language, "^settings:language:"),
    CallbackQueryHandler(choose_calendar, "^settings:calendar:"),
    CallbackQueryHandler(choose_promotions, "^settings:promotions:"),
    CallbackQueryHandler(ask_phone, "^settings:phone:"),
    CallbackQueryHandler(show_list, "^settings:list:"),
)
