"""What a survey has brought, in the staff group: one card that keeps itself true, words, a file."""

import asyncio
import csv
import io

from telegram import InlineKeyboardMarkup, InputMediaPhoto, Update
from telegram.constants import ParseMode
from telegram.ext import CallbackQueryHandler, ExtBot

from club.parts import Language
from club.staff import Role, require
from club.surveys import Answer, Kind, Phrase, Question, SurveyState
from handlers.choices import names_of
from handlers.context import ClubContext, House, edited
from handlers.keyboards import Button, inline
from handlers.points import last_moment
from services.surveys import ResultsShown, TextsPage
from templates.labels import label
from templates.render import Reader, render

CSV_NAME = "survey-{}.csv"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # How a table program's formulas begin.


async def post_card(context: ClubContext, survey_id: int) -> None:
    """Put a card with the results into the group; from now on this one keeps itself true."""
    results = await context.services.surveys.results(survey_id)
    sent = await context.bot.send_photo(
        context.visit.chat_id,
        await _picture(results, context.house),
        caption=_caption(results, context.house),
        reply_markup=_keyboard(results, context.house, context.visit.chat_id),
    )
    await context.services.surveys.keep_card(survey_id, sent.message_id, results.number)


async def redraw(bot: ExtBot[None], house: House, survey_id: int) -> None:
    """Bring the survey's card up to date, where it has one."""
    results = await house.services.surveys.results(survey_id)
    if results.card_id is not None:
        await _put(bot, house, results, results.chat_id, results.card_id)


async def show_card(update: Update, context: ClubContext) -> None:
    """The results, from the letter that says that the survey is over."""
    await post_card(context, context.press.number)


async def turn_card(update: Update, context: ClubContext) -> None:
    """The question that the button names, with the answers as they are now."""
    survey_id, number, _ = places(context)
    surveys, message_id = context.services.surveys, context.visit.message_id
    assert message_id is not None, "a button stands under a message"
    results = await surveys.results(survey_id, number)
    await surveys.keep_card(survey_id, message_id, results.number)
    await _put(context.bot, context.house, results, context.visit.chat_id, message_id)


async def show_texts(update: Update, context: ClubContext) -> None:
    """What members wrote, in a message of its own."""
    survey_id, number, page = places(context)
    shown = await context.services.surveys.texts(survey_id, number, page)
    await context.say("surveys/texts", _turners(shown), **_text_facts(shown))


async def turn_texts(update: Update, context: ClubContext) -> None:
    """Another page of what members wrote, in place."""
    survey_id, number, page = places(context)
    shown = await context.services.surveys.texts(survey_id, number, page)
    await context.show("surveys/texts", _turners(shown), **_text_facts(shown))


async def send_file(update: Update, context: ClubContext) -> None:
    """All answers as a table, for managers."""
    require(context.role, Role.MANAGER)
    survey_id = context.press.number
    survey, replies = await context.services.surveys.export(survey_id, by=context.user_id)
    language = context.programme.club.language
    table = io.StringIO()
    rows = csv.writer(table)
    asked = [question.text[language] for question in survey.questions]
    rows.writerow(["member", "begun_at", "done_at", *map(_cell, asked)])
    for reply in replies:
        done_at = reply.done_at.isoformat() if reply.done_at else ""
        given = [
            _cell(_said(question, reply.answers.get(place, Answer()), language))
            for place, question in enumerate(survey.questions)
        ]
        rows.writerow([reply.member_number, reply.begun_at.isoformat(), done_at, *given])
    content = table.getvalue().encode("utf-8-sig")  # The mark tells table programs that it is so.
    name = CSV_NAME.format(survey_id)
    await context.say_file(content, name, "surveys/file_caption", survey=survey.title)


def places(context: ClubContext) -> tuple[int, int, int]:
    """Survey, question and page that a button names; what it does not name is 0."""
    survey_id, number, page = (*context.press.id.split("."), "0", "0")[:3]
    return int(survey_id), int(number), int(page)


