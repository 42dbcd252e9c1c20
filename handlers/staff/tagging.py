"""Tags by hand, for audiences."""

from telegram import Update
from telegram.ext import CommandHandler, filters

from club.misreadings import CommandIncomplete
from club.orders import split_member
from club.staff import Role, require
from handlers.context import ClubContext
from handlers.staff.answers import words_of
from services.tags import MemberTagged


async def tag(update: Update, context: ClubContext) -> None:
    """`/tag <member> <tag>`, for managers."""
    who, text = _asked(context)
    tagged = await context.services.tags.give(who, text, by=context.user_id)
    await context.say("staff/tagged", **_facts(tagged))


async def untag(update: Update, context: ClubContext) -> None:
    """`/untag <member> <tag>`, for managers."""
    who, text = _asked(context)
    tagged = await context.services.tags.take(who, text, by=context.user_id)
    await context.say("staff/untagged", **_facts(tagged))


def _asked(context: ClubContext) -> tuple[str, str]:
    require(context.role, Role.MANAGER)
    who, text = split_member(words_of(context))
    if not who or not text:
        raise CommandIncomplete(command="tag")
    return who, text


def _facts(tagged: MemberTagged) -> dict[str, object]:
    return {
        "member_number": tagged.number,
        "name": tagged.name,
        "tag": tagged.tag,
        "tags": tagged.tags,
    }


HANDLERS = (
    CommandHandler("tag", tag, filters.ChatType.GROUPS),
    CommandHandler("untag", untag, filters.ChatType.GROUPS),
)
