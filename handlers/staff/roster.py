"""Who works here: the list, who comes and who goes."""

from telegram import Update, User
from telegram.ext import CommandHandler, filters

from club.errors import NotAPerson
from club.misreadings import CommandIncomplete
from club.orders import read_role
from handlers.context import ClubContext
from handlers.staff.answers import message_of, words_of

SHOWN = 40


async def manage(update: Update, context: ClubContext) -> None:
    """`/staff` lists; `/staff <role>` as a reply gives that person the role, or takes it away."""
    if not words_of(context):
        await _list(update, context)
        return
    role = read_role(words_of(context))
    person, staff = _person(update), context.services.staff
    if role is None:
        await staff.remove(person.id, by=context.user_id)
        await context.say("staff/removed", name=person.full_name)
        return
    added = await staff.add(person.id, person.full_name, role, by=context.user_id)
    await context.say("staff/added", name=added.name, role=added.role.value)


async def _list(update: Update, context: ClubContext) -> None:
    user = update.effective_user
    assert user is not None, "the gate saw one"
    await context.services.staff.greet(user.id, user.full_name)
    everybody = await context.services.staff.everybody()
    shown = [{"name": one.name, "role": one.role.value} for one in everybody[:SHOWN]]
    await context.say("staff/roster", colleagues=shown, count=len(everybody))


def _person(update: Update) -> User:
    """Whose message is replied to; bots, channels and anonymous admins are nobody."""
    answered = message_of(update).reply_to_message
    # In a topic, a message that answers nobody answers the topic's beginning.
    if answered is None or answered.forum_topic_created is not None:
        raise CommandIncomplete(command="staff")
    person = answered.from_user
    if person is None or person.is_bot or answered.sender_chat is not None:
        raise NotAPerson()
    return person


HANDLERS = (CommandHandler("staff", manage, filters.ChatType.GROUPS),)
