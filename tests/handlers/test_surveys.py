"""A survey from file to results: faults, preview, letters, taps and words, twice, back, later."""

from datetime import timedelta

import pytest

from bot.clock import machine_time
from bot.surveys import SurveyCards
from handlers.signing import Press
from handlers.staff.results import redraw
from tests.handlers.counter import CYRUS, MINA, SARA, Counter
from tests.handlers.people import ROOT, STAFF_CHAT, Club, Person
from tests.handlers.telegram import BOT, Shown

EXAMPLE = (ROOT / "examples/survey.toml").read_text(encoding="utf-8")
TEXT_ONLY = """
title = "نظر"
points = 3
days = 7
audience = "all"
[[questions]]
kind = "text"
text = "چه خبر؟"
"""


@pytest.fixture
async def counter(club: Club) -> Counter:
    opened = Counter(club)
    await opened.open()
    return opened


async def send_file(
    club: Club, content: str | bytes, caption: str = "/survey", who: Person = MINA, **more: object
) -> None:
    """A document in the staff group."""
    data = content.encode() if isinstance(content, str) else content
    club.telegram.files["file-1"] = data
    document = {"file_id": "file-1", "file_unique_id": "u", "file_size": len(data), **more}
    message = {"document": document, "caption": caption}
    if not caption:
        answered = {"message_id": 5, "date": 1, "chat": {"id": STAFF_CHAT, "type": "supergroup"}}
        message |= {"reply_to_message": answered | {"from": BOT}}
    await club.send(who, message, chat_id=STAFF_CHAT)


async def open_for(club: Club, who: Person, survey_id: int = 1) -> None:
    """Press the letter's button, as the engine would have sent it."""
    signer = club.application.bot_data["house"].signer
    data = signer.sign(Press("survey", "open", str(survey_id)), who.id)
    await club.press_again(who, 1, data)


def group(club: Club) -> list[Shown]:
    return club.telegram.in_chat(STAFF_CHAT)


async def launched(counter: Counter, content: str = EXAMPLE) -> None:
    """SARA, who likes fantasy, is a member, and the survey has been sent."""
    await counter.member()
    await counter.club.services.profile.like_genre(SARA.id, "fantasy", liked=True)
    await send_file(counter.club, content)
    await counter.press(MINA, "📣 Send to 1")


async def test_a_wrong_file_is_told_its_faults_with_their_lines(
    counter: Counter, club: Club
) -> None:
    await send_file(club, EXAMPLE.replace("points = 10 ", 'points = "ten" ').replace("rating", "r"))
    said = counter.last.plain
    assert "Line 5, points:\nis not right; write it like this:\npoints = 10" in said
    assert "questions.4.kind" in said
    assert "Faults: 2" in said
    await send_file(club, b"\xff\xfe\x00")
    assert "is no plain text" in counter.last.plain
    await send_file(club, "x", file_size=10**6)
    assert "more than 64 KiB" in counter.last.plain


async def test_a_preview_and_a_count_stand_before_the_press_that_sends(
    counter: Counter, club: Club
) -> None:
    await counter.member()
    await send_file(club, EXAMPLE)
    assert "Nobody was found" in counter.last.plain
    await club.services.profile.like_genre(SARA.id, "fantasy", liked=True)
    await send_file(club, EXAMPLE)
    letter, questions, count = group(club)[-3:]
    assert "Your bookshop" in letter.plain
    assert "5 short questions" in letter.plain
    assert "In a bookshop, Online, At the book fair" in questions.plain
    assert "This survey reaches 1 person" in count.plain
    assert "preview" in await counter.press(MINA, "📝 Answer")
    assert "was dropped" in await counter.press(MINA, "✖️ Cancel")


async def test_cashiers_send_no_surveys(counter: Counter, club: Club) -> None:
    await send_file(club, EXAMPLE, who=CYRUS)
    assert "It takes a manager" in counter.last.plain


async def test_the_file_may_come_as_the_answer_to_a_question(counter: Counter, club: Club) -> None:
    assert "as a reply" in await counter.type(MINA, "/survey")
    await send_file(club, EXAMPLE, caption="")
    assert "Nobody was found" in counter.last.plain


