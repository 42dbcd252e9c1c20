"""kill -9 again and again in the middle of a crowd's letters: nobody is lost, no promotion twice.

Each process is killed at a moment thrown by dice, counted from the first letter that it sends.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from time import monotonic

from bot.delivery.in_flight import in_flight_at
from club.letters import MAX_ATTEMPTS
from tests.chaos.field import Field, open_field
from tests.chaos.notices import AGAIN, NOTICE, write_notices
from tests.chaos.sizes import KILLS, RATE, RECIPIENTS, dice, tell

PROMOTION = "The chaos edition is here"
SETTLED_S = 0.1  # By then what a killed process had sent was taken in, and told.
SPAN_S = 2 * RECIPIENTS / KILLS / RATE  # So that the kills are spread over all the letters.
Begin = Callable[[], Awaitable[None]]


async def storm(field: Field, name: str, begin: Begin) -> int:
    """Kill it and start it again. `begin` brings letters: at first, and whenever all have ended.

    The most letters that a kill has left in doubt: never more than are in flight.
    """
    thrown, bot, most = dice(name), field.bots[0], 0
    for _ in range(KILLS):
        while not await field.letter_arrives():
            await begin()
        await asyncio.sleep(thrown.uniform(0, SPAN_S))
        await bot.killed()
        await asyncio.sleep(SETTLED_S)
        doubtful = await field.asked("SELECT id FROM outbox WHERE state = 'sending'")
        assert len(doubtful) <= in_flight_at(RATE)
        most = max(most, len(doubtful))
        await bot.started()
    await field.all_ended()
    return most


async def test_a_campaign_is_killed_again_and_again(migrated_url: str, tmp_path: Path) -> None:
    async with open_field(tmp_path, migrated_url, RECIPIENTS, rate=RATE) as field:
        await field.bots[0].started()
        began = monotonic()
        sent_off: list[str] = []

        async def begin() -> None:
            sent_off.append(f"{PROMOTION}, number {len(sent_off) + 1}.")
            await field.sends_off(sent_off[-1])

        most = await storm(field, "campaign", begin)
        took_s = monotonic() - began
        await field.town.book()
        booked = await field.booked("campaign_id IS NOT NULL")
        taken = await field.over()
    states: Counter[str] = Counter()
    for number, words in enumerate(sent_off, 1):
        letters = booked.of_campaign(number)
        letters.each_has_one_end(field.chats)
        letters.is_what_arrived(taken, words)
        letters.counters_are_rows()
        states += letters.states
        assert max(taken.times(words).values()) == 1, "nobody has it twice"
    assert set(states) <= {"sent", "unknown"}, states
    assert states["unknown"] <= KILLS * in_flight_at(RATE)
    tell(
        f"kill storm, campaign, {field.family}",
        recipients=RECIPIENTS,
        campaigns=len(sent_off),
        kills=KILLS,
        sent=states["sent"],
        unknown=states["unknown"],
        of_them_arrived=taken.times(PROMOTION).total() - states["sent"],
        most_in_doubt_by_one_kill=most,
        lost=0,
        repeats=0,
        seconds=round(took_s),
    )


async def test_notices_are_killed_again_and_again(migrated_url: str, tmp_path: Path) -> None:
    async with open_field(tmp_path, migrated_url, RECIPIENTS, rate=RATE) as field:
        began = monotonic()
        await write_notices(field, 0)
        await field.bots[0].started()
        kinds = count(1)
        most = await storm(field, "notices", lambda: write_notices(field, next(kinds)))
        took_s = monotonic() - began
        await field.town.book()
        booked = await field.booked("message = 'letters/expiry'")
        taken = await field.over()
    rounds = next(kinds)
    assert sorted(row["chat"] for row in booked.rows) == sorted(field.chats * rounds)
    assert set(booked.states) <= {"sent", "unknown"}, booked.states
    worn_out = [row for row in booked.rows if row["state"] == "unknown"]
    assert {row["attempts"] for row in worn_out} <= {MAX_ATTEMPTS}
    times = taken.times(NOTICE)
    lost = [chat for chat in field.chats if times[chat] < rounds]
    assert lost == [], "everybody has theirs"
    said_again = times.total() - len(booked.rows)
    assert said_again <= KILLS * in_flight_at(RATE)
    flagged = sum(AGAIN in text for chat in field.chats for text in taken.texts[chat])
    unflagged = Counter(
        chat for chat in field.chats for text in taken.texts[chat] if AGAIN not in text
    )
    assert max(unflagged.values()) <= rounds, "what is said again says so"
    tell(
        f"kill storm, notices, {field.family}",
        recipients=RECIPIENTS,
        letters=len(booked.rows),
        kills=KILLS,
        lost=len(lost),
        repeats=said_again,
        flagged=flagged,
        given_up_after_eight_doubts=len(worn_out),
        most_in_doubt_by_one_kill=most,
        seconds=round(took_s),
    )
