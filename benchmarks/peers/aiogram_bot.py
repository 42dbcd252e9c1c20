"""aiogram: `Bot.send_message`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardMarkup

from benchmarks.peers.measured import Order, Send, measure_each
from benchmarks.promotion import KEYBOARD, PLAIN, TOKEN


def build(order: Order) -> Bot:
    """A bot that talks to that server, with as many connections as it will need."""
    api = TelegramAPIServer.from_base(order.address)
    return Bot(TOKEN, session=AiohttpSession(api=api, limit=max(100, order.in_flight)))


@asynccontextmanager
async def sender(order: Order) -> AsyncIterator[Send]:
    markup = InlineKeyboardMarkup.model_validate(KEYBOARD)
    async with build(order) as bot:

        async def send(chat: int) -> None:
            sent = await bot.send_message(chat, PLAIN, parse_mode="HTML", reply_markup=markup)
            assert sent.message_id

        yield send


if __name__ == "__main__":
    measure_each(__doc__, sender)
