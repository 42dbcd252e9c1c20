"""How fast past purchases come into the book: `python -m benchmarks.imports`.

Compared in one run, on SQLite: the import as the command does it, with reading and checking; the
same purchases recorded one by one, as staff do it in the chat; and the bare minimum, sqlite3's own
executemany of the same finished rows into the same tables, a thousand purchases a commit.
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
from datetime import UTC, datetime, timedelta
from pathlib import Path

from club.members import number_of
from club.programme import parse_programme
from services.history import book_history
from services.imports import BATCH_SIZE, Imports, run_import
from services.purchase_files import read_purchases
from services.purchases import Purchases
from storage.db import Database
from storage.migrations import prepare
from storage.vault import Vault, make_key

ROOT = Path(__file__).parents[1]
PROGRAMME = parse_programme((ROOT / "examples/film-shop.toml").read_text(encoding="utf-8"))
SOURCE = "film"
NOW = datetime(2018, 9, 23, 12, tzinfo=UTC)
ONE_BY_ONE = 500
TABLES = ("purchases", "transfers", "lots", "tags")


def write_file(path: Path, rows: int) -> None:
    """Purchases of one unit each, with titles and genres, in order of time."""
    dice = random.Random(1997)
    genres = [genre.name.en for genre in PROGRAMME.genres]
    at = datetime(1996, 4, 12, tzinfo=UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("receipt", "customer", "at", "title", "genres", "amount"))
        for number in range(rows):
            at += timedelta(days=22 * 365) / rows
            liked = "|".join(dice.sample(genres, dice.randint(0, 4)))
            customer = f"film-{dice.randint(1, max(rows // 100, 1))}"
            moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            writer.writerow((f"r-{number}", customer, moment, f"Film {number}", liked, "1.00"))


async def imported(file: Path, database: Path) -> float:
    """Seconds for the whole file, from opening it to the last commit."""
    db = Database(f"sqlite:///{database}")
    await prepare(db)
    began = time.perf_counter()
    await run_import(
        db,
        Vault(make_key()),
        PROGRAMME,
        lambda: NOW,
        file,
        SOURCE,
        lambda done, total: None,
    )
    took_s = time.perf_counter() - began
    await db.close()
    return took_s


async def one_by_one(file: Path, database: Path) -> float:
    """Seconds for ONE_BY_ONE purchases of the file, each its own transaction."""
    db, vault, clock = Database(f"sqlite:///{database}"), Vault(make_key()), [NOW]
    await prepare(db)
    lines = (await read_purchases(file, PROGRAMME, NOW)).lines[: ONE_BY_ONE + 1]
    compared = await Imports(db, vault, PROGRAMME, lambda: NOW).compare(lines, SOURCE)
    numbers: dict[str, str] = {}
    async with db.write() as tx:  # So that all customers are known.
        for line in compared.lines:
            if line.customer not in numbers:
                await book_history(tx, vault, PROGRAMME, [line], "known", {}, at=NOW)
                numbers[line.customer] = number_of(len(numbers) + 1)
    purchases = Purchases(db, vault, PROGRAMME, lambda: clock[0])
    began = time.perf_counter()
    for number, line in enumerate(compared.lines):
        clock[0] = line.at
        who = numbers[line.customer]
        await purchases.record(who, line.amount, line.genres, line.receipt, by=1, update_id=number)
    took_s = time.perf_counter() - began
    await db.close()
    return took_s


def bare(finished: Path, database: Path) -> float:
    """Seconds for writing the finished rows of an import into empty tables of the same shape."""
    asyncio.run(_make(database))
    with sqlite3.connect(finished) as source:
        found = {name: source.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
        people = {name: source.execute(f"SELECT * FROM {name}").fetchall() for name in PEOPLE}
    target = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
        target.execute(f"PRAGMA {pragma}")
    target.execute("DELETE FROM accounts")
    began = time.perf_counter()
    _put(target, people)
    batches = -(-len(found["purchases"]) // BATCH_SIZE)
    for number in range(batches):
        _put(target, {name: rows[number::batches] for name, rows in found.items()})
    took_s = time.perf_counter() - began
    target.close()
    return took_s


PEOPLE = ("members", "accounts")


def _put(target: sqlite3.Connection, tables: Mapping[str, Sequence[tuple[object, ...]]]) -> None:
    target.execute("BEGIN IMMEDIATE")
    for name, rows in tables.items():
        marks = ", ".join("?" * len(rows[0])) if rows else ""
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
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "purchases.csv"
        write_file(file, given.rows)
        for number in range(given.rounds):
            ours = Path(folder) / f"ours{number}.sqlite"
            single = Path(folder) / f"single{number}.sqlite"
            minimum = Path(folder) / f"bare{number}.sqlite"
            some = min(ONE_BY_ONE + 1, given.rows)
            for name, rows, took_s in (
                ("import", given.rows, asyncio.run(imported(file, ours))),
                ("one by one", some, asyncio.run(one_by_one(file, single))),
                ("bare minimum", given.rows, bare(ours, minimum)),
            ):
                found.setdefault(name, []).append(rows / took_s)
    print(f"{given.rows:,} purchases, medians of {given.rounds} runs, on SQLite")
    for name, speeds in found.items():
        print(f"{name:<14}{statistics.median(speeds):>10,.0f} purchases/s")


if __name__ == "__main__":
    main()
