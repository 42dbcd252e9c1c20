"""Invitations, birthdays and reviews in the chat: what is shown, refused, and left again."""

from storage.db import Database
from tests.handlers.people import BOOKSHOP, Club, Person, open_club
from tests.handlers.ways import buy, join
from tests.rules import inviting, without_what_is_told

SARA, EMMA = Person(41, "سارا"), Person(42, "Emma", "Stone", "en")


async def test_an_invitation_tells_its_reward_and_is_shared(club: Club) -> None:
    await join(club, EMMA)
    await club.say(EMMA, "/invite")
    shown = club.last(EMMA)
    assert "makes their first purchase, you get 5 points and they get 5 points" in shown.plain
    assert "https://t.me/club_bot?start=r_" in shown.plain
    assert "Nobody has come by your link yet" in shown.plain
    ((button,),) = shown.markup["inline_keyboard"]
    assert button["url"].startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fclub_bot")
    assert "callback_data" not in button


async def test_friends_are_turned_page_by_page(club: Club) -> None:
    await join(club, SARA)
    code = (await club.services.referral.show(SARA.id, 0)).code
    for number in range(9):
        friend = Person(100 + number, f"Name{number}", "Hidden")
        await club.say(friend, f"/start {code}")
        await join(club, friend)
    await club.say(SARA, "/invite")
    assert "صفحهٔ ۱ از ۲" in club.last(SARA).plain
    assert "Hidden" not in club.last(SARA).plain
    await club.press(SARA, "بعدی")
    assert "صفحهٔ ۲ از ۲" in club.last(SARA).plain
    assert "Name۰" in club.last(SARA).plain
    assert "عضو شده، هنوز خریدی نکرده" in club.last(SARA).plain


async def test_a_reward_for_the_inviter_alone_is_told_so(db: Database) -> None:
    async with open_club(db, inviting(BOOKSHOP, 7, 0, "referral_joined")) as club:
        await join(club, EMMA)
        await club.say(EMMA, "/invite")
        assert "Each friend who joins by your link brings you 7 points" in club.last(EMMA).plain


async def test_what_the_programme_leaves_out_is_off(db: Database) -> None:
    async with open_club(db, without_what_is_told(BOOKSHOP)) as club:
        number = await join(club, EMMA)
        for command in ("/invite", "/birthday", "/review"):
            await club.say(EMMA, command)
            assert "This club does not have that" in club.last(EMMA).plain
        await club.say(EMMA, "/settings")
        assert not any("birthday" in label for label in club.last(EMMA).buttons)
        await club.say(EMMA, "/start r_old")
        assert "does not have" not in club.said(EMMA)[-2]
        club.wait(days=1)
        await buy(club, number, 100_000, "R1")
        await club.say(EMMA, "/card")
        assert "Emma Stone: 10 points" in club.last(EMMA).plain
        assert "🤝 Invite friends" not in club.last(EMMA).buttons


async def test_a_birthday_is_refused_told_changed_and_taken_back(club: Club) -> None:
    await join(club, SARA)
    await club.press(SARA, "🎂 ثبت تولد")
    await club.say(SARA, "۳۱ مهر")
    assert "نتوانستم بخوانم: ۳۱ مهر" in club.last(SARA).plain
    await club.say(SARA, "۱۵ مهر ۱۳۷۰")
    assert "ثبت شد: ۱۵ مهر ۱۳۷۰" in club.last(SARA).plain
    await club.say(SARA, "۱۶ مهر")
    assert "ثبت شد" not in club.last(SARA).plain, "nobody asks any more"
    await club.say(SARA, "/settings")
    assert "تولد: ۱۵ مهر ۱۳۷۰" in club.last(SARA).plain
    assert (await club.services.members.private_copy(SARA.id))["birthday"] == "jalali:1370-7-15"
    await club.press(SARA, "🎂 تغییر تولد")
    await club.press(SARA, "🗑 پاک کردن تولدم")
    assert "پاک کردیم" in club.last(SARA).plain
    assert (await club.services.members.private_copy(SARA.id))["birthday"] is None


async def test_a_birthday_may_be_left_out(club: Club) -> None:
    await join(club, EMMA)
    await club.say(EMMA, "/birthday")
    await club.press(EMMA, "Not now")
    assert "Whenever you like" in club.last(EMMA).plain
    await club.say(EMMA, "7 Oct 1991")
    assert "Saved" not in club.last(EMMA).plain


async def test_a_review_without_words_comes_once(club: Club) -> None:
    number = await join(club, EMMA)
    await club.say(EMMA, "/review")
    assert "No purchase waits" in club.last(EMMA).plain
    await buy(club, number, 100_000, "R1")
    await club.say(EMMA, "/review")
    await club.press(EMMA, "⭐⭐⭐")
    assert "3 stars" in club.last(EMMA).plain
    plain = club.last(EMMA).buttons["No words"]
    await club.press(EMMA, "No words")
    kept = club.last(EMMA)
    assert "+5 points" in kept.plain
    await club.press_again(EMMA, kept.id, plain)
    assert club.last(EMMA).plain == kept.plain, "the same again says the same"
    copy = await club.services.members.private_copy(EMMA.id)
    assert [review["stars"] for review in copy["reviews"]] == [3]
    assert (await club.services.points.card(EMMA.id)).held.balance == 15


async def test_the_words_of_a_review_are_words(club: Club) -> None:
    number = await join(club, EMMA)
    await buy(club, number, 100_000, "R1")
    await club.say(EMMA, "/review")
    await club.press(EMMA, "⭐⭐⭐⭐⭐")
    await club.send(EMMA, {"dice": {"emoji": "🎲", "value": 3}})
    assert "Please write the text" in club.last(EMMA).plain
    await club.say(EMMA, "x" * 1_001)
    assert "At most 1,000 characters fit" in club.last(EMMA).plain
    await club.say(EMMA, "Lovely")
    assert "The shop has your review with 5 stars" in club.last(EMMA).plain
