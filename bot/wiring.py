"""The only place where the parts meet: a database, a messenger, a programme → a running club."""

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from telegram.constants import ParseMode
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes, Defaults

from bot.clock import Clock, machine_time
from bot.delivery.engine import Engine, Rendered
from bot.delivery.messenger import TelegramMessenger
from bot.delivery.pace import Pace
from bot.delivery.transport import ClubRequest
from bot.intake import Handle, Intake
from bot.jobs import Jobs
from bot.settings import BadSettings, Settings
from club.programme import Programme
from handlers import letters
from handlers.context import ClubApplication, ClubContext, House
from handlers.menu import register_commands
from handlers.routes import add_routes, handle
from handlers.signing import Signer
from services import Services
from services.campaigns import Campaigns
from services.club import Club
from services.dialogues import Dialogues
from services.joining import Joining
from services.letters import OutgoingLetter
from services.members import Members
from services.outbox import Outbox
from services.points import Points
from services.profile import Profile
from services.purchases import Purchases
from services.refunds import Refunds
from services.staff import StaffRoom
from services.ticks import Ticks
from services.tiers import Tiers
from services.updates import Updates
from storage.db import Database
from storage.migrations import prepare
from storage.vault import Vault
from templates.render import Reader, render

LOG = logging.getLogger(__name__)
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
Answer = TypeVar("Answer")
Say = Callable[[str], None]


def build_services(db: Database, vault: Vault, programme: Programme, clock: Clock) -> Services:
    """All that the doors may call, on one database."""
    four = (db, vault, programme, clock.club_time)
    return Services(
        campaigns=Campaigns(*four),
        dialogues=Dialogues(db, vault, machine_time),
        joining=Joining(*four),
        members=Members(*four, machine_time),
        points=Points(*four),
        profile=Profile(*four),
        purchases=Purchases(*four),
        refunds=Refunds(*four),
        staff=StaffRoom(db, vault, clock.club_time, machine_time),
    )


@asynccontextmanager
async def opened(settings: Settings, *, hold: bool) -> AsyncIterator[tuple[Database, Vault, Clock]]:
    """The club's database, migrated if it was empty, with its key and its clock.

    `hold`: be the one long-lived process of an SQLite file.
    """
    vault = Vault(settings.data_key.get_secret_value())
    db = Database(settings.database_url)
    try:
        if hold:
            db.hold()
        await prepare(db)
        offset = await Club(db, machine_time).clock_offset(settings.clock_start)
        yield db, vault, Clock(offset)
    finally:
        await db.close()


async def run(settings: Settings, programme: Programme, say: Say) -> None:
    """Run the club until SIGINT or SIGTERM. `say` tells the operator what a console should show."""
    async with opened(settings, hold=True) as (db, vault, clock):
        services = build_services(db, vault, programme, clock)
        updates = Updates(db, vault, machine_time, clock.club_time)
        await updates.own(settings.bot_id)
        await services.staff.seed(settings.staff_chat_id, settings.owner_ids)
        if moved := await Tiers(db, programme).realign():
            LOG.info("The programme's tiers changed.", extra={"action": "tiers", "moved": moved})
        stopped = _stop_at_signals()
        async with _connected(settings) as wire:
            if not await _until_heard(wire.application.initialize, stopped):
                return
            house = House(
                services=services,
                programme=programme,
                signer=Signer(vault.signing_key),
                bot_username=wire.application.bot.username,
            )
            wire.application.bot_data["house"] = house
            add_routes(wire.application)
            await _announce(wire.application, house, say)
            engine = Engine(
                Outbox(db, vault, programme, machine_time, clock.club_time),
                TelegramMessenger(wire.sending),
                wire.pace,
                lambda letter: _words(letter, house),
                services.staff.migrated,
                owner=uuid4().hex,
            )
            handled = _then_wake(engine, wire.application)
            intake = Intake(updates, wire.polling, handled, settings.bot_id)
            ticks = Ticks(db, programme, clock.club_time, machine_time)

            async def tidy() -> None:
                await updates.forget()
                await services.dialogues.forget()

            jobs = Jobs(ticks, tidy, clock.club_time, machine_time)
            await _work(intake, engine, jobs, stopped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The ways to the messenger: one to send, one to poll, one pace for the token."""

    sending: ClubRequest
    polling: ClubRequest
    pace: Pace
    application: ClubApplication


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[Wire]:
    """Our transport, and on it the library as codec and router; it polls and schedules nothing."""
    token = settings.bot_token.get_secret_value()
    api_url, proxy = f"{settings.bot_api_url}/bot{token}", settings.http_proxy_url
    pace = Pace(time.monotonic)
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
        await sending.shutdown()
        await polling.shutdown()


def _then_wake(engine: Engine, application: ClubApplication) -> Handle:
    """Handle an update, then let the engine look: what was done may have written letters."""

    async def handled(raw: dict[str, Any]) -> BaseException | None:
        fault = await handle(application, raw)
        engine.wake()
        return fault

    return handled


async def _work(intake: Intake, engine: Engine, jobs: Jobs, stopped: asyncio.Event) -> None:
    """Listen, deliver and keep the hours, until stopped or until one of them cannot go on."""
    await jobs.start()
    listening = asyncio.create_task(intake.run())
    delivering = asyncio.create_task(engine.run())
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({listening, delivering, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        intake.stop()
        await asyncio.wait({listening})
        await jobs.stop()
        await engine.stop()
        await asyncio.wait({delivering})
    listening.result()
    delivering.result()


async def _until_heard(
    first_words: Callable[[], Awaitable[Answer]], stopped: asyncio.Event
) -> bool:
    """Call until the messenger answers; False when stopped before. Raises BadSettings."""
    pause_s, said = FIRST_PAUSE_S, False
    while not stopped.is_set():
        try:
            await first_words()
        except InvalidToken:
            raise BadSettings(
                ["BOT_TOKEN is refused by the messenger; copy it from @BotFather once more."]
            ) from None
        except (NetworkError, RetryAfter) as fault:
            if not said:
                said = True
                LOG.warning(
                    "The messenger does not answer; it is asked again until it does.",
                    extra={"action": "messenger_away", "fault": type(fault).__name__},
                )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        else:
            return True
    return False


async def _announce(application: ClubApplication, house: House, say: Say) -> None:
    """Tell the messenger our commands, and the operator where we are and how to claim the club."""
    staff_chat = await house.services.staff.chat()
    try:
        await register_commands(application.bot, house.programme, staff_chat)
    except TelegramError as fault:
        LOG.warning(
            "The commands could not be registered; the club works without.",
            extra={"action": "commands_failed", "fault": type(fault).__name__},
        )
    say(f"@{house.bot_username} is open.")
    if code := await house.services.staff.open_claim():
        say(f"Add the bot to your staff group and type there within 15 minutes: /claim {code}")


def _words(letter: OutgoingLetter, house: House) -> Rendered:
    """A letter in its reader's words, with its buttons."""
    reader = Reader(letter.language, letter.calendar, house.programme.zone)
    text = render(letter.message, reader, **letter.facts)
    if letter.flagged:
        text = f"{render('letters/again', reader)}\n\n{text}"
    keyboard = letters.keyboard(
        letter.message, letter.campaign_id, letter.language, house.signer, letter.chat_id
    )
    return Rendered(text, keyboard)


def _stop_at_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set; a second signal ends the program at once."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if stopped.is_set():
            os._exit(130)
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    return stopped
