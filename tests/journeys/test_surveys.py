"""A survey from the file in the staff group to the results, through the real program."""

import asyncio

from tests.people import Person
from tests.town import ROOT, Town

EXAMPLE = (ROOT / "examples/survey.toml").read_text(encoding="utf-8")


async def send_survey(town: Town, count: str, content: str = EXAMPLE) -> None:
    """The owner sends the file, sees whom it reaches, and sends it off."""
    await town.staff.sends_file("survey.toml", content, "/survey")
    assert "کتاب‌فروشی شما" in await town.staff.reads()
    await town.staff.reads("پرسش‌ها")
    assert count in await town.staff.reads()
    await town.staff.presses("ارسال به ۱ نفر")
    await town.staff.reads("فرستاده می‌شود")


async def answer_all(person: Person) -> None:
    """By taps and words, in Persian."""
    await person.presses("پاسخ می‌دهم")
    await person.reads("پرسش ۱ از ۵")
    await person.presses("بله")
    await person.reads("پرسش ۲ از ۵")
    await person.says("اینترنتی")
    await person.reads("✔️ اینترنتی")
    await person.presses("کتاب صوتی")
    await person.sees("✅ کتاب صوتی")
    await person.presses("جلسهٔ کتاب‌خوانی")
    await person.sees("✅ جلسهٔ کتاب‌خوانی")
    await person.presses("تمام")
    await person.reads("پرسش ۴ از ۵")
    await person.says("۵")
    await person.reads("پرسش ۵ از ۵")
    await person.says("همین‌طور ادامه دهید")


async def test_sara_answers_and_the_card_keeps_itself_true(town: Town) -> None:
    sara = await town.member("سارا", genres=("فانتزی",))
    nima = await town.member("نیما", genres=("شعر",))
    await send_survey(town, "به ۱ نفر می‌رسد")
    assert "۱۰ امتیاز" in await sara.reads("کتاب‌فروشی شما")
    await town.staff.reads("کامل: ۰")
    await answer_all(sara)
    assert "۱۰ امتیاز گرفتید" in await sara.reads("سپاس")
    card = await town.staff.reads("کامل: ۱")
    assert card.message["photo"], "the results are a picture"
    assert "بله: ۱" in card
    await town.staff.presses("قبلی")
    assert "نوشتند: ۱" in await town.staff.reads("۵ از ۵")
    await town.staff.presses("نوشته‌ها")
    await town.staff.reads("همین‌طور ادامه دهید")
    await town.staff.presses("جدول پاسخ‌ها")
    assert (await town.staff.reads("همهٔ پاسخ‌ها")).message["document"]["file_name"].endswith("csv")
    assert nima.heard("کتاب‌فروشی شما") == [], "who does not like these genres is not asked"
    assert (await town.book()).transfers == 3


async def test_daniel_answers_in_english_and_goes_on_after_days(closed_town: Town) -> None:
    town = closed_town
    town.bot.settings["TIME_TRAVEL"] = "1"
    await town.bot.started()
    daniel = await town.member("Daniel", "en", genres=("History",))
    await send_survey(town, "به ۱ نفر می‌رسد")
    letter = await daniel.reads("Your bookshop")
    assert "10 points" in letter
    await daniel.presses("Answer")
    await daniel.reads("question 1 of 5")
    await daniel.presses("No")
    await daniel.reads("question 2 of 5")
    await daniel.presses("Online")
    await daniel.reads("question 3 of 5")
    await daniel.presses("Question before")
    await daniel.reads("Answered before: Online")
    await daniel.says("In a bookshop")
    await daniel.reads("✔️ In a bookshop")
    await daniel.presses("Later")
    await daniel.reads("Another time")
    await town.bot.killed()
    await town.bot.started()
    await town.staff.says("/clock +5d")
    await town.staff.reads("کارهای میان راه انجام شد")
    await daniel.presses("Answer", letter)
    await daniel.reads("question 3 of 5")
    await daniel.says("1, 3")
    await daniel.reads("✔️ Audio books, Stationery")
    await daniel.says("4")
    await daniel.reads("question 5 of 5")
    await daniel.presses("Pass over")
    assert "You got 10 points" in await daniel.reads("Thank you")
    await daniel.says("/points")
    await daniel.reads("Survey “Your bookshop” → +10 points")
    await town.staff.says("/clock +30d")
    await town.staff.reads("۱ نفر به همهٔ پرسش‌ها پاسخ دادند")


async def test_two_taps_at_once_count_once(town: Town) -> None:
    sara = await town.member("سارا", genres=("فانتزی",))
    await send_survey(town, "به ۱ نفر می‌رسد")
    await sara.reads("کتاب‌فروشی شما")
    await sara.presses("پاسخ می‌دهم")
    question = await sara.reads("پرسش ۱ از ۵")
    await asyncio.gather(sara.presses("بله", question), sara.presses("نه", question))
    await sara.reads("پیش‌تر ثبت شده")
    assert len(sara.heard("پرسش ۲ از ۵")) == 1
    await sara.says("۱")
    await sara.reads("پرسش ۳ از ۵")
    assert len(sara.heard("✔️")) == 2


async def test_a_wrong_file_and_who_may_not_be_asked(town: Town) -> None:
    sara = await town.member("سارا", genres=("فانتزی",))
    await sara.says("/settings")
    await sara.presses("پیشنهادها را نفرستید")
    await town.staff.sends_file("survey.toml", EXAMPLE.replace('"several"', '"many"'), "/survey")
    refused = await town.staff.reads("سطر ۲۳")
    assert "questions.3.kind" in refused
    await town.staff.says("/survey")
    await town.staff.reads("در پاسخ به همین پیام")
    await town.staff.sends_file("survey.toml", EXAMPLE, "/survey")
    await town.staff.reads("کسی پیدا نشد")
