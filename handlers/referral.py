"""Friends: the personal link to share, who came by it and what that brought."""

from urllib.parse import urlencode

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.errors import ClubError, NotOffered
from handlers.context import ClubContext
from handlers.keyboards import Button, Link, Rows
from services.joining import LINK_PREFIX
from services.referral import Friend, Invitation
from templates.render import plain, render

SHARE = "https://t.me/share/url"


async def show_invitation(update: Update, context: ClubContext) -> None:
    """The link, with a button that shares it, and the first friends."""
    shown = await context.services.referral.show(context.user_id, 0)
    await context.say("referral/shown", _rows(context, shown), **_facts(context, shown))


async def turn_page(update: Update, context: ClubContext) -> None:
    """Other friends, in place."""
    shown = await context.services.referral.show(context.user_id, context.press.number)
    await context.show("referral/shown", _rows(context, shown), **_facts(context, shown))


async def take_code(context: ClubContext, code: str | None) -> None:
    """A friend's code that came with /start: a refused one is told, and joining goes on."""
    if code is None or code.startswith(LINK_PREFIX):
        return
    try:
        await context.services.referral.accept(context.user_id, code)
    except NotOffered:
        return  # An old link of a club that has no invitations any more.
    except ClubError as refusal:
        await context.say(f"errors/{refusal.code}", **refusal.facts)


def _rows(context: ClubContext, shown: Invitation) -> Rows:
    text = plain(render("referral/share", context.reader, club=context.programme.club.name))
    query = urlencode({"url": _url(context, shown.code), "text": text})
    turners = []
    if shown.page > 0:
        turners.append(Button("previous", "referral", "page", shown.page - 1))
    if shown.page < shown.pages - 1:
        turners.append(Button("next", "referral", "page", shown.page + 1))
    share = [Link("share", f"{SHARE}?{query}")]
    return [share, turners] if turners else [share]


def _facts(context: ClubContext, shown: Invitation) -> dict[str, object]:
    programme = context.programme
    assert programme.friends is not None, "the service refuses without"
    return {
        "url": _url(context, shown.code),
        "points_inviter": programme.brings(programme.friends, "inviter"),
        "points_friend": programme.brings(programme.friends, "friend"),
        "at_purchase": programme.friends == "referral_first_purchase",
        "friends": tuple(_friend(friend) for friend in shown.friends),
        "count": shown.count,
        "points": shown.points,
        "page": shown.page + 1,
        "pages": shown.pages,
    }


def _friend(friend: Friend) -> dict[str, object]:
    return {
        "name": friend.name,
        "at": friend.joined_at,
        "bought": friend.bought,
        "points": friend.points,
    }


def _url(context: ClubContext, code: str) -> str:
    return f"https://t.me/{context.house.bot_username}?start={code}"


HANDLERS = (
    CommandHandler("invite", show_invitation, filters.ChatType.PRIVATE),
    CallbackQueryHandler(show_invitation, "^referral:open:"),
    CallbackQueryHandler(turn_page, "^referral:page:"),
)
