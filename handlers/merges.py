"""Whether a customer from before the club is the person in front of us: their answer."""

from telegram import ReplyKeyboardRemove, Update
from telegram.ext import CallbackQueryHandler

from club.members import JoinStep
from handlers import joining
from handlers.context import ClubContext
from handlers.keyboards import menu
from services.merges import CustomerMerged


async def answer(update: Update, context: ClubContext) -> None:
    """Merge, or tell staff; then go on from where the person was."""
    mine = context.press.verb == "yes"
    done = await context.services.merges.answer(context.user_id, int(context.press.id), mine=mine)
    context.be(done.profile.member)
    if isinstance(done, CustomerMerged):
        await context.show(
            "merges/merged", points=done.points, balance=done.balance, tier=done.tier
        )
    else:
        await context.show("merges/declined")
    if done.profile.member.join_step is not JoinStep.DONE:
        if done.was is JoinStep.PHONE:
            await context.say("joining/phone_kept", markup=ReplyKeyboardRemove(), bonus=0)
        await joining.ask_again(context)
    elif done.was is not JoinStep.DONE:
        await joining.welcome(context, done.profile, in_place=False)
    else:
        bonus = done.profile.points
        await context.say("merges/menu", markup=menu(context.reader.language), bonus=bonus)


HANDLERS = (CallbackQueryHandler(answer, "^merge:(yes|no):"),)
