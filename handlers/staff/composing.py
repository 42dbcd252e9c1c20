"""A promotion while it is written: one card with all of it, and a question for each part."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from telegram import Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.audience import Audience, Part
from club.campaigns import NoPicture
from club.errors import ClubError
from club.staff import Role, require
from handlers import letters
from handlers.context import ClubContext
from handlers.keyboards import Button, Row
from handlers.staff.answers import ANSWERS, CARD_REPLIES, message_of
from handlers.staff.campaign_cards import card_of, facts_of, follow
from services.campaigns import CampaignShown
from services.dialogues import Dialogue
from services.drafts import Choice
from templates.addressing import address

SUBJECT = "staff_promo"
PAGES: Mapping[str, Part] = MappingProxyType(
    {
        "any": "any_of",
        "all": "all_of",
        "none": "none_of",
        "tier": "tiers",
        "language": "languages",
        "bought": "bought",
        "quiet": "quiet",
    }
)
ROW = 2


async def begin(update: Update, context: ClubContext) -> None:
    """`/promo`: everybody, until buttons say less; `/promo fantasy, history`: those who like it."""
    require(context.role, Role.MANAGER)
    drafts = context.services.drafts
    genres = _genres(context.args or [])
    audience = drafts.audience(genres) if genres else Audience()
    shown = await drafts.begin(audience, by=context.user_id, chat_id=context.visit.chat_id)
    if genres:
        await _ask(context, message_of(update).message_id, "text", shown)
    else:
        await _put_below(context, shown)


async def show_draft(update: Update, context: ClubContext) -> None:
    """Back from a page to the whole card."""
    require(context.role, Role.MANAGER)
    await _show(context, await context.services.drafts.show(context.press.number))


async def show_page(update: Update, context: ClubContext) -> None:
    """The buttons of one part of the audience."""
    require(context.role, Role.MANAGER)
    number, _, page = context.press.id.partition(".")
    await _show_page(context, page, await context.services.drafts.show(int(number)))


async def flip(update: Update, context: ClubContext) -> None:
    """Ask this of the audience, or no longer."""
    require(context.role, Role.MANAGER)
    number, page, mark = context.press.id.split(".")
    shown = await context.services.drafts.flip(int(number), PAGES[page], mark)
    await _show_page(context, page, shown)


async def ask(update: Update, context: ClubContext) -> None:
    """Ask for a text, the picture, a button or the moment."""
    require(context.role, Role.MANAGER)
    number, _, part = context.press.id.partition(".")
    shown = await context.services.drafts.show(int(number), counted=False)
    await _ask(context, context.visit.message_id or 0, part, shown)


async def drop(update: Update, context: ClubContext) -> None:
    """Without picture, without a button, at once."""
    require(context.role, Role.MANAGER)
    number, _, part = context.press.id.partition(".")
    drafts, campaign_id = context.services.drafts, int(number)
    match part:
        case "picture":
            shown = await drafts.picture(campaign_id, None)
        case "link":
            shown = await drafts.drop_link(campaign_id)
        case "press":
            shown = await drafts.drop_press(campaign_id)
        case _:
            shown = await drafts.at_once(campaign_id)
    await _show(context, shown)


async def take(update: Update, context: ClubContext, dialogue: Dialogue) -> None:
    """An answer: the draft with it, below what was said."""
    require(context.role, Role.MANAGER)
    campaign_id, part = dialogue.facts["campaign_id"], dialogue.facts["part"]
    assert isinstance(campaign_id, int), "as _ask wrote it"
    assert isinstance(part, str), "as _ask wrote it"
    await _put_below(context, await _taken(context, message_of(update), campaign_id, part))
    # Last: if words get lost, the answer is taken once more and shown once more.
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)


async def take_reply(update: Update, context: ClubContext, message_id: int) -> bool:
    """A text or a picture in reply to the draft itself, from whoever began it.

    What others say beneath it is talk, and so is what they say of one that was sent off.
    """
    drafts, chat_id, by = context.services.drafts, context.visit.chat_id, context.user_id
    dialogue = await context.services.dialogues.find(chat_id, by)
    campaign_id = await drafts.of_card(chat_id, message_id, by=by)
    if campaign_id is None:
        return dialogue is None and await _say_elsewhere(update, context)
    require(context.role, Role.MANAGER)
    if _asks_of(dialogue, campaign_id):
        assert dialogue is not None, "looked at above"
        await take(update, context, dialogue)  # What was asked for, wherever it is answered.
        return True
    try:
        shown = await _taken(context, message_of(update), campaign_id, "text")
    except ClubError:  # It is asked for again: whoever mends it replies to that.
        await _expect(context, "text", campaign_id)
        raise
    await _put_below(context, shown)
    return True


async def _say_elsewhere(update: Update, context: ClubContext) -> bool:
    """The second of two replies in a row hears where the card went with the first."""
    drafts, message_id = context.services.drafts, message_of(update).message_id
    campaign_id = await drafts.overtaken(context.visit.chat_id, message_id, by=context.user_id)
    if campaign_id is not None:
        await context.say("staff/promo_elsewhere", campaign_id=campaign_id)
    return campaign_id is not None


def _asks_of(dialogue: Dialogue | None, campaign_id: int) -> bool:
    if dialogue is None or dialogue.subject != SUBJECT:
        return False
    return dialogue.facts["campaign_id"] == campaign_id


async def preview(update: Update, context: ClubContext) -> None:
    """Once more as members will see it: after that it can be sent."""
    require(context.role, Role.MANAGER)
    number, _, _ = context.press.id.partition(".")
    await _preview(context, await context.services.drafts.show(int(number)))


async def _preview(context: ClubContext, shown: CampaignShown) -> None:
    """The real message in each language in which it was written, and the card beneath."""
    real = letters.promotion(shown.campaign_id, shown.link, shown.press_label)
    buttons = letters.previewed(real)
    mine = context.visit.reader
    for language, text in shown.texts.items():
        context.visit.reader = replace(mine, language=language)  # As its readers will see it.
        promotion = address(text, next(iter(shown.sample_names), None), language)
        if shown.picture is None:
            await context.say("letters/promotion", buttons, promotion=promotion)
        else:
            await context.say_picture(
                shown.picture, "letters/promotion", buttons, promotion=promotion
            )
    context.visit.reader = mine
    if shown.texts:
        shown = await context.services.campaigns.previewed(shown.campaign_id, shown.version)
    await _put_below(context, shown)


async def _put_below(context: ClubContext, shown: CampaignShown) -> None:
    """The card as one message: a group takes only so many of them in a minute."""
    message, rows, facts = card_of(shown, context.programme)
    sent = await context.say(message, rows, **facts)
    await follow(context, shown, sent.message_id)


async def _expect(context: ClubContext, part: str, campaign_id: int) -> None:
    """The next answer of this person's is this part of the draft."""
    await context.services.dialogues.ask(
        context.visit.chat_id,
        context.user_id,
        SUBJECT,
        campaign_id=campaign_id,
        part=part,
    )


