"""A bot of another library, pyTelegramBotAPI: `telebot_bot.py ADDRESS TOKEN WAY PICTURE`."""

import asyncio
import json
import sys

from aiohttp import web
from telebot import asyncio_helper
from telebot.async_telebot import AsyncTeleBot
from telebot.asyncio_helper import ApiTelegramException
from telebot.types import (
    BotCommand,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    Update,
)

ADDRESS, TOKEN, WAY, PICTURE = sys.argv[1:5]
SECRET = "a-word_between_us"
asyncio_helper.API_URL = ADDRESS + "/bot{0}/{1}"
asyncio_helper.FILE_URL = ADDRESS + "/file/bot{0}/{1}"
bot = AsyncTeleBot(TOKEN)


def told(**facts: object) -> None:
    """Say what was understood of an answer."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def welcome(message: Message) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    sent = await bot.send_message(
        message.chat.id, "<b>Welcome</b>", parse_mode="HTML", reply_markup=markup
    )
    told(welcome=[sent.text, sent.entities[0].type, sent.reply_markup.keyboard[0][0].text])


async def go(query: CallbackQuery) -> None:
    place = query.message.chat.id
    edited = await bot.edit_message_text("Chosen", place, query.message.message_id)
    told(edited=[edited.text, edited.edit_date is not None, edited.message_id])
    markup = ReplyKeyboardMarkup(resize_keyboard=True)
    markup.add(KeyboardButton("My number", request_contact=True))
    asked = await bot.send_message(place, "Your number?", reply_markup=markup)
    told(asked=asked.chat.type)
    await bot.answer_callback_query(query.id, "Well chosen")


async def contact(message: Message) -> None:
    place = message.chat.id
    thanked = await bot.send_message(
        place,
        message.contact.phone_number,
        reply_parameters=ReplyParameters(message.message_id),
        reply_markup=ReplyKeyboardRemove(),
    )
    told(replied=thanked.reply_to_message.contact.user_id == message.from_user.id)
    photo = await bot.send_photo(place, InputFile(PICTURE), caption="A picture")
    told(photo=[photo.photo[-1].width, photo.caption])
    document = await bot.send_document(place, b"1;2", visible_file_name="points.csv")
    told(document=[document.document.file_name, document.document.file_size])
    media = [InputMediaPhoto(photo.photo[-1].file_id), InputMediaPhoto(InputFile(PICTURE))]
    album = await bot.send_media_group(place, media)
    told(album=len({one.media_group_id for one in album}))


async def document(message: Message) -> None:
    file = await bot.get_file(message.document.file_id)
    content = await bot.download_file(file.file_path)
    await bot.send_message(message.chat.id, f"{len(content)} bytes")


async def refusals(message: Message) -> None:
    """Three refusals, as the library reads them: `/refusals BLOCKED_PERSON`."""
    place = message.chat.id
    try:
        await bot.edit_message_text("x", place, 99_999)
    except ApiTelegramException as error:
        told(missing=error.description)
    try:
        await bot.send_message(int(message.text.split()[1]), "x")
    except ApiTelegramException as error:
        told(blocked=error.description)
    try:
        await bot.send_message(place, "too many")
    except ApiTelegramException as error:
        wait_s = error.result_json["parameters"]["retry_after"]
        told(retry_after=wait_s)
        await asyncio.sleep(wait_s)
    await bot.send_message(place, "Refused")


async def forum(message: Message) -> None:
    """What is done in a forum: `/forum GROUP`."""
    group, me = int(message.text.split()[1]), message.from_user.id
    chat, member = await bot.get_chat(group), await bot.get_chat_member(group, me)
    told(chat=[chat.type, chat.is_forum], member=[member.status, member.user.id == me])
    topic = await bot.create_forum_topic(group, "Till 1")
    thread = topic.message_thread_id
    picture = InputFile(PICTURE)
    photo = await bot.send_photo(group, picture, caption="Before", message_thread_id=thread)
    told(topic=[topic.name, photo.is_topic_message, photo.message_thread_id == thread])
    place = (group, photo.message_id)
    edited = await bot.edit_message_caption("After", *place)
    copied = await bot.copy_message(me, *place)
    told(caption=edited.caption, copied=type(copied).__name__)
    told(pinned=[await bot.pin_chat_message(*place), await bot.unpin_chat_message(*place)])
    await bot.send_message(me, "Done")


async def take(request: web.Request) -> web.Response:
    """An update that the server brings."""
    if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
        return web.Response(status=403)
    await bot.process_new_updates([Update.de_json(await request.json())])
    return web.Response()


async def main() -> None:
    bot.register_message_handler(welcome, commands=["start"])
    bot.register_message_handler(refusals, commands=["refusals"])
    bot.register_message_handler(forum, commands=["forum"])
    bot.register_callback_query_handler(go, func=lambda query: query.data == "go")
    bot.register_message_handler(contact, content_types=["contact"])
    bot.register_message_handler(document, content_types=["document"])
    await bot.set_my_commands([BotCommand("start", "Begin")])
    told(me=(await bot.get_me()).username, commands=len(await bot.get_my_commands(None, None)))
    if WAY == "polling":
        await bot.polling(non_stop=True, request_timeout=60)
        return
    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=SECRET)
    told(webhook=(await bot.get_webhook_info()).url.endswith("/hook"))
    await asyncio.Event().wait()


asyncio.run(main())
