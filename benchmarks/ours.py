"""Ours, the whole path: a campaign's letters claimed, rendered, sent, and every state committed.

The parts are those of the running program, put together by its own wiring. Processor time is
that of the whole process with its threads, from the engine's first look at the campaign until the
last end is booked.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from sqlalchemy import select

from benchmarks import clubs
from benchmarks.asking import counts, reset
from benchmarks.cores import memory_mb, take_core
from benchmarks.deeds import PROGRAMME
from benchmarks.peers.measured import Watch, arguments, run_on, tell
from benchmarks.promotion import PLAIN, TOKEN
from bot import wiring
from bot.clock import machine_time
from bot.connection import connected
from bot.delivery.engine import Engine
from bot.delivery.memory import settled
from bot.delivery.messenger import TelegramMessenger
from bot.settings import load_settings
from bot.words import Wording
from club.campaigns import CampaignState
from handlers.context import House
from handlers.signing import Signer
from services import Services
from services.outbox import Outbox
from services.pace import StoredPace
from storage.db import Database
from storage.tables.campaigns import CAMPAIGNS

BOOKED_AHEAD = 2  # Messages that are booked as being sent, for each that is on its way.
STEP_S = 0.1  # How often it is looked whether all has arrived …
LAST_STEP_S = 0.02  # … and whether the last end is booked.
PATIENCE_S = 900.0
WELL_ENDED = (CampaignState.DONE,)


class Sending:
    """One process that sends."""

    def __init__(
        self, given: argparse.Namespace, services: Services, db: Database, outbox: Outbox
    ) -> None:
        self._given = given
        self._services = services
        self._db = db
        self._outbox = outbox
        self._began = time.perf_counter()
        self._memory: list[float] = []

    async def run(self, engine: Engine) -> None:
        """Warm up, send the campaign, and tell how it went."""
        given, services = self._given, self._services
        words = PLAIN.replace(clubs.NAME, "{نام}") if given.by_name else PLAIN
        few = await clubs.draft(services, clubs.FEW, words)
        await self._until_done(await clubs.launch(services, few), engine)
        while await self._outbox.busy():  # Staff are told of its end.
            await self._pause(LAST_STEP_S, "the outbox is busy")
        before_mb = memory_mb()
        shown = await clubs.draft(services, clubs.MEANT, words)
        await reset(given.address)
        launching = Watch.start()
        campaign_id = await clubs.launch(services, shown)
        launching.stop()
        watch, woke_at = Watch.start(), time.monotonic()
        engine.wake()
        await self._until_arrived(given.count)
        if not given.cut_off:
            await self._until_done(campaign_id, engine)
        watch.stop()
        tell(
            sent=given.count,
            cpu_s=watch.cpu_s,
            took_s=watch.took_s,
            peak_mb=memory_mb(peak=True),
            launch_s=launching.took_s,
            woke_at=woke_at,
            before_mb=before_mb,
            memory_mb=self._memory,
        )

    async def _until_arrived(self, count: int) -> None:
        """Until so many messages have come to the server; notes the memory meanwhile."""
        steps, noted = 20, 0
        while (came := (await counts(self._given.address)).messages) < count:
            if came * steps >= count * noted:
                noted += 1
                self._memory.append(memory_mb())
            await self._pause(STEP_S, f"{came} of {count} have arrived")
        self._memory.append(memory_mb())

    async def _until_done(self, campaign_id: int, engine: Engine) -> None:
        statement = select(CAMPAIGNS.c.state).where(CAMPAIGNS.c.id == campaign_id)
        engine.wake()
        while True:
            async with self._db.read() as tx:
                state = CampaignState((await tx.execute(statement)).scalar_one())
            if state in WELL_ENDED:
                return
            await self._pause(LAST_STEP_S, f"the campaign is {state}")

    async def _pause(self, pause_s: float, so_far: str) -> None:
        if time.perf_counter() - self._began > PATIENCE_S:
            raise TimeoutError(so_far)
        await asyncio.sleep(pause_s)


@asynccontextmanager
async def working(given: argparse.Namespace) -> AsyncIterator[tuple[Sending, Engine]]:
    """The parts that send, as the running program has them, and nothing that listens."""
    settings = load_settings(
        bot_token=TOKEN,
        data_key=given.key,
        bot_api_url=given.address,
        database_url=given.database,
        http_proxy_url=None,
        clock_start=None,
        time_travel=False,
    ).model_copy(update={"sends_per_second": given.rate})  # More than an operator may set.
    async with wiring.opened(settings, hold=True) as (db, vault, clock):
        services = wiring.build_services(db, vault, PROGRAMME, clock)
        house = House(
            services=services,
            programme=PROGRAMME,
            signer=Signer(vault.signing_key),
            bot_username="bashgah_bench_bot",
        )
        stored = StoredPace(db, machine_time, clock.club_time)
        async with connected(settings, stored) as wire:
            outbox = Outbox(db, vault, PROGRAMME, machine_time, clock.club_time)
            engine = Engine(
                outbox,
                TelegramMessenger(wire.sending),
                wire.pace,
                Wording(PROGRAMME.zone, house.signer),
                services.staff.migrated,
                owner=uuid4().hex,
                in_flight=BOOKED_AHEAD * given.in_flight,
                connections=given.in_flight,
            )
            running = asyncio.create_task(engine.run())
            try:
                with settled():
                    yield Sending(given, services, db, outbox), engine
            finally:
                await engine.stop()
                await running


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--database", required=True, help="address of the club's database")
    parser.add_argument("--key", required=True, help="what its names are sealed with")
    parser.add_argument("--rate", type=int, default=1_000_000, help="messages a second")
    parser.add_argument("--by-name", action="store_true", help="address each member by name")
    parser.add_argument("--cut-off", action="store_true", help="stop before all is sent")
    given = parser.parse_args()
    take_core(given.core)

    async def run() -> None:
        async with working(given) as (sending, engine):
            await sending.run(engine)

    run_on(given.loop, run)


if __name__ == "__main__":
    main()
