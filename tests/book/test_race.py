"""One balance, four processes, ten thousand spends at once by `make chaos`: no point too many.

The same race with a copy of the action that takes no lock must go wrong, or it proves nothing.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from pathlib import Path
from time import monotonic

from club.ledger import Account
from services.audit import Audit
from storage.audit import Law
from storage.db import Database
from tests.services.desk import RULES, Desk

ROOT = Path(__file__).parents[2]
PROCESSES = 4
SPENDS = int(os.environ.get("BOOK_SPENDS", "1000"))
LONGEST_S = 60
LOTS = (501, 250, 252)
BALANCE, PRICE = sum(LOTS), 7
FITTING = BALANCE // PRICE


async def _start(url: str, member_id: int, times: int, name: str, way: str) -> Process:
    words = (url, member_id, PRICE, times, name, way)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.book.race", *map(str, words)),
        stdin=PIPE,
        stdout=PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def _race(db: Database, member_id: int, spends: int, way: str) -> tuple[Counter[str], float]:
    """What came of all spends together, and how long they took."""
    url = db.url.render_as_string(hide_password=False)
    names = [f"{way}-{number}" for number in range(PROCESSES)]
    times = spends // PROCESSES
    starts = (_start(url, member_id, times, name, way) for name in names)
    processes = await asyncio.gather(*starts)
    began = monotonic()
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    took = monotonic() - began
    counts: Counter[str] = Counter()
    for said, _ in told:
        counts.update(json.loads(said))
    return counts, took


async def test_many_spends_at_once_take_what_is_there(db: Database) -> None:
    desk = Desk(db, RULES)
    member = await desk.member(*LOTS)
    counts, took = await _race(db, member.id, SPENDS, "locked")
    assert counts == {"spent": FITTING, "refused": SPENDS - FITTING}
    assert took < LONGEST_S
    assert (await desk.held(member)).balance == BALANCE - FITTING * PRICE
    assert await desk.stands(Account.SPENT) == FITTING * PRICE
    await desk.in_order()


async def test_the_race_sees_it_when_nothing_is_locked(db: Database) -> None:
    desk = Desk(db, RULES)
    member = await desk.member(*LOTS)
    counts, _ = await _race(db, member.id, 2 * FITTING, "unlocked")
    assert counts["spent"] > FITTING
    faults = (await Audit(db, RULES).run()).faults
    assert {Law.LOT_REMAINING, Law.WALLET_IS_LOTS} <= {fault.law for fault in faults}
