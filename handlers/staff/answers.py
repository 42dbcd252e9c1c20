"""Answers in the staff group: each goes to the subject that asked."""

from collections.abc import Awaitable, Callable

from telegram import Message, Update

from club.errors import ClubError
from handlers.context import ClubContext
from services.dialogues import Dialogue

Answer = Callable[[Update, ClubContext, Dialogue], Awaitable[None]]
ANSWERS: dict[str, Answer] = {}
"""Dialogue subject → who takes the answer; each subject's module puts itself in."""
CardReply = Callable[[Update, ClubContext, int], Awaitable[bool]]
CARD_REPLIES: list[CardReply] = []
"""Who takes replies to a card of theirs, by its message, and says whether this was one."""


async def take_answer(update: Update, context: ClubContext) -> None:
    """Pass a reply on to its card or to what this person was asked; a wrong one is asked for again.

    The dialogue stays where it was, so that a wrong answer loses nothing.
    """
    try:
        if not await _is_of_card(update, context):
            await _take_asked(update, context)
    except ClubError as error:
        reply_to = message_of(update).message_id
        await context.ask(f"errors/{error.code}", reply_to, **error.facts)


async def _is_of_card(update: Update, context: ClubContext) -> bool:
    card = message_of(update).reply_to_message
    if card is None:
        return False
    for take in CARD_REPLIES:
        if await take(update, context, card.message_id):
            return True
    return False


async def _take_asked(update: Update, context: ClubContext) -> None:
    dialogue = await context.services.dialogues.find(context.visit.chat_id, context.user_id)
    take = ANSWERS.get(dialogue.subject) if dialogue is not None else None
    if dialogue is None or take is None:
        await context.say("staff/nothing_asked")
        return
    await take(update, context, dialogue)


def message_of(update: Update) -> Message:
    """The message of a command or an answer."""
    message = update.effective_message
    assert message is not None, "commands and answers are messages"
    return message


def typed_after(update: Update) -> str:
    """What stands after the command as it was typed, with its lines."""
    _, *rest = (message_of(update).text or "").split(maxsplit=1)
    return rest[0] if rest else ""


def words_of(context: ClubContext) -> str:
    """What stands after the command, on one line."""
    return " ".join(context.args or ())
