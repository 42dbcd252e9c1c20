"""A few who have blocked the bot, and a few whom the messenger takes no words for: the others get
theirs as fast as if nobody had."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import bindparam, update

from storage.tables.members import PRIVATE
from storage.vault import Vault
from tests.chaos.field import Field, open_field
from tests.chaos.sizes import FULL, ON_ONE, tell
from tests.chaos.watch import Call, watching

RECIPIENTS = 1_000 if FULL else 200
RATE = 60
CALM, STORMY = "All is well", "{name}, some are gone"
GONE = " some are gone"
NAMED_SO = "A" * 5_000  # With this name the letter is longer than the messenger takes.
LEAST_SHARE = 0.95 if FULL else 0.85  # A few seconds on a shared machine say less.


def pace(calls: Sequence[Call]) -> float:
    """Delivered letters a second, by the messenger's clock."""
    moments = sorted(call.answered_at for call in calls if call.delivered)
    return (len(moments) - 1) / (moments[-1] - moments[0])


async def rename(field: Field, members: Sequence[int], name: str) -> None:
    """These members have this name now, as no door would take it."""
    sealed = Vault(field.bots[0].settings["DATA_KEY"]).seal(name)
    statement = update(PRIVATE).where(PRIVATE.c.member_id == bindparam("who")).values(name=sealed)
    async with field.db.write() as tx:
        await tx.execute(statement, [{"who": member} for member in members])


@ON_ONE
async def test_the_others_are_not_held_up(migrated_url: str, tmp_path: Path) -> None:
    async with open_field(tmp_path, migrated_url, RECIPIENTS, rate=RATE) as field:
        blocked, refused = field.chats[50::100], field.chats[75::100]
        await rename(field, [field.member_of(chat) for chat in refused], NAMED_SO)
        await field.bots[0].started()
        async with watching(field) as log:
            await field.sends_off(CALM)
            await field.all_ended()
            gone = {"kind": "blocked", "chats": blocked, "words": GONE}
            await field.town.faults(gone)
            await field.sends_off(STORMY)
            await field.all_ended()
        booked = await field.booked("campaign_id IS NOT NULL")
        taken = await field.over()
    ends = {row["chat"]: row["state"] for row in booked.rows if row["campaign_id"] == 2}
    assert {chat for chat, end in ends.items() if end == "unreachable"} == set(blocked)
    assert {chat for chat, end in ends.items() if end == "failed"} == set(refused)
    reached = set(field.chats) - set(blocked) - set(refused)
    assert {chat for chat, end in ends.items() if end == "sent"} == reached
    times = taken.times(GONE)
    assert {chat for chat in field.chats if times[chat]} == reached
    assert max(times.values()) == 1
    calm, stormy = pace(log.letters(CALM)), pace(log.letters(GONE))
    tell(
        f"blocked and refused, {field.family}",
        recipients=RECIPIENTS,
        blocked=len(blocked),
        refused=len(refused),
        undisturbed=f"{calm:.1f}/s",
        the_others=f"{stormy:.1f}/s",
        share=f"{stormy / calm:.3f}",
    )
    assert stormy >= LEAST_SHARE * calm
