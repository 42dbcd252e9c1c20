"""kill -9 at three named moments: the same final book, and named doubt only for the third."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.outbox import LEASE
from tests.program import DEADLINE_S
from tests.town import Person, Town, open_town
from tests.wire import Hold, Wire

# On PostgreSQL another process might still be at it: what was in hand waits for its lease.
AFTER_LEASE_S = LEASE.total_seconds() + DEADLINE_S


@pytest.fixture
async def wired(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Town, Wire]]:
    """A town whose program reaches the messenger over a wire that can be held."""
    async with (
        open_town(tmp_path, database_url, start=False) as town,
        Wire(town.program.settings["BOT_API_URL"]) as wire,
    ):
        town.program.settings["BOT_API_URL"] = wire.address
        town.program.start()
        yield town, wire
        town.program.kill()


async def kill_at(town: Town, hold: Hold) -> None:
    """kill -9 in the moment when the request is on the wire; then the program is started again."""
    await asyncio.wait_for(hold.arrived.wait(), DEADLINE_S)
    town.program.kill()
    town.program.start()


async def book(town: Town, moves: int) -> None:
    """The book is in order and has exactly so many moves."""
    report = town.program.command("audit")
    assert (report.returncode, report.stderr) == (0, ""), report
    assert report.stdout.startswith(f"{moves} moves"), report


async def times_read(person: Person, words: str) -> int:
    """How many messages of the bot's hold these words."""
    seen = [json.dumps(one, ensure_ascii=False) for one in await person.messages()]
    return sum(words in text.replace("\\u2068", "") for text in seen)


async def test_an_update_that_was_stored_but_not_handled_is_handled(
    wired: tuple[Town, Wire],
) -> None:
    town, wire = wired
    cashier = await town.known("maryam", in_group=True)
    number = await (await town.joined("سارا", genres=("تاریخ",))).number()
    # The answer to the first command is held, so the second waits behind it, stored.
    hold = wire.hold("sendMessage", "R-1", delivered=False)
    await cashier.says(f"/purchase {number} 100000 #R-1")
    await cashier.says(f"/purchase {number} 200000 #R-2")
    await town.quiet()
    await kill_at(town, hold)
    await cashier.reads("R-1")
    await cashier.reads("R-2")
    await book(town, 3)


async def test_an_action_that_was_committed_but_not_answered_is_answered(
    wired: tuple[Town, Wire],
) -> None:
    town, wire = wired
    cashier = await town.known("maryam", in_group=True)
    sara = await town.joined("سارا", genres=("تاریخ",))
    hold = wire.hold("sendMessage", "R-1", delivered=False)
    await cashier.says(f"/purchase {await sara.number()} 250000 #R-1")
    await kill_at(town, hold)
    await cashier.reads("R-1")
    await sara.reads("موجودی شما: ۳۰ امتیاز")
    await book(town, 2)


@pytest.mark.parametrize("delivered", [False, True])
async def test_a_receipt_in_doubt_is_sent_again_and_says_so(
    wired: tuple[Town, Wire], delivered: bool
) -> None:
    town, wire = wired
    cashier = await town.known("maryam", in_group=True)
    sara = await town.joined("سارا", genres=("تاریخ",))
    hold = wire.hold("sendMessage", "موجودی شما", delivered=delivered)
    await cashier.says(f"/purchase {await sara.number()} 250000 #R-1")
    await kill_at(town, hold)
    await sara.reads("ممکن است این پیام را پیش‌تر گرفته باشید", within_s=AFTER_LEASE_S)
    assert await times_read(sara, "موجودی شما") == (2 if delivered else 1)
    await book(town, 2)


async def test_a_promotion_in_doubt_is_not_sent_again_but_counted(
    wired: tuple[Town, Wire],
) -> None:
    town, wire = wired
    owner = await town.known("maryam", in_group=True)
    sara = await town.joined("سارا", genres=("فانتزی",))
    await owner.says("/promo فانتزی")
    question = await owner.reads("علاقه‌مندان فانتزی")
    await owner.says("کتاب تازه رسید", reply_to_message_id=question["message_id"])
    await owner.sees_button("ارسال به ۱ نفر")
    hold = wire.hold("sendMessage", "کتاب تازه رسید", delivered=True)
    await owner.presses("ارسال به ۱ نفر")
    await kill_at(town, hold)
    await owner.reads("نامعلوم (شاید رسیده باشد): ۱ پیام", within_s=AFTER_LEASE_S)
    assert await times_read(sara, "کتاب تازه رسید") == 1
