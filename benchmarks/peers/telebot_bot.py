"""pyTelegramBotAPI: `AsyncTeleBot.send_message`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telebot import asyncio_helper
from telebot.async_telebot import AsyncTeleBot
from telebot.types import InlineKeyboardMarkup

from benchmarks.peers.measured import Order, Send, measure_each
from benchmarks.promotion import KEYBOARD, PLAIN, TOKEN


@asynccontextmanager
async def sender(order: Order) -> AsyncIterator[Send]:
    asyncio_helper.API_URL = order.address + "/bot{0}/{1}"
    asyncio_helper.REQUEST_LIMIT = max(asyncio_helper.REQUEST_LIMIT, order.in_flight)
    bot = AsyncTeleBot(TOKEN)
    markup = InlineKeyboardMarkup.de_json(KEYBOARD)

    async def send(chat: int) -> None:
        sent = await bot.send_message(chat, PLAIN, parse_mode="HTML", reply_markup=markup)
        assert sent.message_id

    try:
        yield send
    finally:
        await bot.close_session()


if __name__ == "__main__":
    measure_each(__doc__, sender)
