"""The only place where the parts meet: a database, a messenger, a programme → a running club."""

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from uuid import uuid4

from telegram.error import TelegramError

from bot.cards import Cards
from bot.clock import Clock, machine_time
from bot.connection import Wire, connected, until_heard
from bot.delivery.engine import Engine
from bot.delivery.memory import settled
from bot.delivery.messenger import TelegramMessenger
from bot.delivery.pace import RATE
from bot.intake import Handle, Intake
from bot.jobs import Jobs
from bot.leading import Listener
from bot.losing import unless_lost
from bot.opening import announce
from bot.polling import ANSWER_S, POLL_S, Polling
from bot.rounds import Rounds
from bot.sealing import Sealer
from bot.settings import Settings
from bot.travel import Follower, Traveller
from bot.trouble import messenger_trouble
from bot.waking import then_wake
from bot.words import Wording
from club.programme import Programme
from handlers.context import ClubApplication, House
from handlers.routes import add_routes, handle
from handlers.signing import Signer
from services import Services
from services.building import build
from services.club import Club
from services.expiring import Expiring
from services.leading import Leading
from services.outbox import Outbox
from services.pace import StoredPace
from services.realigning import Realigning
from services.sealing import Sealing
from services.updates import Updates
from storage.db import Database
from storage.migrations import prepare
from storage.vault import Vault

CONFLICT_S = POLL_S + ANSWER_S  # The poll of a process that led before ends meanwhile.
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
async def opened(
    settings: Settings, *, hold: bool, make: bool = True
) -> AsyncIterator[tuple[Database, Vault, Clock]]:
    """The club's database, with its key and its clock.

    `hold`: be the one long-lived process of an SQLite file. `make`: one that is not there, or is
    empty, is made; who only looks or steers raises NoDatabase.
    """
    vault = Vault(settings.data_key.get_secret_value())
    db = Database(settings.database_url, make=make)
    try:
        if hold:
            db.hold()
        await prepare(db, make=make)
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
        stored = StoredPace(db, machine_time, clock.club_time)
        async with unless_lost(db.file_id, stopped), connected(settings, stored) as wire:
            if not await until_heard(wire.application.initialize, stopped, messenger_trouble()):
                return
            house = House(
                services=services,
                programme=programme,
                signer=Signer(vault.signing_key),
                bot_username=wire.application.bot.username,
            )
            wire.application.bot_data["house"] = house
            add_routes(wire.application)
            if settings.time_travel or clock.offset:
                await _tell_clock(wire.application, house, clock.offset)
            outbox = Outbox(db, vault, programme, machine_time, clock.club_time)
            owner = uuid4().hex  # A name that no other run of the program has had.
            leading = Leading(db, owner, time.monotonic, machine_time)
            engine = _engine(wire, outbox, house, owner, leading)
            jobs = _jobs(engine, outbox, updates, wire.application, house, clock, leading)
            handled = then_wake(
                partial(handle, wire.application),
                services.campaigns,
                services.travel,
                deliver=engine.wake,
                look_at_clock=jobs.wake,
            )
            listener = _listener(wire, updates, handled, leading, house, settings.bot_id, say)
            asides = [*_asides(wire, house, engine, jobs, leading), Sealer(Sealing(db))]
            with settled():
                await _work(listener, engine, jobs, asides, stopped)


def _listener(
    wire: Wire,
    updates: Updates,
    handled: Handle,
    leading: Leading,
    house: House,
    bot_id: int,
    say: Say,
) -> Listener:
    """Who fetches updates and has them handled, while this process leads."""

    def begin() -> Intake:
        polling = Polling(wire.polling, conflict_s=CONFLICT_S if leading.has_rivals else 0.0)
        return Intake(updates, polling, handled, bot_id, leads=leading.leads)

    async def opened() -> None:
        await announce(wire.application, house, say)

    def stands_by() -> None:
        say(f"@{house.bot_username} stands by.")

    return Listener(leading, begin, opened, stands_by)


def _engine(wire: Wire, outbox: Outbox, house: House, owner: str, leading: Leading) -> Engine:
    """What sends letters, in their readers' words."""
    return Engine(
        outbox,
        TelegramMessenger(wire.sending),
        wire.pace,
        Wording(house.programme.zone, house.signer),
        house.services.staff.migrated,
        owner=owner,
        leads=leading.leads,
    )


def _jobs(
    engine: Engine,
    outbox: Outbox,
    updates: Updates,
    application: ClubApplication,
    house: House,
    clock: Clock,
    leading: Leading,
) -> Jobs:
    """What the club does by itself, in a time that may be moved."""

    async def tidy() -> None:
        await updates.forget()
        await house.services.dialogues.forget()

    async def tell(offset: timedelta) -> None:
        await _tell_clock(application, house, offset)

    services = house.services
    traveller = Traveller(
        services.travel, outbox, engine.wake, tell, machine_time, leads=leading.leads
    )
    return Jobs(services.ticks, tidy, traveller.leg, clock.club_time, machine_time)


def _asides(
    wire: Wire, house: House, engine: Engine, jobs: Jobs, leading: Leading
) -> Iterator[Rounds]:
    """What goes on beside the club's work."""
    yield Cards(wire.application, house, leads=leading.leads, silent_s=wire.pace.halted_s)
    travel = house.services.travel
    if travel.allowed and leading.has_rivals:
        yield Follower(travel, (engine.wake, jobs.wake), leads=leading.leads)


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
    listener: Listener,
    engine: Engine,
    jobs: Jobs,
    asides: Sequence[Rounds],
    stopped: asyncio.Event,
) -> None:
    """Listen, deliver and keep the hours, until stopped or until one of them cannot go on."""
    await jobs.start()
    listening = asyncio.create_task(listener.run())
    delivering = asyncio.create_task(engine.run())
    beside = [asyncio.create_task(one.run()) for one in asides]
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({listening, delivering, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        listener.stop()
        await asyncio.wait({listening})
        await jobs.stop()
        await engine.stop()
        for one in asides:
            one.stop()
        await asyncio.wait({delivering, *beside})
    listening.result()
    delivering.result()


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
