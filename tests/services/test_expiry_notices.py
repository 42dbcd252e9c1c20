"""The letter about points that are about to expire: who gets it, what it says, and once."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from club.facts import decode_all
from club.members import Reach
from services.ticks import Ticks
from storage import members as members_store
from storage.db import Database
from storage.tables.outbox import OUTBOX
from templates.render import Reader, render
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

MORNING = datetime(2025, 10, 2, 6, 30, tzinfo=UTC)  # 10:00 in Tehran.
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
END = datetime(2025, 10, 5, 20, 30, tzinfo=UTC)  # The end of 5 October there.


class Mornings:
    """A club that writes its notices at ten."""

    def __init__(self, db: Database) -> None:
        self.now = MORNING - DAY
        self.book = Bookkeeper(db)
        self._db = db
        self._ticks = Ticks(db, PROGRAMME, lambda: self.now, lambda: self.now)

    async def begin(self) -> None:
        """The first start."""
        await self._ticks.run_due()

    async def letters(self, at: datetime) -> list[dict[str, object]]:
        """What is written until then, and was not before."""
        before = await self._all()
        self.now = at
        await self._ticks.run_due()
        return (await self._all())[len(before) :]

    async def _all(self) -> list[dict[str, object]]:
        statement = select(OUTBOX).where(OUTBOX.c.message == "letters/expiry").order_by(OUTBOX.c.id)
        async with self._db.read() as tx:
            return [dict(row) for row in (await tx.execute(statement)).mappings()]


@pytest.fixture
async def mornings(db: Database) -> Mornings:
    mornings = Mornings(db)
    await mornings.begin()
    return mornings


async def test_one_letter_sums_what_expires_and_names_the_last_valid_day(
    mornings: Mornings,
) -> None:
    book = mornings.book
    member = await book.join(MORNING)
    for days, points in ((3, 40), (20, 5), (30, 2), (31, 100)):
        await book.give(member, points, MORNING - YEAR + days * DAY)
    await book.spend(member, 10, MORNING - DAY)
    (letter,) = await mornings.letters(MORNING)
    assert letter["key"] == f"expiry:30:2025-10-02:{member}"
    assert (letter["member_id"], letter["letter_class"]) == (member, "transactional")
    assert letter["expires_at"] == END
    facts = decode_all(letter["facts"])  # type: ignore[arg-type]
    assert facts == {"points": 37, "expires_at": END - timedelta(seconds=1), "days": 30}
    persian = render("letters/expiry", Reader("fa", "jalali"), **facts)
    english = render("letters/expiry", Reader("en", "gregorian"), **facts)
    assert "۳۷ امتیاز" in persian
    assert "۱۳ مهر ۱۴۰۴" in persian
    assert "37 points" in english
    assert "5 Oct 2025" in english


async def told(mornings: Mornings, days: int) -> list[tuple[int, object, object]]:
    """Day, window and points of each letter until then, looked for every morning."""
    found = []
    for day in range(days):
        for letter in await mornings.letters(MORNING + day * DAY):
            facts = decode_all(letter["facts"])  # type: ignore[arg-type]
            found.append((day, facts["days"], facts["points"]))
    return found


async def test_each_threshold_is_announced_once_and_at_most_one_a_week(mornings: Mornings) -> None:
    member = await mornings.book.join(MORNING)
    await mornings.book.give(member, 40, MORNING - YEAR + 32 * DAY)
    # Six days lie between the threshold of 7 and that of 1: the last comes on the last day.
    assert await told(mornings, 40) == [(2, 30, 40), (25, 7, 40), (32, 1, 40)]


async def test_what_comes_into_a_window_within_the_week_waits_for_its_end(
    mornings: Mornings,
) -> None:
    member = await mornings.book.join(MORNING)
    for days, points in ((30, 40), (33, 5), (36, 6)):
        await mornings.book.give(member, points, MORNING - YEAR + days * DAY)
    assert await told(mornings, 30) == [(0, 30, 40), (7, 30, 51), (23, 7, 40)]


async def test_points_that_are_granted_into_the_window_are_announced(mornings: Mornings) -> None:
    member = await mornings.book.join(MORNING)
    await mornings.book.give(member, 40, MORNING - YEAR + 20 * DAY)
    assert len(await mornings.letters(MORNING)) == 1
    await mornings.book.give(member, 5, MORNING - YEAR + 19 * DAY)  # As an import does.
    assert await mornings.letters(MORNING + 6 * DAY) == []
    (letter,) = await mornings.letters(MORNING + 7 * DAY)
    assert decode_all(letter["facts"])["points"] == 45  # type: ignore[arg-type]


async def test_spending_brings_no_new_letter(mornings: Mornings) -> None:
    member = await mornings.book.join(MORNING)
    for days in (8, 9, 10):
        await mornings.book.give(member, 10, MORNING - YEAR + days * DAY)
    assert len(await mornings.letters(MORNING)) == 1
    await mornings.book.spend(member, 15, MORNING)
    # The first two came within 7 days a day ago, and wait for the week to be over.
    assert await told(mornings, 8) == [(7, 7, 15)]


async def test_the_tables_say_what_the_rule_says(mornings: Mornings) -> None:
    """Random lots and spends, against a club that keeps in mind what each letter covered."""
    dice, book = random.Random(1404), mornings.book
    ends: dict[int, dict[int, int]] = {}  # Member → lot → the day of its end, from the first.
    given = 0
    for _ in range(12):
        member = await book.join(MORNING)
        ends[member] = {}
        for _ in range(dice.randint(1, 6)):
            given += 1
            ends[member][given] = dice.randint(0, 75)
            await book.give(member, given, MORNING - YEAR + ends[member][given] * DAY)
    expected, found = list[tuple[int, int, int, int]](), list[tuple[int, int, int, int]]()
    said = {member: set[tuple[int, int]]() for member in ends}  # (lot, band) that were announced.
    last = dict.fromkeys(ends, -7)
    for day in range(60):
        for member, lots in ends.items():
            left = {lot: end - day for lot, end in lots.items() if 0 <= end - day <= 30}
            band = {lot: next(b for b in (1, 7, 30) if days <= b) for lot, days in left.items()}
            news = [band[lot] for lot in left if (lot, band[lot]) not in said[member]]
            if news and day - last[member] >= 7:
                summed = [lot for lot in left if band[lot] <= max(news)]
                expected.append((day, member, max(news), sum(summed)))
                said[member] |= {(lot, band[lot]) for lot in summed}
                last[member] = day
        for letter in await mornings.letters(MORNING + day * DAY):
            facts = decode_all(letter["facts"])  # type: ignore[arg-type]
            found.append((day, int(str(letter["member_id"])), facts["days"], facts["points"]))
    assert found == expected
    assert len(found) > 20


async def test_a_late_tick_announces_only_what_is_still_there(mornings: Mornings) -> None:
    member = await mornings.book.join(MORNING)
    await mornings.book.give(member, 40, MORNING - YEAR)
    await mornings.book.give(member, 5, MORNING - YEAR + DAY)
    (letter,) = await mornings.letters(MORNING + DAY - timedelta(minutes=1))
    assert decode_all(letter["facts"])["points"] == 5  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"agreed_at": None},
        {"left_at": MORNING, "chat_user_id": None},
        {"chat_user_id": None},
        {"reach": Reach.BLOCKED},
    ],
)
async def test_nobody_else_is_written_to(
    mornings: Mornings, db: Database, changes: dict[str, object]
) -> None:
    member = await mornings.book.join(MORNING)
    await mornings.book.give(member, 40, MORNING - YEAR + 3 * DAY)
    async with db.write() as tx:
        await members_store.change(tx, member, **changes)
    assert await mornings.letters(MORNING) == []
    async with db.write() as tx:  # Back again: nothing was announced yet.
        back = {"agreed_at": MORNING, "left_at": None, "chat_user_id": 1, "reach": Reach.ACTIVE}
        await members_store.change(tx, member, **back)
    assert len(await mornings.letters(MORNING + DAY)) == 1
