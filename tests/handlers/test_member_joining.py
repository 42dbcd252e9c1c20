"""The way into the club, as somebody in a private chat walks it."""

import asyncio

import pytest
from sqlalchemy import func, select

from club.members import JoinStep, Reach
from club.programme import parse_programme
from storage import members as members_store
from storage.db import Database
from storage.tables.members import MEMBERS
from tests.handlers.people import OWNER, ROOT, Club, Person, open_club
from tests.handlers.ways import come_to_phone, come_to_terms, join, words

SARA = Person(1001, "سارا")
JOHN = Person(1002, "John", "Smith", language_code="en")
CD_SHOP = ROOT / "examples" / "cd-shop.toml"


async def count(db: Database) -> int:
    """How many rows of members there are."""
    async with db.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(MEMBERS))).scalar_one())


@pytest.mark.parametrize("who", [SARA, JOHN], ids=["fa", "en"])
async def test_from_start_to_the_card(club: Club, who: Person) -> None:
    await come_to_phone(club, who)
    await club.share(who, "989121234567")
    for genre in ({"fa": "فانتزی", "en": "Fantasy"}, {"fa": "تاریخ", "en": "History"}):
        await club.press(who, genre[who.language_code])
    await club.press(who, words("done", who))
    done, welcome = club.seen(who)[-2:]
    assert ("۵ امتیاز" if who is SARA else "5 points") in done.plain, "a whole profile pays"
    assert welcome.markup["keyboard"], "the menu is there"

    await club.say(who, words("card", who))
    card = club.last(who)
    number = (await club.services.points.card(who.id)).member.number
    assert card.kind == "sendPhoto"
    assert card.file.startswith(b"\x89PNG")
    assert number in card.plain
    assert ("سارا: ۵ امتیاز" if who is SARA else "John Smith: 5 points") in card.plain
    assert ("۱۲ مهر ۱۴۰۵" if who is SARA else "4 Oct 2026") in card.plain


async def test_the_first_question_speaks_both_languages(club: Club) -> None:
    for who in (SARA, JOHN):
        await club.say(who, "/start")
        assert "به چه زبانی" in club.last(who).plain
        assert "Which language" in club.last(who).plain
        assert set(club.last(who).buttons) == {"فارسی", "English"}


async def test_the_terms_tell_figures_and_what_is_kept(club: Club) -> None:
    await come_to_terms(club, JOHN)
    terms = club.last(JOHN).plain
    for fact in ("100,000 toman", "10 points", "5 points", "12 months", "Silver", "encrypted"):
        assert fact in terms


async def test_promotions_are_off_until_somebody_says_yes(club: Club) -> None:
    await come_to_phone(club, SARA)
    assert (await club.services.profile.show(SARA.id)).member.promotions is False
    await come_to_terms(club, JOHN)
    await club.press(JOHN, "✅ I agree")
    assert (await club.services.profile.show(JOHN.id)).member.promotions is None
    await club.press(JOHN, "Yes")
    assert (await club.services.profile.show(JOHN.id)).member.promotions is True


async def test_who_leaves_the_terms_open_goes_on_later(club: Club) -> None:
    await come_to_terms(club, JOHN)
    terms = club.last(JOHN)
    agree = terms.buttons["✅ I agree"]
    await club.press(JOHN, "Not now")
    assert "That is fine" in terms.plain
    assert not terms.buttons
    await club.say(JOHN, "/card")
    assert "not a member" in club.last(JOHN).plain
    await club.say(JOHN, "/start")
    assert "✅ I agree" in club.last(JOHN).buttons
    await club.press_again(JOHN, terms.id, agree)
    assert (await club.services.profile.show(JOHN.id)).member.join_step is JoinStep.PROMOTIONS


async def test_a_typed_number_is_no_proof(club: Club) -> None:
    await come_to_phone(club, SARA)
    await club.say(SARA, "۰۹۱۲ ۱۲۳ ۴۵۶۷")
    assert "شماره را ننویسید" in club.last(SARA).plain
    await club.say(SARA, "چرا؟")
    assert "دکمهٔ پایین" in club.last(SARA).plain, "anything else asks again"
    assert (await club.services.points.card(SARA.id)).phone is None


async def test_somebody_elses_contact_is_refused(club: Club) -> None:
    await come_to_phone(club, SARA)
    await club.share(SARA, "989121234567", owner=555)
    assert "از آن خود شما نیست" in club.last(SARA).plain
    assert (await club.services.points.card(SARA.id)).phone is None
    await club.share(SARA, "989121234567")
    assert "✅ تمام" in club.last(SARA).buttons


