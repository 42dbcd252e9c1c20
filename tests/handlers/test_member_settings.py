"""Language, calendar, promotions and phone, changed in place."""

from handlers.signing import Press
from tests.handlers.people import Club, Person
from tests.handlers.ways import join, words

SARA = Person(1001, "سارا")
JOHN = Person(1002, "John", language_code="en")
FINISHED = "✅ Done"


async def test_the_language_changes_words_digits_calendar_and_menu(club: Club) -> None:
    await join(club, SARA)
    await club.say(SARA, "/settings")
    shown = club.last(SARA)
    assert "عضو از ۱۲ مهر ۱۴۰۴" in shown.plain
    assert await club.press(SARA, "English") == "Saved."
    assert "Member since 4 Oct 2025" in shown.plain
    assert club.last(SARA).markup["keyboard"][0][0]["text"] == "🎫 My card"
    await club.say(SARA, words("card", SARA))
    assert "Member number" in club.last(SARA).plain, "the old menu's words still count"


async def test_the_calendar_stays_when_the_same_language_is_chosen_again(club: Club) -> None:
    await join(club, JOHN)
    await club.say(JOHN, "/settings")
    shown = club.last(JOHN)
    await club.press(JOHN, "Jalali")
    assert "Member since 12 Mehr 1404" in shown.plain
    await club.press(JOHN, "✅ English")
    assert "Calendar: Jalali" in shown.plain


async def test_a_button_says_what_will_be_and_twice_is_once(club: Club) -> None:
    await join(club, JOHN)
    await club.say(JOHN, "/settings")
    shown = club.last(JOHN)
    turn_on = shown.buttons["🔔 Send me offers"]
    for _ in range(2):
        assert await club.press_again(JOHN, shown.id, turn_on) == "Saved."
        assert "Special offers: sent" in shown.plain
    await club.press(JOHN, "🔕 Stop sending offers")
    assert "Special offers: not sent" in shown.plain


async def test_a_phone_can_be_shared_later_and_completes_the_profile(club: Club) -> None:
    await join(club, JOHN)
    await club.say(JOHN, "/genres")
    await club.press(JOHN, "Fantasy")
    await club.press(JOHN, FINISHED)
    assert club.last(JOHN).plain == "✅ Your favourite genres: Fantasy"
    await club.say(JOHN, "/settings")
    await club.press(JOHN, "📱 Add my phone")
    assert club.last(JOHN).markup["keyboard"][0][0]["request_contact"] is True
    await club.share(JOHN, "12025550123")
    assert "complete: +5 points" in club.last(JOHN).plain
    assert club.last(JOHN).markup["keyboard"][0][0]["text"] == "🎫 My card"
    await club.share(JOHN, "12025550123")
    assert "+5" not in club.last(JOHN).plain, "once"


async def test_rather_not_brings_the_menu_back(club: Club) -> None:
    await join(club, SARA)
    await club.say(SARA, "/settings")
    await club.press(SARA, words("phone_share", SARA))
    await club.say(SARA, words("skip", SARA))
    assert club.last(SARA).plain == "باشد. چیزی تغییر نکرد."
    assert club.last(SARA).markup["keyboard"]


async def test_the_button_under_a_promotion_stops_them_once(club: Club) -> None:
    await join(club, JOHN)
    await club.services.profile.want_promotions(JOHN.id, wanted=True)
    stop = club.application.bot_data["house"].signer.sign(Press("promo", "stop", "7"), JOHN.id)
    messages = len(club.seen(JOHN))
    for _ in range(2):
        assert await club.press_again(JOHN, 1, stop) == "No more offers."
    assert len(club.seen(JOHN)) == messages + 1
    assert "/settings" in club.last(JOHN).plain
    assert (await club.services.profile.show(JOHN.id)).member.promotions is False


async def test_the_last_genre_of_a_complete_profile_pays_on_the_way(club: Club) -> None:
    await join(club, JOHN)
    await club.share(JOHN, "12025550123")
    await club.say(JOHN, "/genres")
    await club.press(JOHN, "Fantasy")
    assert club.last(JOHN).plain == "🎁 Your profile is complete: +5 points"
    await club.press(JOHN, "✅ Fantasy")
    await club.press(JOHN, "Fantasy")
    assert (await club.services.points.card(JOHN.id)).held.balance == 5
