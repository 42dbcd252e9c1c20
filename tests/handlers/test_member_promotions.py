"""How many promotions a week and when: what a member may wish, beside what the club keeps."""

from collections.abc import AsyncIterator

import pytest

from club.promotions import Quiet
from storage.db import Database
from tests.handlers.people import BOOKSHOP, Club, Person, open_club
from tests.handlers.ways import join

SARA = Person(1001, "سارا")
JOHN = Person(1002, "John", language_code="en")
RULES = BOOKSHOP.promotions.model_copy(update={"quiet": Quiet(22 * 60, 9 * 60), "a_week": 3})
FREE = BOOKSHOP.promotions.model_copy(update={"quiet": None, "a_week": None})


@pytest.fixture
async def club(db: Database) -> AsyncIterator[Club]:
    async with open_club(db, BOOKSHOP.model_copy(update={"promotions": RULES})) as opened:
        yield opened


@pytest.fixture
async def free_club(db: Database) -> AsyncIterator[Club]:
    """A club that neither counts nor keeps quiet."""
    async with open_club(db, BOOKSHOP.model_copy(update={"promotions": FREE})) as opened:
        yield opened


async def wishes(club: Club, who: Person, *, label: str) -> None:
    """Come to the page of wishes, with promotions on."""
    await join(club, who)
    await club.services.profile.want_promotions(who.id, wanted=True)
    await club.say(who, "/settings")
    await club.press(who, label)


async def test_fewer_a_week_and_quiet_hours_in_english(club: Club) -> None:
    await wishes(club, JOHN, label="🔔 How many offers, and when…")
    shown = club.last(JOHN)
    assert "A week: at most 3 offers" in shown.plain
    assert "Your quiet hours: none of your own" in shown.plain
    assert "The club is quiet 22:00 to 09:00." in shown.plain
    assert "✅ 3 a week" in shown.buttons
    assert await club.press(JOHN, "1 a week") == "Saved."
    assert "A week: at most 1 offer" in shown.plain
    await club.press(JOHN, "🌙 23:00–10:00")
    assert "Your quiet hours: 23:00 to 10:00" in shown.plain
    assert "✅ 23:00–10:00" in shown.buttons
    await club.press(JOHN, "Back")
    assert "Offers a week: at most 1" in shown.plain
    assert "Your quiet hours: 23:00 to 10:00" in shown.plain
    await club.press(JOHN, "🔔 How many offers, and when…")
    await club.press(JOHN, "3 a week")
    await club.press(JOHN, "No quiet hours of mine")
    member = (await club.services.profile.show(JOHN.id)).member
    assert (member.promotions_a_week, member.quiet_start, member.quiet_until) == (None, None, None)


async def test_the_same_in_persian(club: Club) -> None:
    await wishes(club, SARA, label="🔔 چند پیشنهاد و چه وقت…")
    shown = club.last(SARA)
    assert "در هفته: حداکثر ۳ پیشنهاد" in shown.plain
    assert "باشگاه از ۲۲:۰۰ تا ۰۹:۰۰ پیشنهادی نمی‌فرستد" in shown.plain
    assert await club.press(SARA, "۲ در هفته") == "ثبت شد."
    await club.press(SARA, "🌙 ۲۱:۰۰ تا ۰۹:۰۰")
    assert "در هفته: حداکثر ۲ پیشنهاد" in shown.plain
    assert "ساعت سکوت شما: ۲۱:۰۰ تا ۰۹:۰۰" in shown.plain


async def test_a_button_twice_is_once(club: Club) -> None:
    await wishes(club, JOHN, label="🔔 How many offers, and when…")
    shown = club.last(JOHN)
    fewer = shown.buttons["2 a week"]
    for _ in range(2):
        assert await club.press_again(JOHN, shown.id, fewer) == "Saved."
    assert "A week: at most 2 offers" in shown.plain


async def test_where_the_club_keeps_nothing_a_member_still_may(free_club: Club) -> None:
    await wishes(free_club, JOHN, label="🔔 How many offers, and when…")
    shown = free_club.last(JOHN)
    assert "A week: as many as the club sends" in shown.plain
    assert "The club is quiet" not in shown.plain
    await free_club.press(JOHN, "5 a week")
    assert "A week: at most 5 offers" in shown.plain
    await free_club.press(JOHN, "As many as come")
    assert "✅ As many as come" in shown.buttons


async def test_who_wants_none_is_not_asked_how_many(club: Club) -> None:
    await join(club, JOHN)
    await club.say(JOHN, "/settings")
    assert "🔔 How many offers, and when…" not in club.last(JOHN).buttons
    assert "a week" not in club.last(JOHN).plain
