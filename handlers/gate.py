"""Before anything else: who is this, may they be here, and in which words do we answer?"""

from telegram import Chat, Message, Update, User
from telegram.ext import ApplicationHandlerStop, TypeHandler

from club.errors import AnonymousSender, EditedMessage, ForwardedMessage, OtherGroup, PressExpired
from club.parts import Language
from club.programme import usual_calendar
from handlers.context import ClubContext
from templates.render import Reader

CLAIM = "/claim"


def guess_language(user: User) -> Language:
    """The app's language, where it says one: a first guess that the person can change."""
    code = (user.language_code or "fa").lower()
    return "fa" if code.startswith("fa") else "en"


async def enter(update: Update, context: ClubContext) -> None:
    """Fill the visit; stop what is not for us; refuse in words what is for us but not allowed."""
    user, chat, visit = update.effective_user, update.effective_chat, context.visit
    if user is None or chat is None:
        raise ApplicationHandlerStop
    visit.user_id, visit.chat_id, visit.update_id = user.id, chat.id, update.update_id
    if update.callback_query is not None:
        visit.query_id = update.callback_query.id
        if update.callback_query.message is not None:
            visit.message_id = update.callback_query.message.message_id
    await _recognise(user, chat, context)
    if update.my_chat_member is not None:
        return
    if chat.type == Chat.PRIVATE:
        if update.edited_message is not None:
            raise ApplicationHandlerStop  # A correction of what was answered already.
    elif chat.type == Chat.CHANNEL:
        raise ApplicationHandlerStop
    else:
        await _enter_group(update, chat, context)
    if update.callback_query is not None:
        visit.press = context.house.signer.read(update.callback_query.data or "", chat.id)
        if visit.press is None:
            raise PressExpired()
    await _count_visit(chat, context)


async def _recognise(user: User, chat: Chat, context: ClubContext) -> None:
    member = await context.services.members.who(user.id, in_private=chat.type == Chat.PRIVATE)
    if member is not None:
        context.be(member)
        return
    language = guess_language(user)
    calendar = usual_calendar(language)
    context.visit.reader = Reader(language, calendar, context.programme.zone)


async def _count_visit(chat: Chat, context: ClubContext) -> None:
    """The day's point for who opens the club; before the answer, so that it is in it."""
    member = context.visit.member
    if chat.type == Chat.PRIVATE and member is not None:
        context.be(await context.services.visits.count(member))


async def _enter_group(update: Update, chat: Chat, context: ClubContext) -> None:
    """Staff only, in their group only, in their own name only."""
    message = update.effective_message
    if update.callback_query is None:
        if message is None or not _is_for_us(message, context):
            raise ApplicationHandlerStop
        if message.sender_chat is not None:
            raise AnonymousSender()
        if update.edited_message is not None:
            raise EditedMessage()
        if message.forward_origin is not None:
            raise ForwardedMessage()
        if _command(message).partition("@")[0] == CLAIM:
            return
    if chat.id != await context.services.staff.chat():
        raise OtherGroup()
    context.visit.role = await context.services.staff.role(context.user_id, chat.id)


def _is_for_us(message: Message, context: ClubContext) -> bool:
    """A command (not another bot's) or an answer to a question of ours."""
    if message.migrate_to_chat_id or message.migrate_from_chat_id:
        return False
    command = _command(message)
    if command.startswith("/"):
        _, _, addressee = command.partition("@")
        return addressee.lower() in ("", context.house.bot_username.lower())
    answered = message.reply_to_message
    return (
        answered is not None
        and answered.from_user is not None
        and answered.from_user.id == context.bot.id
    )


def _command(message: Message) -> str:
    """The first word, of a caption too; empty where there are none."""
    words = (message.text or message.caption or "").split(maxsplit=1)
    return words[0] if words else ""


GATE = TypeHandler(Update, enter)