async def test_sara_answers_by_taps_and_words_and_gets_her_points_once(
    counter: Counter, club: Club
) -> None:
    await launched(counter)
    before = await club.services.points.card(SARA.id)
    await open_for(club, SARA)
    assert "پرسش ۱ از ۵" in club.last(SARA).plain
    question = club.last(SARA)
    await club.press(SARA, "بله")
    assert question.plain.endswith("✔️ بله")
    assert question.buttons == {}
    await club.say(SARA, "۲")
    assert club.seen(SARA)[-2].plain.endswith("✔️ اینترنتی")
    assert "دست‌کم یکی" in await club.press(SARA, "✅ تمام")
    await club.press(SARA, "کتاب صوتی")
    await club.press(SARA, "نوشت‌افزار")
    await club.press(SARA, "✅ نوشت‌افزار")
    await club.press(SARA, "✅ تمام")
    assert club.seen(SARA)[-2].plain.endswith("✔️ کتاب صوتی")
    await club.say(SARA, "شش")
    assert "گزینه‌ها نیست" in club.last(SARA).plain
    await club.say(SARA, "5")
    await club.say(SARA, "=SUM(A1) خیلی <b>خوب</b>")
    assert "۱۰ امتیاز گرفتید" in club.last(SARA).plain
    after = await club.services.points.card(SARA.id)
    assert after.held.balance - before.held.balance == 10
    await club.say(SARA, "/points")
    assert "نظرسنجی «کتاب‌فروشی شما» ← +۱۰ امتیاز" in club.last(SARA).plain
    asked = len(club.seen(SARA))
    await open_for(club, SARA)
    assert len(club.seen(SARA)) == asked, "who has answered is told so in a toast"
    await send_file(club, EXAMPLE)
    assert "Nobody was found" in counter.last.plain, "the same questions are asked once"


async def test_two_taps_count_once_and_a_second_is_told(counter: Counter, club: Club) -> None:
    await launched(counter)
    await open_for(club, SARA)
    question = club.last(SARA)
    yes, no = question.buttons["بله"], question.buttons["نه"]
    await club.press_again(SARA, question.id, yes)
    asked = len(club.seen(SARA))
    toast = await club.press_again(SARA, question.id, no)
    assert "پیش‌تر ثبت شده" in toast
    assert question.plain.endswith("✔️ بله")
    assert len(club.seen(SARA)) == asked
    results = await club.services.surveys.results(1, 0)
    assert results.tally.counts == (1, 0)


async def test_back_changes_an_answer_and_later_goes_on(counter: Counter, club: Club) -> None:
    await launched(counter)
    await open_for(club, SARA)
    await club.press(SARA, "بله")
    await club.press(SARA, "↩️ پرسش پیش")
    assert "پاسخ پیشین: بله" in club.last(SARA).plain
    await club.press(SARA, "نه")
    assert (await club.services.surveys.results(1, 0)).tally.counts == (0, 1)
    await club.press(SARA, "⏸ بعداً")
    await club.say(SARA, "۲")
    assert (await club.services.surveys.results(1, 1)).tally.answered == 0
    club.wait(days=5)
    await club.press(SARA, "▶️ ادامه")
    assert "پرسش ۲ از ۵" in club.last(SARA).plain


async def test_a_closed_survey_takes_no_answers_and_tells_the_group(
    counter: Counter, club: Club
) -> None:
    await launched(counter)
    await open_for(club, SARA)
    club.wait(days=31)
    assert "تمام شده" in await club.press(SARA, "بله")
    assert await club.services.surveys.close_due() == 1
    assert await club.services.surveys.close_due() == 0
    assert (await club.services.surveys.results(1)).state == "closed"