async def test_a_phone_belongs_to_one_member(club: Club) -> None:
    await come_to_phone(club, SARA)
    await club.share(SARA, "989121234567")
    await come_to_phone(club, JOHN)
    await club.share(JOHN, "+98 912 123 4567")
    assert "saved for another member" in club.last(JOHN).plain
    await club.say(JOHN, "Not now")
    assert "✅ Done" in club.last(JOHN).buttons


async def test_two_starts_at_once_make_one_member(club: Club, db: Database) -> None:
    await asyncio.gather(club.say(SARA, "/start"), club.say(SARA, "/start"))
    assert await count(db) == 1
    await join(club, SARA)
    assert await count(db) == 1
    await club.say(SARA, "/start")
    assert "خوش برگشتید" in club.last(SARA).plain
    assert await count(db) == 1


async def test_an_older_button_does_not_turn_back(club: Club) -> None:
    await club.say(JOHN, "/start")
    question = club.last(JOHN)
    old = dict(question.buttons)
    await club.press(JOHN, "English")
    await club.press(JOHN, "✅ I agree")
    await club.press_again(JOHN, question.id, old["فارسی"])
    assert "پیشنهادهای ویژه" in question.plain, "the open question, in the new language"
    await club.press(JOHN, "نه")
    await club.say(JOHN, "فعلاً نه")
    done = club.last(JOHN)
    finish = done.buttons["✅ تمام"]
    await club.press(JOHN, "✅ تمام")
    await club.press_again(JOHN, done.id, finish)
    assert club.last(JOHN).markup["keyboard"], "the welcome is said again, nothing breaks"
    await club.press_again(JOHN, question.id, old["English"])
    assert question.plain == "✅ Noted."


async def test_cancel_keeps_what_was_answered(club: Club) -> None:
    await come_to_phone(club, SARA)
    await club.say(SARA, "/cancel")
    assert "همین‌جا نگه می‌داریم" in club.last(SARA).plain
    assert club.last(SARA).markup == {"remove_keyboard": True}
    await club.say(SARA, "/start")
    assert club.last(SARA).markup["keyboard"][0][0]["request_contact"] is True


async def test_a_club_without_genres_ends_with_the_phone(db: Database) -> None:
    programme = parse_programme(CD_SHOP.read_text(encoding="utf-8"))
    async with open_club(db, programme) as club:
        await come_to_phone(club, JOHN)
        await club.share(JOHN, "12025550123")
        assert "Welcome to The CD Club" in club.last(JOHN).plain
        assert "5 points" in club.said(JOHN)[-2]
        await club.say(JOHN, "/genres")
        assert "no genres" in club.last(JOHN).plain


async def test_a_code_that_is_no_link_is_refused(club: Club, db: Database) -> None:
    await club.say(JOHN, "/start c_unknown")
    assert "not valid" in club.last(JOHN).plain
    assert await count(db) == 0
    await club.say(JOHN, "/start friend-code")
    assert await count(db) == 1


async def test_a_link_makes_its_opener_the_customer_of_old(club: Club, db: Database) -> None:
    async with db.write() as tx:
        old = await members_store.create(
            tx,
            chat_user_id=5,
            language="fa",
            calendar="jalali",
            tier="member",
            referral_code="old",
            referred_by_code=None,
            at=club.now,
        )
        assert old is not None
        await members_store.change(
            tx,
            old.id,
            chat_user_id=None,
            source="shop",
            external_id="cd-1",
            reach=Reach.NEVER_STARTED,
        )
    link = await club.services.joining.make_link(old.number, by=OWNER)
    await join(club, JOHN)
    await club.say(JOHN, f"/start {link.code}")
    assert "from before the club" in club.last(JOHN).plain, "a member is asked, and keeps theirs"
    await club.say(SARA, f"/start {link.code}")
    assert await join(club, SARA) == old.number
    await club.say(Person(1009), f"/start {link.code}")
    assert "معتبر نیست" in club.last(Person(1009)).plain, "it opens once"


async def test_people_may_be_called_anything(club: Club) -> None:
    hostile = Person(1003, "<b>\u202eروشن & Co" + "😀" * 40, language_code="fa")
    await join(club, hostile)
    await club.say(hostile, "/card")
    await club.say(hostile, "/start")
    assert "روشن & Co" in club.said(hostile)[-1]