async def _put(
    bot: ExtBot[None], house: House, results: ResultsShown, chat_id: int, message_id: int
) -> None:
    """Show the results in that message; one that is gone is no card any more."""
    caption = _caption(results, house)
    picture = await _picture(results, house)
    edit = bot.edit_message_media(
        InputMediaPhoto(picture, caption=caption, parse_mode=ParseMode.HTML),
        chat_id,
        message_id,
        reply_markup=_keyboard(results, house, chat_id),
        # The library would add it to the call as well, where the Bot API does not know it.
        api_kwargs={"parse_mode": None},
    )
    if not await edited(edit):
        await house.services.surveys.keep_card(results.survey_id, None)


async def _picture(results: ResultsShown, house: House) -> bytes:
    return await asyncio.to_thread(_drawn, results, house.programme.club.language)


def _drawn(results: ResultsShown, language: Language) -> bytes:
    # Importing what draws takes a second: only a club that asks its members pays it.
    from templates.pictures.bars import Bar, bar_picture

    bars = [
        Bar(name[language], count)
        for name, count in zip(_counted_names(results.question), results.tally.counts, strict=True)
    ]
    return bar_picture(results.question.text[language], bars, results.tally.answered, language)


def _counted_names(question: Question) -> tuple[Phrase, ...]:
    """The words of what is counted: the choices, or who wrote and who passed."""
    if question.kind is not Kind.TEXT:
        return names_of(question)
    keys = ("survey_wrote", "survey_passed")
    return tuple({"fa": label(key, "fa"), "en": label(key, "en")} for key in keys)


def _caption(results: ResultsShown, house: House) -> str:
    """The figures below the picture, in the language of the group."""
    club, survey = house.programme.club, results.survey
    names = _counted_names(results.question)
    return render(
        "surveys/results_caption",
        Reader(club.language, club.calendar, house.programme.zone),
        survey=survey.title,
        survey_number=results.survey_id,
        closed=results.state is SurveyState.CLOSED,
        expires_at=last_moment(survey.closes_at),
        letters=results.letters,
        begun=results.begun,
        answered=results.done,
        number=results.number + 1,
        count=len(survey.questions),
        question=results.question.text,
        tallies=tuple(
            {"choice": name, "taken": taken}
            for name, taken in zip(names, results.tally.counts, strict=True)
        ),
    )


def _keyboard(results: ResultsShown, house: House, chat_id: int) -> InlineKeyboardMarkup:
    survey_id, number = results.survey_id, results.number
    rows: list[list[Button]] = []
    if (questions := len(results.survey.questions)) > 1:
        rows.append(
            [
                Button("previous", "surveys", "page", f"{survey_id}.{(number - 1) % questions}"),
                Button("next", "surveys", "page", f"{survey_id}.{(number + 1) % questions}"),
            ]
        )
    if results.question.kind is Kind.TEXT:
        rows.append([Button("survey_texts", "surveys", "texts", f"{survey_id}.{number}")])
    rows.append(
        [
            Button("refresh", "surveys", "page", f"{survey_id}.{number}"),
            Button("survey_file", "surveys", "file", survey_id),
        ]
    )
    return inline(rows, house.programme.club.language, house.signer, chat_id)


def _turners(shown: TextsPage) -> list[list[Button]]:
    at = f"{shown.survey_id}.{shown.number}"
    row = []
    if shown.page > 0:
        row.append(Button("previous", "surveys", "leaf", f"{at}.{shown.page - 1}"))
    if shown.page < shown.pages - 1:
        row.append(Button("next", "surveys", "leaf", f"{at}.{shown.page + 1}"))
    return [row] if row else []


def _text_facts(shown: TextsPage) -> dict[str, object]:
    return {
        "question": shown.question.text,
        "texts": tuple({"opinion": text} for text in shown.texts),
        "page": shown.page + 1,
        "pages": shown.pages,
    }


def _said(question: Question, answer: Answer, language: str) -> str:
    """An answer as a table holds it."""
    if answer.text is not None:
        return answer.text
    names = names_of(question)
    return "; ".join(names[choice][language] for choice in answer.choices)


def _cell(words: str) -> str:
    """Words that no table program takes for a formula."""
    return f"'{words}" if words.startswith(FORMULA) else words


HANDLERS = (
    CallbackQueryHandler(show_card, "^surveys:card:"),
    CallbackQueryHandler(turn_card, "^surveys:page:"),
    CallbackQueryHandler(show_texts, "^surveys:texts:"),
    CallbackQueryHandler(turn_texts, "^surveys:leaf:"),
    CallbackQueryHandler(send_file, "^surveys:file:"),
)