async def test_the_card_keeps_itself_true(counter: Counter, club: Club) -> None:
    await launched(counter)
    card = group(club)[-1]
    assert card.kind == "sendPhoto"
    assert card.file.startswith(b"\x89PNG")
    assert "بله: ۰" in card.plain, "the card speaks the club's language"
    await open_for(club, SARA)
    await club.press(SARA, "بله")
    house = club.application.bot_data["house"]
    cards = SurveyCards(club.services.surveys, lambda one: redraw(club.application.bot, house, one))
    await cards.look()
    assert "بله: ۱" in card.plain
    assert "آغازکرده: ۱" in card.plain
    edits = len(club.telegram.sent("editMessageMedia"))
    await cards.look()
    assert len(club.telegram.sent("editMessageMedia")) == edits, "nothing has changed since"
    await counter.press(MINA, "بعدی")
    assert "در کتاب‌فروشی: ۰" in card.plain
    await counter.type(MINA, "/survey ۱")
    assert group(club)[-1].kind == "sendPhoto"
    del club.telegram.messages[group(club)[-1].id]
    club.services.surveys.touch(1)
    await cards.look()
    assert (await club.services.surveys.results(1)).card_id is None


async def test_words_come_in_pages_and_all_in_a_table(counter: Counter, club: Club) -> None:
    await launched(counter, TEXT_ONLY)
    members = [Person(100 + number, f"M{number}") for number in range(6)]
    for number, member in enumerate(members):
        await counter.member(member, phone=None)
        await open_for(club, member)
        await club.say(member, f"=خبر {number}")
    await open_for(club, SARA)
    await club.press(SARA, "رد کردن این پرسش")
    await counter.press(MINA, "🔄 تازه‌سازی")
    assert "نوشتند: ۶" in group(club)[-1].plain
    assert "بی‌پاسخ گذاشتند: ۱" in group(club)[-1].plain
    await counter.press(MINA, "💬 نوشته‌ها")
    assert "Page 1 of 2" in counter.last.plain
    await counter.press(MINA, "Next")
    assert "Page 2 of 2" in counter.last.plain
    await counter.press(MINA, "📄 جدول پاسخ‌ها")
    table = counter.last.file.decode("utf-8-sig").splitlines()
    assert table[0] == "member,begun_at,done_at,چه خبر؟"
    assert len(table) == 8
    assert any(line.endswith(",'=خبر 3") for line in table), "no formula for a table program"
    assert "It takes a manager" in await counter.press(CYRUS, "📄 جدول پاسخ‌ها")


async def test_words_typed_days_later_are_taken(
    counter: Counter, club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    await launched(counter, TEXT_ONLY)
    await open_for(club, SARA)
    club.wait(days=3)
    later = machine_time() + timedelta(days=3)
    monkeypatch.setattr(club.services.dialogues, "_machine_time", lambda: later)
    await club.say(SARA, "خبر خوش")
    assert (await club.services.surveys.texts(1, 0, 0)).texts == ("خبر خوش",)


async def test_words_after_the_end_are_told_so_once(counter: Counter, club: Club) -> None:
    await launched(counter, TEXT_ONLY)
    await open_for(club, SARA)
    club.wait(days=9)
    await club.say(SARA, "دیر")
    told = club.last(SARA).plain
    assert "تمام شده" in told
    await club.say(SARA, "دیر")
    assert club.last(SARA).plain != told


async def test_two_taps_on_the_letter_put_one_question(counter: Counter, club: Club) -> None:
    await launched(counter)
    await open_for(club, SARA)
    seen = len(club.seen(SARA))
    await open_for(club, SARA)
    assert len(club.seen(SARA)) == seen
    del club.telegram.messages[club.last(SARA).id]
    await open_for(club, SARA)
    assert "پرسش ۱ از ۵" in club.last(SARA).plain, "it was deleted, so it is asked again"


async def test_who_leaves_takes_their_words_along(counter: Counter, club: Club) -> None:
    await launched(counter, TEXT_ONLY)
    await open_for(club, SARA)
    await club.say(SARA, "راز")
    copy = await club.services.members.private_copy(SARA.id)
    assert copy["survey_answers"][0]["text"] == "راز"
    asked = await club.services.members.ask_to_leave(SARA.id)
    await club.services.members.leave(SARA.id, asked.intent_id)
    page = await club.services.surveys.texts(1, 0, 0)
    assert page.texts == ()
