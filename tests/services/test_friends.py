"""Friends, birthdays, reviews and visits in the book: once each, and kept with the member."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from club.errors import AlreadyReviewed, InvitedInRing, NothingToReview
from services.ticks import Ticks
from storage.db import Database
from tests.handlers.people import BOOKSHOP, OWNER, STAFF_CHAT, Club, Person, open_club
from tests.handlers.ways import buy, come_to_terms, join
from tests.rules import inviting
from tests.services.bookkeeping import Bookkeeper

SARA, NIMA = Person(41, "Sara"), Person(42, "Nima")


@pytest.fixture
async def club(db: Database) -> AsyncIterator[Club]:
    async with open_club(db) as opened:
        yield opened


async def bring(club: Club, guest: Person, host: Person) -> str:
    """The guest joins by the host's link; the guest's member number."""
    code = (await club.services.referral.show(host.id, 0)).code
    await club.say(guest, f"/start {code}")
    return await join(club, guest)


async def rewards(db: Database) -> list[tuple[object, ...]]:
    """What the book says of invitations."""
    return await Bookkeeper(db).rows(
        "SELECT key, target, points FROM transfers WHERE reason = 'referral' ORDER BY key"
    )


async def test_the_first_purchase_rewards_both_and_rests_on_it(club: Club, db: Database) -> None:
    await join(club, SARA)
    number = await bring(club, NIMA, SARA)
    assert await rewards(db) == []
    first = await buy(club, number, 100_000, "R1")
    assert await rewards(db) == _of_purchase(1)
    await buy(club, number, 300_000, "R2")
    assert await rewards(db) == _of_purchase(1)
    role = await club.services.staff.role(OWNER, STAFF_CHAT)
    for purchase_id in (first.purchase_id, first.purchase_id + 1):
        await club.services.refunds.undo(purchase_id, by=OWNER, role=role)
    await buy(club, number, 200_000, "R3")
    assert await rewards(db) == [*_of_purchase(1), *_of_purchase(3)]
    letters = await Bookkeeper(db).rows("SELECT key FROM outbox WHERE key LIKE 'referral:%'")
    assert len(letters) == 4
    shown = await club.services.referral.show(SARA.id, 0)
    assert (shown.points, shown.friends[0].points) == (5, 5)


def _of_purchase(number: int) -> list[tuple[object, ...]]:
    """What Nima's purchase of that number brought, when it was the first one that counted."""
    key = f"referral:2:first_purchase:{number}"
    return [(f"{key}:friend:friend", 21, 5), (f"{key}:inviter:friend-inviter", 11, 5)]


async def test_joining_rewards_where_the_programme_says_so(db: Database) -> None:
    programme = inviting(BOOKSHOP, 7, 0, "referral_joined")
    async with open_club(db, programme) as club:
        await join(club, SARA)
        number = await bring(club, NIMA, SARA)
        await buy(club, number, 100_000, "R1")
        assert await rewards(db) == [("referral:2:joined:0:inviter:inviter", 11, 7)]


async def test_a_ring_is_refused(club: Club) -> None:
    await come_to_terms(club, SARA)
    copy = await club.services.members.private_copy(SARA.id)
    await club.say(NIMA, f"/start {copy['referral_code']}")
    await join(club, NIMA)
    his = (await club.services.referral.show(NIMA.id, 0)).code
    with pytest.raises(InvitedInRing):
        await club.services.referral.accept(SARA.id, his)


async def test_many_friends_stand_in_pages_by_first_name_only(club: Club) -> None:
    await join(club, SARA)
    for number in range(9):
        await bring(club, Person(100 + number, f"Name{number}", "Hidden"), SARA)
    page = await club.services.referral.show(SARA.id, 7)
    assert (page.page, page.pages, page.count) == (1, 2, 9)
    first = await club.services.referral.show(SARA.id, 0)
    assert len(first.friends) == 8
    names = {friend.name for friend in (*first.friends, *page.friends)}
    assert names == {f"Name{number}" for number in range(9)}


