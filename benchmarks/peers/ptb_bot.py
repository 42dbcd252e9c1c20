"""python-telegram-bot as it comes: `Bot.send_message` on its own requests.

Its pool is as large as what is in flight, and is waited for: else most messages would fail.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot, InlineKeyboardMarkup
from telegram.request import HTTPXRequest

from benchmarks.peers.measured import Order, Send, measure_each
from benchmarks.promotion import KEYBOARD, PLAIN, TOKEN

PATIENCE_S = 60.0


@asynccontextmanager
async def sender(order: Order) -> AsyncIterator[Send]:
    request = HTTPXRequest(
        connection_pool_size=max(256, order.in_flight),
        pool_timeout=PATIENCE_S,
        connect_timeout=PATIENCE_S,
        read_timeout=PATIENCE_S,
        write_timeout=PATIENCE_S,
    )
    bot = Bot(TOKEN, base_url=f"{order.address}/bot", request=request)
    markup = InlineKeyboardMarkup.de_json(KEYBOARD, bot)
    await request.initialize()

    async def send(chat: int) -> None:
        sent = await bot.send_message(chat, PLAIN, parse_mode="HTML", reply_markup=markup)
        assert sent.message_id

    try:
        yield send
    finally:
        await request.shutdown()


if __name__ == "__main__":
    measure_each(__doc__, sender)
