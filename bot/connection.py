"""The ways to the messenger: one transport and one pace for the token."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from telegram.constants import ParseMode
from telegram.error import InvalidToken, NetworkError, RetryAfter
from telegram.ext import ApplicationBuilder, ContextTypes, Defaults

from bot.delivery.pace import Pace
from bot.delivery.transport import ClubRequest
from bot.settings import BadSettings, Settings
from bot.trouble import Trouble
from handlers.context import ClubApplication, ClubContext
from services.pace import StoredPace

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The ways to the messenger: one to send, one to poll, one pace for the token."""

    sending: ClubRequest
    polling: ClubRequest
    pace: Pace
    application: ClubApplication


@asynccontextmanager
async def connected(settings: Settings, stored: StoredPace) -> AsyncIterator[Wire]:
    """Our transport, and on it the library as codec and router; it polls and schedules nothing."""
    token = settings.bot_token.get_secret_value()
    api_url, proxy = f"{settings.bot_api_url}/bot{token}", settings.http_proxy_url
    pace = Pace(time.monotonic, rate=settings.sends_per_second, stored=stored)
    sending = ClubRequest(api_url, pace=pace, proxy=proxy)
    polling = ClubRequest(api_url, proxy=proxy)
    application: Any = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{settings.bot_api_url}/bot")
        .base_file_url(f"{settings.bot_api_url}/file/bot")
        .request(sending)
        .get_updates_request(polling)
        .context_types(ContextTypes(context=ClubContext))
        .defaults(Defaults(parse_mode=ParseMode.HTML))
        .updater(None)
        .job_queue(None)
        .build()
    )
    await sending.initialize()
    await polling.initialize()
    try:
        yield Wire(sending=sending, polling=polling, pace=pace, application=application)
    finally:
        await application.shutdown()
        await pace.close()
        await sending.shutdown()
        await polling.shutdown()


async def until_heard(
    words: Callable[[], Awaitable[Answer]], stopped: asyncio.Event, trouble: Trouble
) -> bool:
    """Call until the messenger answers; False when stopped before. Raises BadSettings."""
    pause_s, met = FIRST_PAUSE_S, False
    while not stopped.is_set():
        try:
            await words()
        except InvalidToken:
            raise BadSettings(
                ["BOT_TOKEN is refused by the messenger; copy it from @BotFather once more."]
            ) from None
        except (NetworkError, RetryAfter) as fault:
            if not met:
                met = True
                trouble.begin(fault)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        else:
            if met:
                trouble.end()
            return True
    return False
