"""What one chat takes: a letter a second, and in a group twenty messages a minute; what is beyond
is gathered into one."""

from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from club.letters import Letter
from storage import outbox as outbox_store
from tests.chaos.field import Field, open_field
from tests.chaos.notices import NOTICE, write_notices
from tests.chaos.sizes import FULL, ON_ONE, RATE, tell
from tests.chaos.watch import watching
from tests.chats import plain

MEMBERS = 30
LETTERS_EACH = 3
APART_S = 1.0
CLOCKS_S = 0.05  # The sandbox notes a call a little after it has come.
A_MINUTE = 20
TO_STAFF = 60


@ON_ONE
async def test_a_member_gets_one_letter_a_second(migrated_url: str, tmp_path: Path) -> None:
    async with open_field(tmp_path, migrated_url, MEMBERS, rate=RATE) as field:
        for number in range(LETTERS_EACH):
            await write_notices(field, number)
        async with watching(field) as log:
            await field.bots[0].started()
            await field.all_ended()
        await field.over()
    came: dict[int, list[float]] = defaultdict(list)
    for call in log.letters(NOTICE):
        came[call.chat].append(call.came_at)
    assert {len(moments) for moments in came.values()} == {LETTERS_EACH}
    least = min(
        later - earlier
        for moments in map(sorted, came.values())
        for earlier, later in pairwise(moments)
    )
    tell(f"one chat, {field.family}", letters_each=LETTERS_EACH, least_apart=f"{least:.2f} s")
    assert least >= APART_S - CLOCKS_S


@pytest.mark.skipif(not FULL, reason="takes longer than a minute")
@ON_ONE
async def test_staff_get_twenty_messages_a_minute(migrated_url: str, tmp_path: Path) -> None:
    async with open_field(tmp_path, migrated_url, 1, rate=RATE) as field:
        await field.bots[0].started()
        await write_to_staff(field)

        async def ended() -> bool:
            open_ones = "SELECT id FROM outbox WHERE ended_at IS NULL"
            return not await field.asked(open_ones)

        await field.until("the letters to staff to end", ended)
        counts = await field.town.counts()
        rows = await field.asked("SELECT state FROM outbox WHERE chat_id IS NOT NULL")
        taken = await field.over()
    (texts,) = (texts for chat, texts in taken.texts.items() if chat < 0)
    together = plain("\n".join(texts))
    for number in range(TO_STAFF):
        assert together.count(f"C-{number} ") == 1, "each is told once"
    assert {row["state"] for row in rows} == {"sent"}
    most = counts["most_in_a_minute_per_group"]
    tell(
        f"the staff group, {field.family}",
        letters=TO_STAFF,
        messages=len(texts),
        most_in_a_minute=most,
    )
    assert most <= A_MINUTE
    assert len(texts) < TO_STAFF


async def write_to_staff(field: Field) -> None:
    """Much that staff must hear at once."""
    letters = [
        Letter(
            key=f"customer-declined:{number}",
            message="letters/customer_declined",
            chat_id=field.town.staff.chat_id,
            facts={
                "name": f"P{number}",
                "customer_number": f"C-{number}",
                "member_number": "10001",
                "by_phone": False,
            },
        )
        for number in range(TO_STAFF)
    ]
    async with field.db.write() as tx:
        await outbox_store.add(tx, letters, datetime.now(UTC))
