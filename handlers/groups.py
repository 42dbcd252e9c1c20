"""What happens to chats: people block and unblock us, groups become supergroups."""

from telegram import Chat, ChatMember, Update
from telegram.ext import ChatMemberHandler, MessageHandler, filters

from club.members import Reach
from handlers.commands import register_staff_commands
from handlers.context import ClubContext

GONE = (ChatMember.BANNED, ChatMember.LEFT)


async def note_reach(update: Update, context: ClubContext) -> None:
    """Remember whether a person blocked us; in groups there is nothing to remember."""
    change = update.my_chat_member
    if change is None or change.chat.type != Chat.PRIVATE:
        return
    gone = change.new_chat_member.status in GONE
    await context.services.members.reach(context.user_id, Reach.BLOCKED if gone else Reach.ACTIVE)


async def follow_migration(update: Update, context: ClubContext) -> None:
    """The staff group became a supergroup: its stored id follows."""
    message = update.message
    if message is not None and message.migrate_to_chat_id is not None:
        await context.services.staff.migrated(message.chat.id, message.migrate_to_chat_id)
        await register_staff_commands(
            context.bot, message.migrate_to_chat_id, trial=context.services.travel.allowed
        )


HANDLERS = (ChatMemberHandler(note_reach, ChatMemberHandler.MY_CHAT_MEMBER),)
MIGRATION = MessageHandler(filters.StatusUpdate.MIGRATE, follow_migration)
