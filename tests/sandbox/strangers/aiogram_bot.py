"""A bot of another library, aiogram: `aiogram_bot.py ADDRESS TOKEN polling|webhook PICTURE`."""

import asyncio
import json
import sys
from pathlib import Path

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

ADDRESS, TOKEN, WAY = sys.argv[1:4]
PICTURE = BufferedInputFile(Path(sys.argv[4]).read_bytes(), "picture.png")
SECRET = "a-word_between_us"


def told(**facts: object) -> None:
    """Say what was understood of an answer."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def welcome(message: Message) -> None:
    button = InlineKeyboardButton(text="Go", callback_data="go")
    markup = InlineKeyboardMarkup(inline_keyboard=[[button]])
    sent = await message.answer("<b>Welcome</b>", parse_mode="HTML", reply_markup=markup)
    told(welcome=[sent.text, sent.entities[0].type, sent.reply_markup.inline_keyboard[0][0].text])


async def go(query: CallbackQuery) -> AnswerCallbackQuery:
    edited = await query.message.edit_text("Chosen")
    told(edited=[edited.text, edited.edit_date is not None, edited.message_id])
    key = KeyboardButton(text="My number", request_contact=True)
    markup = ReplyKeyboardMarkup(keyboard=[[key]], resize_keyboard=True)
    asked = await query.message.answer("Your number?", reply_markup=markup)
    told(asked=asked.chat.type)
    return query.answer("Well chosen")  # By webhook this travels in the answer to the update.


async def contact(message: Message) -> None:
    thanked = await message.reply(message.contact.phone_number, reply_markup=ReplyKeyboardRemove())
    told(replied=thanked.reply_to_message.contact.user_id == message.from_user.id)
    photo = await message.answer_photo(PICTURE, caption="A picture")
    told(photo=[photo.photo[-1].width, photo.caption])
    document = await message.answer_document(BufferedInputFile(b"1;2", "points.csv"))
    told(document=[document.document.file_name, document.document.file_size])
    media = [InputMediaPhoto(media=photo.photo[-1].file_id), InputMediaPhoto(media=PICTURE)]
    album = await message.answer_media_group(media)
    told(album=len({one.media_group_id for one in album}))


async def document(message: Message, bot: Bot) -> None:
    content = await bot.download(message.document)
    await message.answer(f"{len(content.read())} bytes")


async def refusals(message: Message, command: CommandObject, bot: Bot) -> None:
    """Three refusals, as the library reads them: `/refusals BLOCKED_PERSON`."""
    try:
        await bot.edit_message_text("x", chat_id=message.chat.id, message_id=99_999)
    except TelegramBadRequest as error:
        told(missing=error.message)
    try:
        await bot.send_message(int(command.args), "x")
    except TelegramForbiddenError as error:
        told(blocked=error.message)
    try:
        await message.answer("too many")
    except TelegramRetryAfter as error:
        told(retry_after=error.retry_after)
        await asyncio.sleep(error.retry_after)
    await message.answer("Refused")


async def forum(message: Message, command: CommandObject, bot: Bot) -> None:
    """What is done in a forum: `/forum GROUP`."""
    group, me = int(command.args), message.from_user.id
    chat, member = await bot.get_chat(group), await bot.get_chat_member(group, me)
    told(chat=[chat.type, chat.is_forum], member=[member.status, member.user.id == me])
    topic = await bot.create_forum_topic(group, "Till 1")
    thread = topic.message_thread_id
    photo = await bot.send_photo(group, PICTURE, caption="Before", message_thread_id=thread)
    told(topic=[topic.name, photo.is_topic_message, photo.message_thread_id == thread])
    edited = await photo.edit_caption(caption="After")
    copied = await photo.copy_to(me)
    told(caption=edited.caption, copied=type(copied).__name__)
    told(pinned=[await photo.pin(), await photo.unpin()])
    await message.answer("Done")


async def main() -> None:
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(ADDRESS)))
    dispatcher = Dispatcher()
    dispatcher.message.register(welcome, CommandStart())
    dispatcher.message.register(refusals, Command("refusals"))
    dispatcher.message.register(forum, Command("forum"))
    dispatcher.callback_query.register(go, F.data == "go")
    dispatcher.message.register(contact, F.contact)
    dispatcher.message.register(document, F.document)
    await bot.set_my_commands([BotCommand(command="start", description="Begin")])
    told(me=(await bot.me()).username, commands=len(await bot.get_my_commands()))
    if WAY == "polling":
        await dispatcher.start_polling(bot, handle_signals=False)
        return
    app = web.Application()
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=SECRET)
    handler.register(app, "/hook")
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=SECRET)
    told(webhook=(await bot.get_webhook_info()).url.endswith("/hook"))
    await asyncio.Event().wait()


asyncio.run(main())
