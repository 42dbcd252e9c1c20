"""Letters that were taken in while the answer was lost: each is called unknown, none goes again."""

import re
from pathlib import Path

from tests.chaos.field import open_field, persian
from tests.chaos.sizes import FULL, ON_ONE, RATE, RECIPIENTS, tell
from tests.chaos.truth import repeats

PROMOTION = "Lost on the way back"
HANGS = 5  # Each is waited for as long as an answer may take.
LEAST = 3  # Of each kind: else the dice were too kind.


@ON_ONE
async def test_what_may_have_arrived_is_not_sent_again(migrated_url: str, tmp_path: Path) -> None:
    async with open_field(tmp_path, migrated_url, RECIPIENTS, rate=RATE) as field:
        await field.bots[0].started()
        after = {"when": "after", "words": PROMOTION}
        hang = after | {"kind": "hang", "every": RECIPIENTS // 10, "times": HANGS}
        await field.town.faults(
            after | {"kind": "reset", "share": 0.05},
            after | {"kind": "502", "share": 0.02},
            *([hang] if FULL else []),
        )
        await field.sends_off(PROMOTION)
        await field.all_ended()
        struck = (await field.door.get("/api/faults"))["struck"]
        doubtful = sum(struck)
        told = await field.town.staff.reads("ارسال تمام شد")
        await field.all_ended("member_id IS NULL")  # It is read before it is booked as sent.
        listed = await field.bots[0].command("letters")
        booked = await field.booked("campaign_id IS NOT NULL")
        taken = await field.over()
    booked.each_has_one_end(field.chats)
    booked.is_what_arrived(taken, PROMOTION)
    assert min(struck) >= LEAST, struck
    assert booked.states == {"sent": RECIPIENTS - doubtful, "unknown": doubtful}
    assert repeats(taken, PROMOTION) == 0
    assert taken.times(PROMOTION).total() == RECIPIENTS, "all of them did arrive"
    assert f"نامعلوم (شاید رسیده باشد): {persian(doubtful)} پیام" in told
    ended = rf"campaign +{RECIPIENTS - doubtful:,} +{doubtful:,}\b"
    assert re.search(ended, listed.output), listed.output
    resets, gateways, *hangs = struck
    tell(
        f"answers lost, {field.family}",
        recipients=RECIPIENTS,
        resets=resets,
        gateways=gateways,
        hangs=sum(hangs),
        unknown=booked.states["unknown"],
        repeats=0,
    )
    booked.counters_are_rows()
