"""The letter about points that are about to expire: who gets it, what it says, and once."""

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
    assert letter["key"] == f"expiry:30:2025-11-01:3:{member}"
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


async def test_what_was_announced_is_not_announced_again(mornings: Mornings) -> None:
    member = await mornings.book.join(MORNING)
    await mornings.book.give(member, 40, MORNING - YEAR + 3 * DAY)
    await mornings.book.give(member, 5, MORNING - YEAR + 33 * DAY)
    assert len(await mornings.letters(MORNING)) == 1
    assert await mornings.letters(MORNING + 2 * DAY) == []
    (letter,) = await mornings.letters(MORNING + 3 * DAY)  # The second lot came into the window.
    assert decode_all(letter["facts"])["points"] == 45  # type: ignore[arg-type]
    for days in range(4, 40):
        assert await mornings.letters(MORNING + days * DAY) == []


async def test_points_that_are_granted_into_the_window_are_announced(mornings: Mornings) -> None:
    member = await mornings.book.join(MORNING)
    await mornings.book.give(member, 40, MORNING - YEAR + 3 * DAY)
    await mornings.letters(MORNING)
    for days in (3, 2):  # As an import does: on the same day as what is known, and before it.
        await mornings.book.give(member, 5, MORNING - YEAR + days * DAY)
        assert len(await mornings.letters(mornings.now + DAY)) == 1


async def test_spending_brings_no_new_letter(mornings: Mornings) -> None:
    member = await mornings.book.join(MORNING)
    for days in (3, 4, 5):
        await mornings.book.give(member, 10, MORNING - YEAR + days * DAY)
    assert len(await mornings.letters(MORNING)) == 1
    await mornings.book.spend(member, 25, MORNING)
    assert await mornings.letters(MORNING + DAY) == []


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
