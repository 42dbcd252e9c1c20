"""A survey in a member's chat: one question is one message, answered by a tap or in words."""

from collections.abc import Sequence

from telegram import Update
from telegram.ext import CallbackQueryHandler

from club.errors import ClubError
from club.surveys import Answer, Kind, read_answer
from handlers.choices import names_of
from handlers.context import ClubContext, edited
from handlers.keyboards import Button, Rows
from handlers.staff.answers import ANSWERS, message_of
from services.dialogues import DIALOGUE_LIFE, Dialogue
from services.replies import Answered, Asked
from templates.render import render

SUBJECT = "survey"
RATING_ROW = 5
NOWHERE = -1  # No question stands in the chat.


async def open_survey(update: Update, context: ClubContext) -> None:
    """The button of the letter: begin, or go on where it was left."""
    asked = await context.services.replies.open(context.user_id, context.press.number)
    if await _stands(context, asked):
        await _await_words(context, asked)
        await context.toast("surveys/open_toast")
    else:
        await _ask(context, asked)


async def take_choice(update: Update, context: ClubContext) -> None:
    """A tap on a choice."""
    survey_id, number, choice = _places(context)
    answer = Answer(choices=(choice,))
    await _answer(context, survey_id, number, answer, context.visit.message_id)


async def pass_over(update: Update, context: ClubContext) -> None:
    """No words of one's own: go on."""
    survey_id, number, _ = _places(context)
    await _answer(context, survey_id, number, Answer(), context.visit.message_id)


async def finish_ticks(update: Update, context: ClubContext) -> None:
    """What is ticked is the answer."""
    survey_id, number, _ = _places(context)
    asked = await context.services.replies.open(context.user_id, survey_id)
    if asked.number == number and not asked.answer.choices:
        await context.toast("surveys/nothing_ticked_toast", alert=True)
        return
    await _answer(context, survey_id, number, None, context.visit.message_id)


async def tick(update: Update, context: ClubContext) -> None:
    """Tick a choice, or take the tick away, as the button said; the message shows it at once."""
    survey_id, number, choice = _places(context)
    asked = await context.services.replies.tick(
        context.user_id, survey_id, number, choice, ticked=context.press.verb == "tick"
    )
    await context.show("surveys/asked", _rows(asked), **_facts(asked))


async def go_back(update: Update, context: ClubContext) -> None:
    """The question before, in place of this one."""
    survey_id, number, _ = _places(context)
    asked = await context.services.replies.go_back(context.user_id, survey_id, number)
    await context.show("surveys/asked", _rows(asked), **_facts(asked))
    await _await_words(context, asked)


async def leave(update: Update, context: ClubContext) -> None:
    """Later: what was answered is kept, and a button goes on there."""
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)
    survey_id = context.press.number
    await context.services.replies.note_asked(context.user_id, survey_id, NOWHERE, None)
    await context.show("surveys/left", [[Button("survey_go_on", "survey", "open", survey_id)]])


async def take_words(update: Update, context: ClubContext, dialogue: Dialogue) -> None:
    """An answer that was typed."""
    if dialogue.facts["told_in"] == context.visit.update_id:
        return  # The words that answered the question before, once more.
    survey_id, number = dialogue.facts["survey_id"], dialogue.facts["number"]
    assert isinstance(survey_id, int), "as _await_words wrote it"
    assert isinstance(number, int), "as _await_words wrote it"
    try:
        asked = await context.services.replies.open(context.user_id, survey_id)
    except ClubError:  # It is over: what is typed next is meant for something else.
        await context.services.dialogues.end(context.visit.chat_id, context.user_id)
        raise
    question = asked.survey.questions[number]
    answer = read_answer(question, names_of(question), message_of(update).text or "")
    await _answer(context, survey_id, number, answer, asked.message_id)


async def _answer(
    context: ClubContext, survey_id: int, number: int, answer: Answer | None, message_id: int | None
) -> None:
    """Count it, show it in the question's message, and ask what follows."""
    answered = await context.services.replies.answer(context.user_id, survey_id, number, answer)
    names, given = names_of(answered.question), answered.answer
    context.visit.message_id = message_id
    await context.show(
        "surveys/answered",
        question=answered.question.text,
        chosen=tuple(names[choice] for choice in given.choices),
        answer_text=given.text,
        number=number + 1,
        count=len(answered.survey.questions),
    )
    if answered.following is not None:
        if not answered.following.in_chat:
            await _ask(context, answered.following)
    elif not answered.thanked:
        await _thank(context, answered)
    if answered.repeated:
        await context.toast("surveys/counted_toast")