async def _ask(context: ClubContext, reply_to: int, part: str, shown: CampaignShown) -> None:
    await _expect(context, part, shown.campaign_id)
    facts = shown.audience_facts if part == "text" else {}
    await context.ask(f"staff/promo_{part}_asked", reply_to, **facts)


async def _taken(
    context: ClubContext, message: Message, campaign_id: int, part: str
) -> CampaignShown:
    drafts, text = context.services.drafts, message.text or ""
    match part:
        case "picture":
            if not message.photo:
                raise NoPicture()
            return await drafts.picture(campaign_id, message.photo[-1].file_id)
        case "link":
            return await drafts.link(campaign_id, text)
        case "press":
            return await drafts.press(campaign_id, text)
        case "start":
            return await drafts.plan(campaign_id, text)
        case "fa" | "en":
            return await drafts.write(campaign_id, text, part)
        case _:
            if not message.photo:
                return await drafts.write(campaign_id, text)
            shown = await drafts.picture(campaign_id, message.photo[-1].file_id)
            if not message.caption:
                return shown
            return await drafts.write(campaign_id, message.caption)  # The text with its picture.


async def _show(context: ClubContext, shown: CampaignShown) -> None:
    message, rows, facts = card_of(shown, context.programme)
    await context.show(message, rows, **facts)
    await follow(context, shown, context.visit.message_id)


async def _show_page(context: ClubContext, page: str, shown: CampaignShown) -> None:
    part, number = PAGES[page], shown.campaign_id
    buttons = []
    for choice in await context.services.drafts.choices(part):
        words, facts = _worded(part, choice, chosen=shown.audience.has(part, choice.value))
        buttons.append(Button(words, "draft", "flip", f"{number}.{page}.{choice.mark}", facts))
    rows: list[Row] = [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]
    rows.append([Button("back", "draft", "card", number)])
    await context.show("staff/promo_draft", rows, **facts_of(shown, context.programme))


def _worded(part: Part, choice: Choice, *, chosen: bool) -> tuple[str, dict[str, object]]:
    """The label of a choice and its facts, ticked where it is asked for."""
    if part == "languages":
        return f"language_{choice.value}" + ("_on" if chosen else ""), {}
    if part in ("bought", "quiet"):
        return f"{part}_within" + ("_on" if chosen else ""), {"days": int(choice.value)}
    return "genre_on" if chosen else "genre_off", {"genre": choice.name}


def _genres(words: Sequence[str]) -> list[str]:
    return [part.strip() for part in re.split(r"[,،]", " ".join(words)) if part.strip()]


ANSWERS[SUBJECT] = take
CARD_REPLIES.append(take_reply)
HANDLERS = (
    CommandHandler("promo", begin, filters.ChatType.GROUPS),
    CallbackQueryHandler(show_draft, "^draft:card:"),
    CallbackQueryHandler(show_page, "^draft:page:"),
    CallbackQueryHandler(flip, "^draft:flip:"),
    CallbackQueryHandler(ask, "^draft:ask:"),
    CallbackQueryHandler(drop, "^draft:drop:"),
    CallbackQueryHandler(preview, "^draft:preview:"),
)
