"""Coming in: language, terms, promotions, phone, genres; left at any step and taken up again."""

from telegram import ReplyKeyboardRemove, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from club.errors import NotAMember
from club.expiry import Expiry
from club.members import JoinStep, Member
from club.money import Money
from club.parts import Language
from club.programme import Programme
from handlers.context import ClubContext
from handlers.gate import guess_language
from handlers.genres import genre_rows
from handlers.keyboards import Button, contact_request, menu
from handlers.recognition import ask_whether
from handlers.referral import take_code
from services.profile import ProfileChanged
from services.recognition import CustomerRecognised

PRIVATE = filters.ChatType.PRIVATE
MORE_RULES = 12


def programme_facts(programme: Programme) -> dict[str, object]:
    """What the programme brings, with its figures."""
    friends, rate = programme.friends, programme.rate
    return {
        "club": programme.club.name,
        "amount": Money(rate.per or 0 if rate else 0, programme.club.currency),
        "points": rate.points or 0 if rate else 0,
        "bonus": programme.brings("profile"),
        "points_inviter": programme.brings(friends, "inviter") if friends else 0,
        "points_friend": programme.brings(friends, "friend") if friends else 0,
        "at_purchase": friends == "referral_first_purchase",
        "birthday_points": programme.brings("birthday"),
        "review_points": programme.brings("review"),
        "visit_points": programme.brings("visit"),
        "more_rules": tuple(
            {"reward": rule.name, "points": rule.points}
            for rule in (*programme.rules_on("streak"), *programme.rules_on("mission"))
            if rule.when is None
        )[:MORE_RULES],
        **_lifetime(programme.expiry),
        "tiers": tuple(tier.name for tier in programme.tiers),
        "by_points_ever": programme.main_ladder.by_points_ever,
        "more_ladders": tuple(ladder.name for ladder in programme.ladders[1:]),
    }


def _lifetime(rules: Expiry) -> dict[str, object]:
    """How long points live, as words want to know it."""
    return {
        "lifetime": rules.period or rules.model,
        "months": rules.months or 0,
        "days": rules.days or 0,
        "count": 1 if rules.after is None else rules.after,
    }


async def start(update: Update, context: ClubContext) -> None:
    """Begin to join, or go on where it was left; members are welcomed back."""
    user = update.effective_user
    assert user is not None, "the gate saw one"
    code = context.args[0] if context.args else None
    member = await context.services.joining.begin(
        user.id, user.full_name, guess_language(user), code
    )
    if isinstance(member, CustomerRecognised):
        await ask_whether(context, member)
        return
    context.be(member)
    await take_code(context, code)
    if member.join_step is JoinStep.DONE:
        name = user.first_name
        await context.say("joining/welcome_back", markup=menu(context.reader.language), name=name)
        return
    await _ask(context, member, in_place=False)


async def choose_language(update: Update, context: ClubContext) -> None:
    """Answer the first question, or change the language later."""
    language: Language = "fa" if context.press.id == "fa" else "en"
    was = _open_step(context)
    changed = await context.services.joining.choose_language(context.user_id, language)
    await _go_on(context, changed, was)


async def agree(update: Update, context: ClubContext) -> None:
    """Agree to the terms."""
    was = _open_step(context)
    await _go_on(context, await context.services.joining.agree(context.user_id), was)


async def decline(update: Update, context: ClubContext) -> None:
    """Not now: nothing is lost, /start takes it up again."""
    if _open_step(context) is JoinStep.TERMS:
        await context.show("joining/declined")


async def answer_promotions(update: Update, context: ClubContext) -> None:
    """Say whether promotions may come."""
    was = _open_step(context)
    changed = await context.services.joining.answer_promotions(
        context.user_id, wanted=context.press.id == "yes"
    )
    await _go_on(context, changed, was)


async def share_phone(update: Update, context: ClubContext) -> None:
    """Take the person's own contact; on the way in, or later from the settings."""
    message = update.effective_message
    assert message is not None, "a contact comes in a message"
    contact = message.contact
    assert contact is not None, "the filter saw one"
    was = _open_step(context)
    changed = await context.services.profile.share_phone(
        context.user_id, contact.phone_number, contact.user_id
    )
    if isinstance(changed, CustomerRecognised):
        await ask_whether(context, changed)
        return
    if was is JoinStep.DONE:
        context.be(changed.member)
        keyboard = menu(context.reader.language)
        await context.say("joining/phone_kept", markup=keyboard, bonus=changed.points)
        return
    await context.say("joining/phone_kept", markup=ReplyKeyboardRemove(), bonus=0)
    await _go_on(context, changed, was)