async def test_a_birthday_is_greeted_once_however_often_it_is_told(
    club: Club, db: Database
) -> None:
    await join(club, SARA)
    ticks = Ticks(db, club.programme, lambda: club.now, lambda: club.now)
    await ticks.run_due()
    await club.services.birthdays.tell(SARA.id, "6 Oct 1991")
    club.wait(days=3)
    await ticks.run_due()
    await club.services.birthdays.forget(SARA.id)
    await club.services.birthdays.tell(SARA.id, "10 Oct")
    club.wait(days=5)
    await ticks.run_due()
    statement = "SELECT key, points FROM transfers WHERE reason = 'birthday'"
    assert await Bookkeeper(db).rows(statement) == [("birthday:2025-10-06:1:birthday", 5)]
    for _ in range(365):
        club.wait(days=1)
        await ticks.run_due()
    assert len(await Bookkeeper(db).rows(statement)) == 2
    letters = await Bookkeeper(db).rows("SELECT key FROM outbox WHERE key LIKE 'birthday:%'")
    assert letters == [("birthday:2025-10-06:1",), ("birthday:2026-10-10:1",)]


async def test_a_birthday_that_falls_twice_in_one_year_is_greeted_twice(
    club: Club, db: Database
) -> None:
    club.now = datetime(2023, 12, 30, 12, 0, tzinfo=UTC)
    await join(club, SARA)
    ticks = Ticks(db, club.programme, lambda: club.now, lambda: club.now)
    await ticks.run_due()
    await club.services.birthdays.tell(SARA.id, "11 Dey")
    for day in (datetime(2024, 1, 1, 12, 0, tzinfo=UTC), datetime(2024, 12, 31, 12, 0, tzinfo=UTC)):
        club.now = day
        await ticks.run_due()
    letters = await Bookkeeper(db).rows("SELECT key FROM outbox WHERE key LIKE 'birthday:%'")
    assert letters == [("birthday:2024-01-01:1",), ("birthday:2024-12-31:1",)]


async def test_a_review_counts_once_and_its_words_go_with_the_member(
    club: Club, db: Database
) -> None:
    number = await join(club, SARA)
    bought = await buy(club, number, 100_000, "R1")
    keep = club.services.reviews.keep
    both = await asyncio.gather(
        keep(SARA.id, bought.purchase_id, 4, " Good "), keep(SARA.id, bought.purchase_id, 4, "Good")
    )
    assert sorted(kept.repeated for kept in both) == [False, True]
    with pytest.raises(AlreadyReviewed):
        await keep(SARA.id, bought.purchase_id, 5, "Good")
    await join(club, NIMA)
    with pytest.raises(NothingToReview):
        await keep(NIMA.id, bought.purchase_id, 4, "Mine")
    book = Bookkeeper(db)
    assert await book.rows("SELECT points FROM transfers WHERE reason = 'review'") == [(5,)]
    asked = await club.services.members.ask_to_leave(SARA.id)
    await club.services.members.leave(SARA.id, asked.intent_id)
    assert await book.rows("SELECT stars, text FROM reviews") == [(4, None)]
    ((told,),) = await book.rows("SELECT facts FROM outbox WHERE key LIKE 'review:%'")
    assert "Good" not in str(told)


async def test_an_old_or_undone_purchase_is_not_reviewed(club: Club) -> None:
    number = await join(club, SARA)
    bought = await buy(club, number, 100_000, "R1")
    undone = await buy(club, number, 200_000, "R2")
    role = await club.services.staff.role(OWNER, STAFF_CHAT)
    await club.services.refunds.undo(undone.purchase_id, by=OWNER, role=role)
    assert (await club.services.reviews.ask(SARA.id)).purchase_id == bought.purchase_id
    club.now += timedelta(days=61)
    for purchase_id in (None, bought.purchase_id, undone.purchase_id):
        with pytest.raises(NothingToReview):
            await club.services.reviews.ask(SARA.id, purchase_id)


async def test_two_visits_at_once_bring_one_point(club: Club, db: Database) -> None:
    await join(club, SARA)
    club.wait(days=1)
    member = (await club.services.profile.show(SARA.id)).member
    count = club.services.visits.count
    came, again = await asyncio.gather(count(member), count(member))
    assert came.visited_on == again.visited_on
    await count(member)
    visits = await Bookkeeper(db).rows("SELECT points FROM transfers WHERE reason = 'visit'")
    assert visits == [(1,)]
