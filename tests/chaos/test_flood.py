"""429 again and again: silence is kept to the second, nobody is lost, no attempt is used up."""

from pathlib import Path

from bot.delivery.in_flight import in_flight_at
from tests.chaos.field import Field, open_field
from tests.chaos.sizes import FULL, ON_ONE, RATE, tell
from tests.chaos.truth import repeats
from tests.chaos.watch import Call, Log, watching

PROMOTION = "Not so fast"
RECIPIENTS = 500 if FULL else 60
RETRY_AFTER_S = 3 if FULL else 1
LONG_S = 60 if FULL else 3
STORED = f"SELECT id FROM pace WHERE halted_until - halted_since > {LONG_S * 1000 // 2}"
HEARD_S = 0.5  # A send that came so soon after a refusal was on its way already.
CLOCKS_S = 0.05  # The sandbox notes a call a little after it has begun the silence.


def inside(ban: Call, sends: list[Call]) -> tuple[int, list[Call]]:
    """Sends within a silence: how many were on their way already, and those that were not."""
    ends = ban.answered_at + ban.retry_after_s - CLOCKS_S
    within = [send for send in sends if ban.answered_at < send.came_at < ends]
    late = [send for send in within if send.came_at > ban.answered_at + HEARD_S]
    return len(within) - len(late), late


async def restart_in_the_long_one(field: Field, log: Log) -> None:
    """kill -9 in the middle of the long silence, and a start that must keep the rest of it."""

    async def told() -> bool:
        return any(ban.retry_after_s == LONG_S for ban in log.bans())

    async def stored() -> bool:
        is_over = log.bans()[-1].retry_after_s != LONG_S
        return is_over or bool(await field.asked(STORED))

    await field.until("the long silence", told)
    await field.until("it to be stored", stored)
    await field.bots[0].killed()
    await field.bots[0].started()


@ON_ONE
async def test_silence_is_kept(migrated_url: str, tmp_path: Path) -> None:
    async with open_field(tmp_path, migrated_url, RECIPIENTS, rate=RATE) as field:
        await field.bots[0].started()
        often = {"kind": "429", "every": 10, "retry_after_s": RETRY_AFTER_S, "words": PROMOTION}
        once = {"kind": "429", "every": RECIPIENTS // 3, "times": 1, "retry_after_s": LONG_S}
        await field.town.faults(once | {"words": PROMOTION}, often)
        async with watching(field) as log:
            await field.sends_off(PROMOTION)
            await restart_in_the_long_one(field, log)
            await field.all_ended()
            counts = await field.town.counts()
        booked = await field.booked("campaign_id IS NOT NULL")
        taken = await field.over()
    bans = log.bans()
    assert len(bans) >= 3, "there was a storm"
    on_their_way = []
    for ban in bans:
        few, late = inside(ban, log.sends())
        assert late == [], f"sent in the silence that began at {ban.answered_at}"
        assert few <= in_flight_at(RATE)
        on_their_way.append(few)
    booked.each_has_one_end(field.chats)
    booked.is_what_arrived(taken, PROMOTION)
    assert set(booked.states) == {"sent"}, booked.states
    assert repeats(taken, PROMOTION) == 0
    assert {row["attempts"] for row in booked.rows} == {1}, "to be refused is no attempt"
    tell(
        f"429 storm, {field.family}",
        recipients=RECIPIENTS,
        silences=len(bans),
        of_seconds=f"{RETRY_AFTER_S} and once {LONG_S}",
        most_on_their_way=max(on_their_way),
        sends_inside=counts["sends_during_lockout"],
        sent=booked.states["sent"],
    )
    booked.counters_are_rows()
