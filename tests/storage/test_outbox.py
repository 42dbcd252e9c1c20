"""Letters in the database: who may take which, and at what price."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import Letter, LetterClass, LetterState
from club.members import Reach
from club.money import Money
from services.letters import Postponed, Sent
from storage import claims as claims_store
from storage import outbox as outbox_store
from storage import outcomes as outcomes_store
from storage import stale as stale_store
from storage.claims import Now
from storage.db import Database
from storage.outcomes import Change
from storage.tables.members import PRIVATE
from tests.delivery.people import (
    GROUP,
    club_clock,
    machine_clock,
    new_campaign,
    new_member,
    outbox_of,
    programme,
    promoted,
    promotion,
    put,
    row,
    rows,
)

LEFT = datetime(2018, 9, 22, tzinfo=UTC)


def receipt(member_id: int, number: int = 1, **values: Any) -> Letter:
    return Letter(
        key=f"receipt:till:{number}", message="purchases/receipt", member_id=member_id, **values
    )


async def test_the_same_key_is_one_letter(db: Database) -> None:
    member = await new_member(db, 11)
    await put(db, receipt(member, facts={"points": 10}), receipt(member, facts={"points": 99}))
    await put(db, receipt(member, facts={"points": 99}))
    (only,) = await rows(db)
    assert only["facts"] == {"points": 10}


async def test_a_claimed_letter_brings_what_its_words_need(db: Database) -> None:
    member = await new_member(db, 11, language="fa", calendar="jalali")
    outbox = outbox_of(db, machine_clock(), club_clock())
    amount = Money(250_000, "IRT")
    group = Letter(key="g", message="staff/notice", chat_id=GROUP)
    await put(db, receipt(member, facts={"points": 25, "amount": amount}), group)
    letter, to_group = await outbox.claim("a", 10)
    assert (letter.chat_id, letter.language, letter.calendar) == (11, "fa", "jalali")
    assert (letter.name, letter.facts) == ("Name 11", {"points": 25, "amount": amount})
    assert (letter.fence, letter.attempts, letter.flagged) == (1, 0, 0)
    assert (to_group.chat_id, to_group.member_id, to_group.name) == (GROUP, None, None)
    assert (to_group.language, to_group.calendar) == ("fa", programme().club.calendar)
    assert await outbox.claim("b", 10) == ()


async def test_transactional_letters_are_claimed_first_and_the_oldest_of_them(db: Database) -> None:
    one, two, three = [await new_member(db, chat) for chat in (11, 12, 13)]
    campaign = await new_campaign(db)
    await put(db, promotion(campaign, three), receipt(one, 1), receipt(two, 2))
    outbox = outbox_of(db, machine_clock(), club_clock())
    assert [letter.key for letter in await outbox.claim("a", 2)] == [
        "receipt:till:1",
        "receipt:till:2",
    ]
    assert [letter.letter_class for letter in await outbox.claim("a", 2)] == [LetterClass.CAMPAIGN]


async def test_nobody_has_two_letters_in_hand(db: Database) -> None:
    member, campaign = await new_member(db, 11), await new_campaign(db)
    other = await new_member(db, 12)
    await put(db, receipt(member, 1), receipt(member, 2), promotion(campaign, member))
    await put(db, promotion(campaign, other), receipt(other, 3))
    machine = machine_clock()
    outbox = outbox_of(db, machine, club_clock())
    first, third = await outbox.claim("a", 9)
    assert [first.key, third.key] == ["receipt:till:1", "receipt:till:3"]
    assert await outbox.claim("b", 9) == ()
    await outbox.finish("a", [Sent(first, 1)])
    machine.move(0.9)
    waiting = await outbox.claim("b", 9)  # The pace of the one process would hold it back.
    assert [letter.campaign_id for letter in waiting] == ([campaign] if db.is_sqlite else [])
    await outbox.finish("b", [Postponed(letter, 0) for letter in waiting])
    machine.move(0.1)
    assert [letter.key for letter in await outbox.claim("b", 9)] == ["receipt:till:2"]


async def test_an_immediate_letter_goes_at_once_wherever_club_time_is(db: Database) -> None:
    club = club_clock()
    await put(db, receipt(await new_member(db, 11)))  # Written by the club time of 2018 …
    club.now -= timedelta(days=10_000)  # … and read long before.
    assert len(await outbox_of(db, machine_clock(), club).claim("a", 5)) == 1


async def test_not_before_and_expires_at_are_club_time(db: Database) -> None:
    member, club, machine = await new_member(db, 11), club_clock(), machine_clock()
    another = await new_member(db, 12)
    outbox = outbox_of(db, machine, club)
    later, last = club.now + timedelta(hours=1), club.now + timedelta(hours=2)
    await put(db, receipt(member, 1, not_before=later), receipt(another, 2, expires_at=last))
    machine.move(999_999)
    assert [letter.key for letter in await outbox.claim("a", 5)] == ["receipt:till:2"]
    club.move(3600)
    (first,) = await outbox.claim("a", 5)
    assert first.key == "receipt:till:1"


@pytest.mark.parametrize(("early_s", "state"), [(1, "claimed"), (0, "expired")])
async def test_a_letter_past_its_time_is_recorded_and_not_sent(
    db: Database, early_s: int, state: str
) -> None:
    club = club_clock()
    expires_at = club.now + timedelta(seconds=early_s)
    await put(db, receipt(await new_member(db, 11), expires_at=expires_at))
    await outbox_of(db, machine_clock(), club).claim("a", 5)
    found = await row(db, "receipt:till:1")
    assert found["state"] == state
    assert found["ended_at"] == (club.now if state == "expired" else None)


@pytest.mark.parametrize(
    ("chat", "values", "state", "fault"),
    [
        (None, {}, LetterState.SKIPPED, "out of reach"),
        (11, {"reach": Reach.BLOCKED}, LetterState.SKIPPED, "out of reach"),
        (11, {"reach": Reach.DEACTIVATED}, LetterState.SKIPPED, "out of reach"),
        (11, {"promotions": False}, LetterState.SKIPPED, "wants no promotions"),
        (11, {"promotions": None}, LetterState.SKIPPED, "wants no promotions"),
        (None, {"left_at": LEFT}, LetterState.SKIPPED, "left the club"),
    ],
)
async def test_who_must_not_be_written_to_ends_unsent(
    db: Database, chat: int | None, values: dict[str, Any], state: LetterState, fault: str
) -> None:
    member, campaign = await new_member(db, chat, **values), await new_campaign(db)
    reached = await new_member(db, 12)
    await put(db, promotion(campaign, member), promotion(campaign, reached))
    outbox = outbox_of(db, machine_clock(), club_clock())
    assert [letter.member_id for letter in await outbox.claim("a", 1)] == [reached]
    found = await promoted(db, campaign, member)
    assert (found["state"], found["fault"], found["attempts"]) == (state, fault, 0)


@pytest.mark.parametrize(
    ("chat", "fault"), [(None, "no chat"), (11, "blocked")], ids=["no chat", "blocked"]
)
async def test_a_receipt_for_who_is_out_of_reach_says_so(
    db: Database, chat: int | None, fault: str
) -> None:
    await put(db, receipt(await new_member(db, chat, reach=Reach.BLOCKED)))
    assert await outbox_of(db, machine_clock(), club_clock()).claim("a", 1) == ()
    found = await row(db, "receipt:till:1")
    assert (found["state"], found["fault"], found["attempts"]) == ("unreachable", fault, 0)


async def test_a_receipt_reaches_members_who_want_no_promotions(db: Database) -> None:
    await put(db, receipt(await new_member(db, 11, promotions=False)))
    assert len(await outbox_of(db, machine_clock(), club_clock()).claim("a", 5)) == 1


async def test_two_owners_never_claim_the_same_letter(db: Database) -> None:
    members = [await new_member(db, chat) for chat in range(1, 41)]
    await put(db, *(receipt(member, member) for member in members))
    outbox = outbox_of(db, machine_clock(), club_clock())
    claimed = await asyncio.gather(*(outbox.claim(f"owner {n}", 7) for n in range(5)))
    ids = [letter.id for letters in claimed for letter in letters]
    assert len(ids) == len(set(ids)) == 35


async def test_a_damaged_name_does_not_hold_up_the_letters(db: Database) -> None:
    member = await new_member(db, 11)
    async with db.write() as tx:
        await tx.execute(update(PRIVATE).values(name=b"not sealed by us, not at all"))
    await put(db, receipt(member))
    (letter,) = await outbox_of(db, machine_clock(), club_clock()).claim("a", 5)
    assert letter.name is None


NOW = machine_clock()()
CLAIMED_AT = Now(NOW, NOW, 0)


async def _single(tx: AsyncConnection) -> None:
    await claims_store.due_single(tx, LetterClass.CAMPAIGN, CLAIMED_AT, limit=5, closed=[-1])


async def _of_campaign(tx: AsyncConnection) -> None:
    await claims_store.due_of_campaign(
        tx, 1, CLAIMED_AT, limit=5, but=[7], named=True, week_ago=NOW, a_week=3
    )


async def _begin(tx: AsyncConnection) -> None:
    given: dict[str, Any] = {"now": CLAIMED_AT, "week_ago": NOW, "quiet": False, "lease_until": NOW}
    await outcomes_store.begin(tx, [(1, 1, 1), (2, 1, 1)], "a", **given)


async def _write(tx: AsyncConnection) -> None:
    changes = [Change(1, 1, None, state) for state in (LetterState.SENT, LetterState.FAILED)]
    await outcomes_store.write(tx, changes, NOW, owner="a")


async def _space(tx: AsyncConnection) -> None:
    await outcomes_store.space(tx, [1, 2], NOW)


async def _abandoned(tx: AsyncConnection) -> None:
    await outcomes_store.abandoned(tx, machine_now=NOW, in_hand=[3], dead=["b"])


async def _sweep(tx: AsyncConnection) -> None:
    await stale_store.sweep(tx, 1, LetterState.EXPIRED, None, at=NOW, limit=5)


async def _stale(tx: AsyncConnection) -> None:
    await stale_store.campaigns(tx, NOW)


async def _busy(tx: AsyncConnection) -> None:
    await outbox_store.busy(tx, NOW)


READS = [_single, _of_campaign, _begin, _write, _space, _abandoned, _sweep, _stale, _busy]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("read", READS)
async def test_letters_that_have_ended_cost_nothing(
    db: Database, read: Callable[[AsyncConnection], Awaitable[None]]
) -> None:
    said: list[tuple[str, Any]] = []
    async with db.write() as tx:
        event.listen(
            tx.sync_connection,
            "before_cursor_execute",
            lambda _c, _cursor, sql, params, *_: said.append((sql, params)),
        )
        await read(tx)
        sql, params = said[-1]
        plan = await tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", params)
    steps = [step.detail for step in plan]
    assert [step for step in steps if "outbox" in step]
    ours = [step for step in steps if re.match("SCAN (outbox|hand|had)", step)]
    assert not [step for step in ours if "INDEX" not in step]