async def skip_phone(context: ClubContext) -> None:
    """Leave the phone out."""
    was = _open_step(context)
    await _go_on(context, await context.services.joining.pass_phone(context.user_id), was)


async def finish_genres(update: Update, context: ClubContext) -> None:
    """The last answer of joining; given again it welcomes again, since words can get lost."""
    _open_step(context)
    changed = await context.services.joining.finish_genres(context.user_id)
    context.be(changed.member)
    if changed.member.join_step is JoinStep.DONE:
        await welcome(context, changed, in_place=True)
    else:
        await _ask(context, changed.member, in_place=True)


async def cancel(update: Update, context: ClubContext) -> None:
    """Leave whatever is being asked; nothing that was answered is lost."""
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)
    member = context.visit.member
    if member is None or context.visit.role is not None:
        await context.say("help/cancelled")
    elif member.join_step is JoinStep.DONE:
        await context.say("help/cancelled", markup=menu(context.reader.language))
    else:
        await context.say("joining/cancelled", markup=ReplyKeyboardRemove())


async def ask_again(context: ClubContext) -> None:
    """Somebody who is still joining wrote something else: ask what is open."""
    await _ask(context, context.member, in_place=False)


async def _go_on(context: ClubContext, changed: ProfileChanged, was: JoinStep) -> None:
    """The next question; a press of an older button changes nothing in the order."""
    context.be(changed.member)
    if changed.member.join_step is not JoinStep.DONE:
        await _ask(context, changed.member, in_place=True)
    elif was is JoinStep.DONE:
        await context.show("joining/noted")
    else:
        await welcome(context, changed, in_place=True)


async def welcome(context: ClubContext, changed: ProfileChanged, *, in_place: bool) -> None:
    """Joining is over: what it brought, the member number and the menu."""
    put = context.show if in_place else context.say
    asks = context.programme.asks_birthday
    offer = [[Button("birthday_tell", "birthday", "ask")]] if asks else []
    points = context.programme.brings("birthday")
    await put("joining/done", offer, bonus=changed.points, birthday_points=points)
    await context.say(
        "joining/welcome",
        markup=menu(context.reader.language),
        member_number=changed.member.number,
        club=context.programme.club.name,
    )


def _open_step(context: ClubContext) -> JoinStep:
    """Where the person stands; raises NotAMember for who has no row, any more or yet."""
    if context.visit.member is None:
        raise NotAMember()
    return context.visit.member.join_step


async def _ask(context: ClubContext, member: Member, *, in_place: bool) -> None:
    """Ask what is open; in place of the question before where that was a message with buttons."""
    put = context.show if in_place else context.say
    programme = context.programme
    match member.join_step:
        case JoinStep.LANGUAGE:
            rows = [
                [
                    Button("language_fa", "join", "language", "fa"),
                    Button("language_en", "join", "language", "en"),
                ]
            ]
            await put("joining/language", rows, club=programme.club.name)
        case JoinStep.TERMS:
            await put(
                "joining/terms",
                [[Button("agree", "join", "agree")], [Button("not_now", "join", "decline")]],
                **programme_facts(programme),
            )
        case JoinStep.PROMOTIONS:
            yes, no = Button("yes", "join", "promo", "yes"), Button("no", "join", "promo", "no")
            await put("joining/promotions", [[yes, no]])
        case JoinStep.PHONE:
            if in_place:
                await context.show("joining/noted")
            await context.say(
                "joining/phone",
                markup=contact_request(context.reader.language),
                bonus=programme.brings("profile"),
            )
        case JoinStep.GENRES:
            chosen = (await context.services.profile.show(context.user_id)).tags
            await put("joining/genres", genre_rows(programme, chosen, finish="join"))
        case _:
            raise AssertionError(f"{member.join_step} is no question")


HANDLERS = (
    CommandHandler("start", start, PRIVATE),
    CommandHandler("cancel", cancel),
    CallbackQueryHandler(choose_language, "^join:language:"),
    CallbackQueryHandler(agree, "^join:agree:"),
    CallbackQueryHandler(decline, "^join:decline:"),
    CallbackQueryHandler(answer_promotions, "^join:promo:"),
    CallbackQueryHandler(finish_genres, "^join:genres:"),
    MessageHandler(PRIVATE & filters.CONTACT, share_phone),
)
