"""aiogram-broadcaster as it comes: a mailer, which keeps in memory whom it has written to.

A mailer sends one message at a time, whatever may be in flight.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram.types import InlineKeyboardMarkup
from aiogram_broadcaster import Broadcaster  # type: ignore[import-not-found, unused-ignore]
from aiogram_broadcaster.contents import (  # type: ignore[import-not-found, unused-ignore]
    TextContent,
)

from benchmarks.peers.aiogram_bot import build
from benchmarks.peers.measured import Order, SendMany, measure_many
from benchmarks.promotion import KEYBOARD, PLAIN


@asynccontextmanager
async def sender(order: Order) -> AsyncIterator[SendMany]:
    markup = InlineKeyboardMarkup.model_validate(KEYBOARD)
    async with build(order) as bot:
        broadcaster = Broadcaster(bot)

        async def send(chats: range) -> None:
            content = TextContent(text=PLAIN, parse_mode="HTML", reply_markup=markup)
            mailer = await broadcaster.create_mailer(chats, content)
            assert await mailer.start()
            assert len(mailer.chats.success) == len(chats)

        yield send


if __name__ == "__main__":
    measure_many(__doc__, sender)
