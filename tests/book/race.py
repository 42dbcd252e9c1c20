"""Many spends of one balance at once: a process of its own, of which several race each other.

`python -m tests.book.race <url> <member id> <price> <times> <name> <locked|unlocked>` waits for a
line, spends, and prints how often it could, how often it was refused, and what failed.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Awaitable, Callable

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import create_async_engine

from club import ledger
from club.errors import NotEnoughPoints
from club.ledger import Account, Reason
from club.members import number_of
from services.spending import Spending
from storage import ledger as ledger_store
from storage.db import WRITERS, Database, parse_url
from storage.tables.book import LOT_USES, LOTS
from storage.vault import Vault, make_key
from tests.services.desk import RULES, START

Spend = Callable[[str], Awaitable[object]]


def locked(url: str, member_id: int, price: int) -> Spend:
    """The club's own action."""
    spending = Spending(Database(url), Vault(make_key()), RULES, lambda: START)
    return lambda key: spending.spend(number_of(member_id), price, None, by=1, key=key)


def unlocked(url: str, member_id: int, price: int) -> Spend:
    """A copy of it that reads and then writes, and locks nothing in between.

    On SQLite its engine lets the driver begin: deferred, with the first statement that writes.
    """
    engine = create_async_engine(parse_url(url), pool_size=WRITERS, max_overflow=0)
    at_once = asyncio.Semaphore(WRITERS)

    async def spend(key: str) -> None:
        async with at_once, engine.begin() as tx:
            lots = await ledger_store.lots(tx, member_id)
            spent = ledger.spend(
                member_id,
                lots,
                price,
                Account.SPENT,
                Reason.SPEND,
                key=key,
                at=START,
                explanation={},
            )
            transfer_id = await ledger_store.add_move(tx, spent.transfer)
            left = {lot.id: lot.remaining for lot in lots}
            for lot_id, points in spent.uses:
                use = {"transfer_id": transfer_id, "lot_id": lot_id, "points": points}
                await tx.execute(insert(LOT_USES).values(**use))
                remaining = left[lot_id] - points
                await tx.execute(
                    update(LOTS).where(LOTS.c.id == lot_id).values(remaining=remaining)
                )

    return spend


async def race(spend: Spend, name: str, times: int) -> Counter[str]:
    """All at once; what came of it."""

    async def once(number: int) -> str:
        try:
            await spend(f"{name}:{number}")
        except NotEnoughPoints:
            return "refused"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return "spent"

    return Counter(await asyncio.gather(*(once(number) for number in range(times))))


def main(url: str, member_id: str, price: str, times: str, name: str, way: str) -> None:
    """Say that all is there, wait for the start, run."""

    async def run() -> Counter[str]:
        spend = (locked if way == "locked" else unlocked)(url, int(member_id), int(price))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        return await race(spend, name, int(times))

    sys.stdout.write(json.dumps(asyncio.run(run())) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