async def _stands(context: ClubContext, asked: Asked) -> bool:
    """Whether a message of the chat asks the question; one that the member deleted does not."""
    if not asked.in_chat or asked.message_id is None:
        return False
    words = render("surveys/asked", context.reader, **_facts(asked))
    return await edited(
        context.bot.edit_message_text(
            words,
            context.visit.chat_id,
            asked.message_id,
            reply_markup=context.keyboard(_rows(asked)),
        )
    )


async def _ask(context: ClubContext, asked: Asked) -> None:
    """Put the open question into the chat, in a message of its own."""
    sent = await context.say("surveys/asked", _rows(asked), **_facts(asked))
    await context.services.replies.note_asked(
        context.user_id, asked.survey_id, asked.number, sent.message_id
    )
    await _await_words(context, asked)


async def _thank(context: ClubContext, answered: Answered) -> None:
    await context.say(
        "surveys/done",
        survey=answered.survey.title,
        points=answered.survey.points,
        balance=answered.balance,
    )
    past_last = len(answered.survey.questions)
    await context.services.replies.note_asked(context.user_id, answered.survey_id, past_last, None)
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)


async def _await_words(context: ClubContext, asked: Asked) -> None:
    """From now on what the member types answers this question: where words alone do, to the end."""
    open_text = asked.question.kind is Kind.TEXT
    await context.services.dialogues.ask(
        context.visit.chat_id,
        context.user_id,
        SUBJECT,
        life=max(DIALOGUE_LIFE, asked.left) if open_text else DIALOGUE_LIFE,
        survey_id=asked.survey_id,
        number=asked.number,
        told_in=context.visit.update_id,
    )


def _facts(asked: Asked) -> dict[str, object]:
    names = names_of(asked.question)
    return {
        "survey": asked.survey.title,
        "question": asked.question.text,
        "question_kind": asked.question.kind.value,
        "chosen": tuple(names[choice] for choice in asked.answer.choices),
        "answer_text": asked.answer.text,
        "number": asked.number + 1,
        "count": len(asked.survey.questions),
    }


def _rows(asked: Asked) -> Rows:
    """The choices, and below them the ways back and out."""
    at = f"{asked.survey_id}.{asked.number}"
    ways = [Button("survey_later", "survey", "leave", asked.survey_id)]
    if asked.number:
        ways.insert(0, Button("survey_back", "survey", "back", at))
    return [*_choices(asked, at), ways]


def _choices(asked: Asked, at: str) -> list[list[Button]]:
    names = names_of(asked.question)
    match asked.question.kind:
        case Kind.TEXT:
            return [[Button("survey_pass", "survey", "pass", at)]]
        case Kind.SEVERAL:
            chosen = asked.answer.choices
            ticks = [
                Button("choice_on", "survey", "untick", f"{at}.{place}", {"choice": name})
                if place in chosen
                else Button("choice_off", "survey", "tick", f"{at}.{place}", {"choice": name})
                for place, name in enumerate(names)
            ]
            return [*([button] for button in ticks), [Button("done", "survey", "done", at)]]
        case kind:
            taken = [
                Button("choice_off", "survey", "take", f"{at}.{place}", {"choice": name})
                for place, name in enumerate(names)
            ]
            row = 1 if kind is Kind.ONE else RATING_ROW
            return _in_rows(taken, row)


def _in_rows(buttons: Sequence[Button], length: int) -> list[list[Button]]:
    return [list(buttons[start : start + length]) for start in range(0, len(buttons), length)]


def _places(context: ClubContext) -> tuple[int, int, int]:
    """Survey, question and choice that a button names; a button without a choice says 0."""
    survey_id, number, choice = (*context.press.id.split("."), "0")[:3]
    return int(survey_id), int(number), int(choice)


ANSWERS[SUBJECT] = take_words
HANDLERS = (
    CallbackQueryHandler(open_survey, "^survey:open:"),
    CallbackQueryHandler(take_choice, "^survey:take:"),
    CallbackQueryHandler(pass_over, "^survey:pass:"),
    CallbackQueryHandler(tick, "^survey:(tick|untick):"),
    CallbackQueryHandler(finish_ticks, "^survey:done:"),
    CallbackQueryHandler(go_back, "^survey:back:"),
    CallbackQueryHandler(leave, "^survey:leave:"),
)
