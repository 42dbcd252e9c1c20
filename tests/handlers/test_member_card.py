"""The card and the list of moves, as a member sees them."""

from services.ticks import Ticks
from storage.db import Database
from templates.laws import CAPTION_UNITS, units
from tests.handlers.people import OWNER, Club, Person
from tests.handlers.ways import buy, join, words

SARA = Person(1001, "سارا")
JOHN = Person(1002, "John", language_code="en")
PAGE = 8


async def test_an_empty_card_invites(club: Club) -> None:
    await join(club, JOHN)
    await club.say(JOHN, "/card")
    assert "No points yet" in club.last(JOHN).plain
    assert "250,000 toman would bring you 25 points" in club.last(JOHN).plain
    await club.press(JOHN, "⭐ Points")
    assert "Nothing stands here yet" in club.last(JOHN).plain


async def test_the_card_says_what_expires_first_and_what_the_next_tier_needs(club: Club) -> None:
    number = await join(club, JOHN)
    await buy(club, number, 1_000_000, "R1")
    club.wait(days=10)
    await buy(club, number, 5_000_000, "R2")
    await club.say(JOHN, "/card")
    card = club.last(JOHN).plain
    assert "John: 601 points" in card, "with one for coming on a later day"
    assert "100 points, valid through 4 Oct 2026" in card
    assert "Tier: Silver" in card
    assert "To Gold: 399 points to go" in card
    club.wait(days=3_650)
    await club.press(JOHN, "🔄 Refresh")
    assert "John: 1 point" in club.last(JOHN).plain, "right before the nightly job has booked it"


async def test_refresh_changes_the_card_in_place(club: Club) -> None:
    number = await join(club, SARA)
    await club.say(SARA, "/card")
    card, messages = club.last(SARA), len(club.seen(SARA))
    await buy(club, number, 250_000, "R1")
    assert await club.press(SARA, words("refresh", SARA)) == "کارت به‌روز است."
    assert "سارا: ۲۵ امتیاز" in card.plain
    assert await club.press(SARA, words("refresh", SARA)) == "کارت به‌روز است.", "again is fine"
    assert len(club.seen(SARA)) == messages


async def test_a_caption_fits_with_the_longest_name(club: Club) -> None:
    long = Person(1003, "W&" * 32, "ی" * 64, language_code="fa")
    number = await join(club, long)
    await buy(club, number, 10_000_000_000, "R1")
    await club.say(long, "/card")
    assert units(club.last(long).plain) <= CAPTION_UNITS


async def test_moves_come_in_pages_that_turn_in_place(club: Club) -> None:
    number = await join(club, JOHN)
    for receipt in range(2 * PAGE + 1):
        club.wait(hours=1)
        key, points = f"a{receipt}", receipt + 1
        await club.services.adjustments.adjust(number, points, "gift", by=OWNER, key=key)
    await club.say(JOHN, "/points")
    shown, messages = club.last(JOHN), len(club.seen(JOHN))
    assert "Page 1 of 3" in shown.plain
    assert "Corrected by the shop, gift → +17 points" in shown.plain
    assert list(shown.buttons) == [*(f"{nth}?" for nth in range(1, 9)), "Next"]
    older = shown.buttons["Next"]
    await club.press(JOHN, "Next")
    assert list(shown.buttons)[-2:] == ["Previous", "Next"]
    await club.press(JOHN, "Next")
    assert "Page 3 of 3" in shown.plain
    assert list(shown.buttons)[-1] == "Previous"
    await club.press_again(JOHN, shown.id, older)
    assert "Page 2 of 3" in shown.plain, "an older button turns to its own page"
    assert len(club.seen(JOHN)) == messages


async def test_each_move_has_its_reason_in_words(club: Club, db: Database) -> None:
    number = await join(club, SARA)
    bought = await buy(club, number, 100_000, "R1")
    club.wait(hours=1)
    adjusted = club.services.adjustments.adjust
    await adjusted(number, 7, "Lost card کارت", by=OWNER, key="a1")
    await adjusted(number, -2, "اشتباه", by=OWNER, key="a2")
    owner = await club.services.staff.role(OWNER, -1_000_777)
    await club.services.refunds.undo(bought.purchase_id, by=OWNER, role=owner)
    await club.services.profile.share_phone(SARA.id, "989121234567", SARA.id)
    await club.services.profile.like_genre(SARA.id, "fantasy", liked=True)
    ticks = Ticks(db, club.programme, lambda: club.now, lambda: club.now)
    await ticks.run_due()
    club.wait(days=366)
    await ticks.run_due()
    await club.say(SARA, "/points")
    said = club.last(SARA).plain
    assert "⭐ ۱ امتیاز دارید" in said
    for line in (
        "خرید ۱۰۰٬۰۰۰ تومان ← +۱۰ امتیاز",
        "برگشت خرید ۱۰۰٬۰۰۰ تومان ← −۱۰ امتیاز",
        "اصلاح فروشگاه، Lost card کارت ← +۷ امتیاز",
        "اصلاح فروشگاه، اشتباه ← −۲ امتیاز",
        "کامل شدن مشخصات ← +۵ امتیاز",
        "سر زدن به باشگاه ← +۱ امتیاز",
        "۱۲ مهر ۱۴۰۵\nپایان مهلت ← −۵ امتیاز",
    ):
        assert line in said
