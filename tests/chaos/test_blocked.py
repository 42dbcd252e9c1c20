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
ROUNDS = 1 if FULL else 5  # Others may need the machine meanwhile; a fault of ours is in each.


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


async def both(field: Field, blocked: list[int], number: int) -> tuple[float, float]:
    """One promotion that nobody hinders, and one from which those are gone; the pace of each."""
    calm, stormy = f"{CALM}, {number}.", f"{STORMY}, {number}."
    await field.town.faults()
    for chat in blocked:  # Who writes can be written to.
        await field.person(chat).says("/points")
        await field.person(chat).reads("You have")
    async with watching(field) as log:
        await field.sends_off(calm)
        await field.all_ended()
        await field.town.faults({"kind": "blocked", "chats": blocked, "words": GONE})
        await field.sends_off(stormy)
        await field.all_ended()
    return pace(log.letters(calm)), pace(log.letters(f"{GONE}, {number}."))


@ON_ONE
async def test_the_others_are_not_held_up(migrated_url: str, tmp_path: Path) -> None:
    paces: list[tuple[float, float]] = []
    async with open_field(tmp_path, migrated_url, RECIPIENTS, rate=RATE) as field:
        blocked, refused = field.chats[50::100], field.chats[75::100]
        await rename(field, [field.member_of(chat) for chat in refused], NAMED_SO)
        await field.bots[0].started()
        for number in range(1, ROUNDS + 1):
            calm, stormy = await both(field, blocked, number)
            paces.append((calm, stormy))
            if stormy >= LEAST_SHARE * calm:
                break
        booked = await field.booked("campaign_id IS NOT NULL")
        taken = await field.over()
    reached = set(field.chats) - set(blocked) - set(refused)
    for number in range(1, len(paces) + 1):
        rows = booked.of_campaign(2 * number).rows
        ends = {row["chat"]: row["state"] for row in rows}
        assert {chat for chat, end in ends.items() if end == "unreachable"} == set(blocked)
        assert {chat for chat, end in ends.items() if end == "failed"} == set(refused)
        assert {chat for chat, end in ends.items() if end == "sent"} == reached
        times = taken.times(f"{GONE}, {number}.")
        assert {chat for chat in field.chats if times[chat]} == reached
        assert max(times.values()) == 1
    calm, stormy = paces[-1]
    tell(
        f"blocked and refused, {field.family}",
        recipients=RECIPIENTS,
        blocked=len(blocked),
        refused=len(refused),
        rounds=len(paces),
        undisturbed=f"{calm:.1f}/s",
        the_others=f"{stormy:.1f}/s",
        share=f"{stormy / calm:.3f}",
    )
    assert stormy >= LEAST_SHARE * calm
