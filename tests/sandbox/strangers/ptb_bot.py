"""A bot of python-telegram-bot with its own updater: `ptb_bot.py ADDRESS TOKEN WAY PICTURE`."""

import asyncio
import json
import socket
import sys
from pathlib import Path
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

ADDRESS, TOKEN, WAY = sys.argv[1:4]
PICTURE = Path(sys.argv[4]).read_bytes()
SECRET = "a-word_between_us"


def told(**facts: object) -> None:
    """Say what was understood of an answer."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def welcome(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    sent = await update.message.reply_html("<b>Welcome</b>", reply_markup=markup)
    assert sent.reply_markup
    told(welcome=[sent.text, sent.entities[0].type, sent.reply_markup.inline_keyboard[0][0].text])


async def go(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query
    edited: Any = await query.edit_message_text("Chosen")
    told(edited=[edited.text, edited.edit_date is not None, edited.message_id])
    markup = ReplyKeyboardMarkup([[KeyboardButton("My number", request_contact=True)]])
    asked = await context.bot.send_message(query.from_user.id, "Your number?", reply_markup=markup)
    told(asked=asked.chat.type)
    await query.answer("Well chosen")


async def contact(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.message
    assert message
    assert message.contact
    assert message.from_user
    thanked: Any = await message.reply_text(
        message.contact.phone_number, do_quote=True, reply_markup=ReplyKeyboardRemove()
    )
    told(replied=thanked.reply_to_message.contact.user_id == message.from_user.id)
    photo = await message.reply_photo(PICTURE, caption="A picture")
    told(photo=[photo.photo[-1].width, photo.caption])
    document: Any = await message.reply_document(b"1;2", filename="points.csv")
    told(document=[document.document.file_name, document.document.file_size])
    media = [InputMediaPhoto(photo.photo[-1].file_id), InputMediaPhoto(PICTURE)]
    album = await message.reply_media_group(media)
    told(album=len({one.media_group_id for one in album}))


async def document(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message
    assert update.message.document
    file = await update.message.document.get_file()
    content = await file.download_as_bytearray()
    await update.message.reply_text(f"{len(content)} bytes")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def main() -> None:
    builder = Application.builder().token(TOKEN)
    app = builder.base_url(f"{ADDRESS}/bot").base_file_url(f"{ADDRESS}/file/bot").build()
    app.add_handler(CommandHandler("start", welcome))
    app.add_handler(CallbackQueryHandler(go, "^go$"))
    app.add_handler(MessageHandler(filters.CONTACT, contact))
    app.add_handler(MessageHandler(filters.Document.ALL, document))
    async with app:
        await app.bot.set_my_commands([("start", "Begin")])
        told(me=app.bot.username, commands=len(await app.bot.get_my_commands()))
        await app.start()
        assert app.updater
        if WAY == "polling":
            await app.updater.start_polling()
        else:
            port = free_port()
            await app.updater.start_webhook(
                listen="127.0.0.1",
                port=port,
                url_path="hook",
                webhook_url=f"http://127.0.0.1:{port}/hook",
                secret_token=SECRET,
            )
            told(webhook=(await app.bot.get_webhook_info()).url.endswith("/hook"))
        await asyncio.Event().wait()


asyncio.run(main())
