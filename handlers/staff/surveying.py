"""Surveys from the staff group: the file, a preview with a count, and the press that sends."""

from collections.abc import Sequence

from telegram import Document, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from club.misreadings import NoText
from club.money import plain_digits
from club.staff import Role, require
from club.survey_files import MAX_BYTES, SurveyFault, refused
from club.surveys import Question, SurveyState
from handlers.choices import names_of
from handlers.context import ClubContext
from handlers.keyboards import Button
from handlers.points import last_moment
from handlers.staff.answers import ANSWERS, message_of, words_of
from handlers.staff.results import HANDLERS as RESULTS
from handlers.staff.results import post_card
from services.dialogues import Dialogue
from services.surveys import SurveyShown

ASKED = "staff_survey"
QUESTIONS_A_MESSAGE = 6


async def ask_file(update: Update, context: ClubContext) -> None:
    """`/survey`: ask for the file that defines it; `/survey 3`: the results of that survey."""
    number = plain_digits(words_of(context)).lstrip("#")
    if number.isdecimal():
        await post_card(context, int(number[:9]))
        return
    require(context.role, Role.MANAGER)
    await context.services.dialogues.ask(context.visit.chat_id, context.user_id, ASKED)
    await context.ask("surveys/file_asked", message_of(update).message_id)


async def take_captioned(update: Update, context: ClubContext) -> None:
    """A file with `/survey` as its caption."""
    await _draft(context, message_of(update).document)


async def take_file(update: Update, context: ClubContext, dialogue: Dialogue) -> None:
    """The file as an answer; a wrong one is told its faults, and the right one asked for again."""
    await _draft(context, message_of(update).document)
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)


async def send(update: Update, context: ClubContext) -> None:
    """Send it, once, and show the results from now on."""
    require(context.role, Role.MANAGER)
    surveys = context.services.surveys
    shown = await surveys.launch(context.press.number, by=context.user_id)
    await context.show("surveys/sent", survey=shown.survey.title, letters=shown.letters)
    if shown.card_id is None:
        await post_card(context, shown.survey_id)


async def cancel(update: Update, context: ClubContext) -> None:
    """Throw the draft away."""
    require(context.role, Role.MANAGER)
    shown = await context.services.surveys.cancel(context.press.number, by=context.user_id)
    if shown.state is SurveyState.CANCELLED:
        await context.show("surveys/cancelled", survey=shown.survey.title)


async def preview(update: Update, context: ClubContext) -> None:
    """The buttons of the preview do nothing but say so."""
    await context.toast("staff/promo_preview_toast")


async def _draft(context: ClubContext, document: Document | None) -> None:
    """Keep what the file defines, show the real letter, and what sending it means."""
    require(context.role, Role.MANAGER)
    content = await _download(context, document)
    shown = await context.services.surveys.draft(
        content,
        by=context.user_id,
        chat_id=context.visit.chat_id,
        key=f"update:{context.visit.update_id}",
    )
    survey = shown.survey
    await context.say(
        "letters/survey",
        [
            [Button("survey_open", "surveys", "preview", shown.survey_id)],
            [Button("opt_out", "surveys", "preview", shown.survey_id)],
        ],
        survey=survey.title,
        count=len(survey.questions),
        points=survey.points,
        expires_at=last_moment(survey.closes_at),
    )
    for start in range(0, len(survey.questions), QUESTIONS_A_MESSAGE):
        await _show_questions(context, survey.questions[start : start + QUESTIONS_A_MESSAGE])
    await _count(context, shown)


async def _show_questions(context: ClubContext, questions: Sequence[Question]) -> None:
    rows = tuple(
        {
            "question": question.text,
            "question_kind": question.kind.value,
            "choices": names_of(question),
        }
        for question in questions
    )
    await context.say("surveys/questions", questions=rows)


async def _count(context: ClubContext, shown: SurveyShown) -> None:
    survey = shown.survey
    ways = [Button("cancel", "surveys", "cancel", shown.survey_id)]
    if shown.letters:
        count = {"count": shown.letters}
        ways.insert(0, Button("send_to", "surveys", "send", shown.survey_id, count))
    genres = (context.programme.genre(key) for key in survey.audience.any_of)
    await context.say(
        "surveys/dry_run",
        [ways],
        genres=tuple(genre.name for genre in genres if genre is not None),
        count=shown.letters,
        minutes=-(-shown.duration_s // 60),
    )


async def _download(context: ClubContext, document: Document | None) -> bytes:
    """The file's bytes; nothing larger than a survey may be is fetched."""
    if document is None:
        raise NoText()
    if (document.file_size or 0) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        raise refused(
            [SurveyFault(line=0, place="TOML", problem="large", sample="survey.toml", limit=limit)]
        )
    file = await context.bot.get_file(document.file_id)
    return bytes(await file.download_as_bytearray())


ANSWERS[ASKED] = take_file
GROUPS = filters.ChatType.GROUPS
HANDLERS = (
    CommandHandler("survey", ask_file, GROUPS),
    MessageHandler(
        GROUPS & filters.Document.ALL & filters.CaptionRegex(r"^/survey(@\w+)?(\s|$)"),
        take_captioned,
    ),
    CallbackQueryHandler(send, "^surveys:send:"),
    CallbackQueryHandler(cancel, "^surveys:cancel:"),
    CallbackQueryHandler(preview, "^surveys:preview:"),
    *RESULTS,
)
