"""How fast past purchases come into the book: `python -m benchmarks.imports`.

Compared in one run, on SQLite: the import as the command does it, with reading and checking; the
same purchases recorded one by one, as staff do it in the chat; and the bare minimum, sqlite3's own
executemany of the same finished rows into the same tables, a thousand purchases a commit. All that
under two programmes: one whose rules look at the order alone, and the club's own, whose rules ask
who buys. Beside the clock stands the processor's time, which other work on the machine spares.
"""

import argparse
import asyncio
import csv
import random  # noqa: TID251 (the same seed makes the same file)
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from club.members import number_of
from club.programme import Programme, parse_programme
from services.history import book_history
from services.imports import BATCH_SIZE, Imports, run_import
from services.purchase_files import read_purchases
from services.purchases import Purchases
from storage.db import Database
from storage.migrations import prepare
from storage.vault import Vault, make_key

ROOT = Path(__file__).parents[1]
SOURCE = "film"
NOW = datetime(2018, 9, 23, 12, tzinfo=UTC)
ONE_BY_ONE = 500
PARTS = {  # What came of the purchases from one number to another.
    "purchases": "SELECT * FROM purchases WHERE id BETWEEN ? AND ?",
    "transfers": "SELECT * FROM transfers WHERE purchase_id BETWEEN ? AND ?",
    "lots": "SELECT lots.* FROM lots JOIN transfers ON transfers.id = transfer_id"
    " WHERE purchase_id BETWEEN ? AND ?",
    "tags": "SELECT * FROM tags WHERE purchase_id BETWEEN ? AND ?",
}
PEOPLE = ("members", "accounts", "standings", "tier_changes")


@dataclass(frozen=True, slots=True)
class Speed:
    """Purchases a second, by the clock and by the processor's time."""

    by_clock: float
    by_processor: float


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose purchases they are: the programme, and what they cost."""

    file: str
    amounts: tuple[str, ...]

    @property
    def programme(self) -> Programme:
        """Its rules."""
        return parse_programme((ROOT / self.file).read_text(encoding="utf-8"))


SHOPS = (
    Shop("examples/film-shop.toml", ("1.00",)),
    Shop("programme.toml", ("90000", "250000", "480000", "730000")),
)


def write_file(path: Path, rows: int, shop: Shop) -> None:
    """Purchases with titles and genres, in order of time."""
    dice = random.Random(1997)
    genres = [genre.name.en for genre in shop.programme.genres]
    at = datetime(1996, 4, 12, tzinfo=UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("receipt", "customer", "at", "title", "genres", "amount"))
        for number in range(rows):
            at += timedelta(days=22 * 365) / rows
            liked = "|".join(dice.sample(genres, dice.randint(0, 4)))
            customer = f"film-{dice.randint(1, max(rows // 100, 1))}"
            amount = dice.choice(shop.amounts)
            moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            writer.writerow((f"r-{number}", customer, moment, f"Film {number}", liked, amount))


class Watch:
    """How long it took since it was made."""

    def __init__(self) -> None:
        self._clock, self._processor = time.perf_counter(), time.process_time()

    def speed(self, rows: int) -> Speed:
        """So many rows until now."""
        return Speed(
            rows / (time.perf_counter() - self._clock),
            rows / (time.process_time() - self._processor),
        )


async def imported(file: Path, database: Path, rows: int, programme: Programme) -> Speed:
    """The whole file, from opening it to the last commit."""
    db = Database(f"sqlite:///{database}")
    await prepare(db)
    watch = Watch()
    await run_import(
        db,
        Vault(make_key()),
        programme,
        lambda: NOW,
        file,
        SOURCE,
        lambda done, total: None,
    )
    speed = watch.speed(rows)
    await db.close()
    return speed


async def one_by_one(file: Path, database: Path, programme: Programme) -> Speed:
    """ONE_BY_ONE purchases of the file, each its own transaction."""
    db, vault, clock = Database(f"sqlite:///{database}"), Vault(make_key()), [NOW]
    await prepare(db)
    lines = (await read_purchases(file, programme, NOW)).lines[: ONE_BY_ONE + 1]
    compared = await Imports(db, vault, programme, lambda: NOW).compare(lines, SOURCE)
    numbers: dict[str, str] = {}
    async with db.write() as tx:  # So that all customers are known.
        for line in compared.lines:
            if line.customer not in numbers:
                await book_history(tx, vault, programme, [line], "known", {}, at=NOW)
                numbers[line.customer] = number_of(len(numbers) + 1)
    purchases = Purchases(db, vault, programme, lambda: clock[0])
    watch = Watch()
    for number, line in enumerate(compared.lines):
        clock[0] = line.at
        who = numbers[line.customer]
        await purchases.record(who, line.amount, line.genres, line.receipt, by=1, update_id=number)
    speed = watch.speed(len(compared.lines))
    await db.close()
    return speed


def bare(finished: Path, database: Path, rows: int) -> Speed:
    """Writing the finished rows of an import into empty tables of the same shape."""
    asyncio.run(_make(database))
    with sqlite3.connect(finished) as source:
        people = {name: source.execute(f"SELECT * FROM {name}").fetchall() for name in PEOPLE}
        batches = [
            {
                name: source.execute(part, (first, first + BATCH_SIZE - 1)).fetchall()
                for name, part in PARTS.items()
            }
            for first in range(1, rows + 1, BATCH_SIZE)
        ]
    target = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
        target.execute(f"PRAGMA {pragma}")
    target.execute("DELETE FROM accounts")
    watch = Watch()
    _put(target, people)
    for batch in batches:
        _put(target, batch)
    speed = watch.speed(rows)
    target.close()
    return speed


def _put(target: sqlite3.Connection, tables: Mapping[str, Sequence[tuple[object, ...]]]) -> None:
    target.execute("BEGIN IMMEDIATE")
    for name, rows in tables.items():
        marks = ", ".join("?" * len(rows[0])) if rows else ""
        if rows:
            target.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
    target.execute("COMMIT")


async def _make(database: Path) -> None:
    db = Database(f"sqlite:///{database}")
    await prepare(db)
    await db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="purchases in the file")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each way, in turn")
    given = parser.parse_args()
    print(f"{given.rows:,} purchases, medians of {given.rounds} runs, on SQLite")
    for shop in SHOPS:
        found = compare(shop, given.rows, given.rounds)
        print(f"{shop.file:<26}{'by the clock':>14}{'of processor time':>20}")
        for name, speeds in found.items():
            by_clock = statistics.median(speed.by_clock for speed in speeds)
            by_processor = statistics.median(speed.by_processor for speed in speeds)
            print(f"  {name:<24}{by_clock:>12,.0f}/s{by_processor:>18,.0f}/s")


def compare(shop: Shop, rows: int, rounds: int) -> dict[str, list[Speed]]:
    """The three ways in turn, so many times."""
    found: dict[str, list[Speed]] = {}
    programme = shop.programme
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "purchases.csv"
        write_file(file, rows, shop)
        for number in range(rounds):
            ours = Path(folder) / f"ours{number}.sqlite"
            single = Path(folder) / f"single{number}.sqlite"
            minimum = Path(folder) / f"bare{number}.sqlite"
            for name, speed in (
                ("import", asyncio.run(imported(file, ours, rows, programme))),
                ("one by one", asyncio.run(one_by_one(file, single, programme))),
                ("bare minimum", bare(ours, minimum, rows)),
            ):
                found.setdefault(name, []).append(speed)
    return found


if __name__ == "__main__":
    main()
