"""What the book's benchmarks let the services do."""

import asyncio
import random  # noqa: TID251 (the same seed makes the same purchases)
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.ground import BEGAN_MS
from club.imports import PurchaseLine
from club.members import number_of
from club.money import Money
from club.programme import parse_programme
from club.ticks import Job
from services.audit import Audit
from services.history import book_history
from services.imports import BATCH_SIZE
from services.purchases import PurchaseRecorded, Purchases
from services.ticks import Ticks
from storage.db import Database
from storage.vault import Vault, make_key

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "programme.toml").read_text(encoding="utf-8")
LADDER = """
[[ladders]]
key = "lately"
name = { fa = "تازه", en = "Lately" }
measure = "points"
over = { months = 12 }
demotion = "continuous"
[[ladders.tiers]]
key = "resting"
name = { fa = "آرام", en = "Resting" }
from = 0
[[ladders.tiers]]
key = "keen"
name = { fa = "پرشور", en = "Keen" }
from = 25
"""
PROGRAMME = parse_programme(TEXT)
REVIEWED = parse_programme(TEXT + LADDER)  # On its second step stand all, and some have to fall.
LOWEST = PROGRAMME.tiers[0].key
VAULT = Vault(make_key())
BEGAN = datetime.fromtimestamp(BEGAN_MS / 1000, UTC)
YEAR = timedelta(days=365)
SOURCE = "history"
WRITERS = 8


async def buy(db: Database, members: int, purchases: range, seed: int) -> None:
    """Purchases through the service, one after the other, each by somebody."""
    dice, clock = random.Random(seed), [BEGAN + YEAR]
    service = Purchases(db, VAULT, PROGRAMME, lambda: clock[0])
    for number in purchases:
        clock[0] += timedelta(seconds=1)
        amount = Money(dice.randrange(100, 900) * 1_000, PROGRAMME.club.currency)
        done = await service.record(
            number_of(dice.randint(1, members)),
            amount,
            [PROGRAMME.genres[number % len(PROGRAMME.genres)].name.en],
            f"r{number}",
            by=1,
            update_id=number,
        )
        assert isinstance(done, PurchaseRecorded), "receipts differ"


async def buy_at_once(db: Database, members: int, purchases: int) -> None:
    """The same by several writers at once, each with receipts of its own."""
    each = purchases // WRITERS
    streams = (range(one * each, (one + 1) * each) for one in range(WRITERS))
    await asyncio.gather(*(buy(db, members, one, one.start) for one in streams))


def history(purchases: int) -> list[PurchaseLine]:
    """Purchases from before the club, of one customer in a hundred each."""
    dice = random.Random(purchases)
    return [
        PurchaseLine(
            line=number,
            receipt=f"h{number}",
            customer=f"c{dice.randint(1, max(purchases // 100, 1))}",
            at=BEGAN + timedelta(minutes=number),
            amount=Money(dice.randrange(100, 900) * 1_000, PROGRAMME.club.currency),
            genres=(PROGRAMME.genres[number % len(PROGRAMME.genres)].key,),
        )
        for number in range(purchases)
    ]


async def bring(db: Database, lines: Sequence[PurchaseLine]) -> None:
    """Book them in batches, as an import does."""
    for first in range(0, len(lines), BATCH_SIZE):
        some = lines[first : first + BATCH_SIZE]
        async with db.write() as tx:
            await book_history(tx, VAULT, PROGRAMME, some, SOURCE, {}, at=BEGAN + YEAR)


async def tick(db: Database, job: Job, at: datetime) -> int:
    """One tick of a job; how much it changed."""
    programme = REVIEWED if job is Job.REVIEW else PROGRAMME
    done = await Ticks(db, programme, lambda: at, lambda: at).run(job, at)
    assert done is not None, "nobody has booked it before"
    return done.changed


async def audit(db: Database) -> int:
    """Prove the book; how many transfers it has."""
    report = await Audit(db, PROGRAMME).run()
    assert report.faults == (), "\n".join(map(str, report.faults[:5]))
    return report.transfers
