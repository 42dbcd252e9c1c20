"""An import that is killed, or runs twice at once, ends as if nothing had happened."""

import asyncio
import csv
import signal
import sys
from pathlib import Path

import pytest

from services.imports import BATCH_SIZE, run_import
from storage.db import Database
from storage.migrations import prepare
from tests.data.purchases import EXAMPLES, Shop, cells
from tests.services.history_book import DATA_KEY, NOW, SOURCE, VAULT, book, bring, rows

CD = Shop("cd-shop")
LATE = "cd-99999"
DYING = f"""
import asyncio, os, signal, sys
from datetime import datetime
from pathlib import Path
from club.programme import parse_programme
from services.imports import BATCH_SIZE, run_import
from storage.db import Database
from storage.vault import Vault

url, programme, path, moment, fatal_phone = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class DyingVault(Vault):
    def seal(self, text):
        return die() if text == fatal_phone else super().seal(text)

vault = (DyingVault if moment == "within a batch" else Vault)("{DATA_KEY}")
now = datetime.fromisoformat("{NOW.isoformat()}")
rules = parse_programme(Path(programme).read_text(encoding="utf-8"))
after = lambda done, total: die() if moment == "after a batch" else None
asyncio.run(run_import(Database(url), vault, rules, lambda: now, Path(path), "{SOURCE}", after))
"""


def with_phones(path: Path) -> Path:
    """The same file with phones, and with a customer whom only the last batch makes known."""
    told = cells(path)
    told.append(told[0] | {"receipt": "late", "customer": LATE, "at": "2018-01-01"})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*told[0], "phone"])
        writer.writeheader()
        for row in told:
            writer.writerow(row | {"phone": phone_of(row["customer"])})
    return path


def phone_of(customer: str) -> str:
    """A phone for each customer."""
    return f"+98912{int(customer.removeprefix('cd-')):07}"


@pytest.mark.parametrize("moment", ["after a batch", "within a batch"])
async def test_a_killed_import_is_taken_up_again_without_a_trace(
    db: Database, database_url: str, tmp_path: Path, moment: str
) -> None:
    path = with_phones(CD.file(tmp_path))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        DYING,
        database_url,
        str(EXAMPLES / "cd-shop.toml"),
        str(path),
        moment,
        phone_of(LATE),
        cwd=EXAMPLES.parent,
    )
    assert await process.wait() == -signal.SIGKILL
    ((booked,),) = await rows(db, "SELECT count(*) FROM purchases")
    assert booked == BATCH_SIZE
    done = await bring(db, CD, path)
    assert (done.repeated, done.purchases) == (booked, len(cells(path)) - booked)
    assert done.purchases > 0
    whole = Database(f"sqlite:///{tmp_path}/whole.sqlite")
    await prepare(whole)
    await bring(whole, CD, path)
    assert await book(db) == await book(whole)
    await whole.close()


async def test_two_imports_of_one_file_at_once_make_one_book(db: Database, tmp_path: Path) -> None:
    path = with_phones(CD.file(tmp_path))

    async def run() -> int:
        return (await bring(db, CD, path)).purchases

    both = await asyncio.gather(run(), run())
    assert sum(both) == len(cells(path))
    assert await rows(db, "SELECT count(*), count(DISTINCT receipt) FROM purchases") == [
        (len(cells(path)),) * 2
    ]


async def test_progress_ends_at_the_whole(db: Database, tmp_path: Path) -> None:
    path = CD.file(tmp_path)
    told: list[tuple[int, int]] = []
    await run_import(
        db, VAULT, CD.programme, lambda: NOW, path, SOURCE, lambda *both: told.append(both)
    )
    whole = len(cells(path))
    assert told[-1] == (whole, whole)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
