"""The only place where the parts meet: a database, a messenger, a programme → a running club."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from telegram.error import TelegramError

from bot.cards import Cards
from bot.clock import Clock, machine_time
from bot.connection import Wire, connected, until_heard
from bot.delivery.engine import Engine, Rendered
from bot.delivery.messenger import TelegramMessenger
from bot.delivery.pace import RATE
from bot.intake import Handle, Intake
from bot.jobs import Jobs
from bot.sealing import Sealer
from bot.settings import Settings
from bot.travel import Traveller
from club.programme import Programme
from handlers import letters
from handlers.commands import register_commands
from handlers.context import ClubApplication, House
from handlers.routes import add_routes, handle
from handlers.signing import Signer
from services import Services
from services.building import build
from services.club import Club
from services.expiring import Expiring
from services.letters import OutgoingLetter
from services.outbox import Outbox
from services.realigning import Realigning
from services.sealing import Sealing
from services.travel import Travel
from services.updates import Updates
from storage.db import Database
from storage.migrations import prepare
from storage.vault import Vault
from templates.render import Reader, render

LOG = logging.getLogger(__name__)
Say = Callable[[str], None]


def build_services(
    db: Database,
    vault: Vault,
    programme: Programme,
    clock: Clock,
    *,
    time_travel: bool = False,
    sends_per_second: int = RATE,
) -> Services:
    """All that the doors may call, on one database."""
    return build(
        db,
        vault,
        programme,
        clock,
        machine_time,
        time_travel=time_travel,
        sends_per_second=sends_per_second,
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
        services = build_services(
            db,
            vault,
            programme,
            clock,
            time_travel=settings.time_travel,
            sends_per_second=settings.sends_per_second,
        )
        updates = Updates(db, vault, machine_time, clock.club_time)
        await updates.own(settings.bot_id)
        await services.staff.seed(settings.staff_chat_id, settings.owner_ids)
        if moved := await Realigning(db, programme, clock.club_time).realign():
            LOG.info("The programme's tiers changed.", extra={"action": "tiers", "moved": moved})
        stopped = _stop_at_signals()
        if ended := await Expiring(db, programme, clock.club_time).realign():
            LOG.info("Points got an end.", extra={"action": "expiry", "lots": ended})
        async with connected(settings) as wire:
            if not await until_heard(wire.application.initialize, stopped):
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
            if settings.time_travel or clock.offset:
                await _tell_clock(wire.application, house, clock.offset)
            outbox = Outbox(db, vault, programme, machine_time, clock.club_time)
            engine = _engine(wire, outbox, house)
            jobs = _jobs(engine, outbox, updates, wire.application, house, clock)
            handled = _then_wake(engine, jobs, wire.application, services.travel)
            intake = Intake(updates, wire.polling, handled, settings.bot_id)
            asides = (Cards(wire.application, house), Sealer(Sealing(db)))
            await _work(intake, engine, jobs, asides, stopped)


def _engine(wire: Wire, outbox: Outbox, house: House) -> Engine:
    """What sends letters, in their readers' words."""
    return Engine(
        outbox,
        TelegramMessenger(wire.sending),
        wire.pace,
        lambda letter: _words(letter, house),
        house.services.staff.migrated,
        owner=uuid4().hex,
    )


def _jobs(
    engine: Engine,
    outbox: Outbox,
    updates: Updates,
    application: ClubApplication,
    house: House,
    clock: Clock,
) -> Jobs:
    """What the club does by itself, in a time that may be moved."""

    async def tidy() -> None:
        await updates.forget()
        await house.services.dialogues.forget()

    async def tell(offset: timedelta) -> None:
        await _tell_clock(application, house, offset)

    services = house.services
    traveller = Traveller(services.travel, outbox, engine.wake, tell, machine_time)
    return Jobs(services.ticks, tidy, traveller.leg, clock.club_time, machine_time)


def _then_wake(engine: Engine, jobs: Jobs, application: ClubApplication, travel: Travel) -> Handle:
    """Handle an update, then let the others look: it may have written letters, or moved time."""

    async def handled(raw: dict[str, Any]) -> BaseException | None:
        fault = await handle(application, raw)
        engine.wake()
        if travel.under_way:
            jobs.wake()
        return fault

    return handled


async def _tell_clock(application: ClubApplication, house: House, offset: timedelta) -> None:
    """Let a messenger for trials show the club's own date; another does not know the method."""
    told = {
        "offset_ms": offset // timedelta(milliseconds=1),
        "zone": house.programme.club.zone,
        "travels": house.services.travel.allowed,
    }
    with contextlib.suppress(TelegramError):
        await application.bot.do_api_request("setSandboxClock", told)


async def _work(
    intake: Intake,
    engine: Engine,
    jobs: Jobs,
    asides: Sequence[Cards | Sealer],
    stopped: asyncio.Event,
) -> None:
    """Listen, deliver and keep the hours, until stopped or until one of them cannot go on."""
    await jobs.start()
    listening = asyncio.create_task(intake.run())
    delivering = asyncio.create_task(engine.run())
    beside = [asyncio.create_task(one.run()) for one in asides]
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({listening, delivering, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        intake.stop()
        await asyncio.wait({listening})
        await jobs.stop()
        await engine.stop()
        for one in asides:
            one.stop()
        await asyncio.wait({delivering, *beside})
    listening.result()
    delivering.result()


async def _announce(application: ClubApplication, house: House, say: Say) -> None:
    """Tell the messenger our commands, and the operator where we are and how to claim the club."""
    staff_chat = await house.services.staff.chat()
    try:
        await register_commands(
            application.bot, house.programme, staff_chat, trial=house.services.travel.allowed
        )
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
        letter.message,
        letter.campaign_id,
        letter.facts,
        letter.language,
        house.signer,
        letter.chat_id,
    )
    return Rendered(text, keyboard, letter.picture)


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
