"""The life of a campaign from the staff group, through the real program."""

import asyncio
import io
import re
from pathlib import Path

from PIL import Image

from tests.journeys.test_promotions import SLOWLY, crowd, persian
from tests.people import Person
from tests.town import ROOT, Town

PLAIN = "hours = 24\n"
READERS = 40


def keep(town: Town, rules: str) -> None:
    """Let the club keep these rules for promotions, before it opens."""
    shipped = (ROOT / "programme.toml").read_text(encoding="utf-8")
    kept, changed = re.subn(
        r"^\[promotions\]\n(?:.+\n)+", f"[promotions]\n{rules}", shipped, flags=re.MULTILINE
    )
    assert changed == 1
    programme = Path(town.bot.folder) / "kept.toml"
    programme.write_text(kept, encoding="utf-8")
    town.bot.settings["PROGRAMME"] = str(programme)


def arrived(people: list[Person], words: str) -> int:
    """How many messages with these words stand in all their chats."""
    return sum(len(person.heard(words)) for person in people)


async def test_from_the_first_word_to_the_report(closed_town: Town) -> None:
    town, staff = closed_town, closed_town.staff
    keep(town, PLAIN)
    town.bot.settings["SENDS_PER_SECOND"] = SLOWLY
    await town.bot.started()
    people = await crowd(town, READERS)
    await staff.says("/promo")
    await staff.presses("متن انگلیسی")
    question = await staff.reads("هر جا {نام} بنویسید")
    await staff.says("Dear {name}, new books", to=question)
    await staff.reads("Dear friend, new books")
    await staff.presses("دکمهٔ پاسخ")
    question = await staff.reads("نوشتهٔ دکمه را")
    await staff.says("Keep one for me", to=question)
    await staff.reads("Keep one for me")
    await staff.presses("پیش‌نمایش")
    await staff.reads("Dear P")
    await staff.reads("آماده است")
    await staff.presses(f"ارسال به {persian(READERS)} نفر")
    await staff.reads("▓")
    await staff.presses("نگه‌دار")
    await staff.reads("نگه داشته شد")
    for _ in range(2):  # The installed command takes a second to start.
        before = arrived(people, "new books")
        told = await town.bot.command("campaign", "show", "1", cold=True)
        assert "paused" in told.output
    assert 0 < before < READERS
    assert arrived(people, "new books") == before, "nothing more arrives"
    await staff.presses("ادامه بده")
    report = await staff.reads("گزارش پیشنهاد ۱")
    assert f"رسید: {persian(READERS)} پیام" in report
    assert [len(person.heard("new books")) for person in people] == [1] * READERS
    assert people[7].heard(f"Dear {people[7].name}, new books")
    for _ in range(2):
        await people[7].presses("Keep one for me")
        await people[7].reads("Noted")
    await people[8].presses("No more offers")
    await people[8].reads("If you change your mind")
    await staff.presses("تازه‌سازی", under=report)
    report = await staff.reads("👆 دکمه را فشردند: ۱ نفر")
    assert "🔕 دیگر پیشنهاد نمی‌خواهند: ۱ نفر" in report
    assert Image.open(io.BytesIO(await staff.opens(report))).width > 400
    await staff.presses("جدول گیرندگان", under=report)
    file = await staff.opens(await staff.reads("هر کدام با سرانجام پیامش"))
    told = await town.bot.command("campaign", "report", "1", "--csv")
    assert file.decode("utf-8-sig") == told.output
    assert told.output.count(",sent,") == READERS


async def test_two_must_agree_and_what_waits_can_be_cancelled(closed_town: Town) -> None:
    town, staff = closed_town, closed_town.staff
    keep(town, PLAIN + "approval = true\n")
    town.bot.settings["TIME_TRAVEL"] = "1"
    await town.bot.started()
    sara = await town.member("Sara", "en")
    mina = await town.manager("Mina", "en")
    await mina.says("/promo")
    await mina.presses("English text")
    await mina.says("Tonight only", to=await mina.reads("Write the English text"))
    await mina.reads("See the preview before you send it")
    await mina.presses("When")
    await mina.says("tomorrow 18:30", to=await mina.reads("Write the day and the time"))
    await mina.reads("Starts:")
    await mina.presses("Preview")
    await mina.reads("It is ready; another manager or owner has to approve as well")
    await mina.presses("Schedule for 1")
    await mina.reads("waits for approval")
    await mina.presses("Approve and send")
    await mina.reads("Another manager or owner has to confirm it")
    await staff.presses("Approve and send")
    await staff.reads("زمان‌بندی شد")
    await staff.says("/campaigns")
    await staff.reads("🕒 زمان‌بندی‌شده")
    await staff.presses("پیشنهاد ۱")
    await staff.reads("زمان‌بندی شد")
    await staff.presses("انصراف")
    await staff.reads("لغو شد")
    await staff.says("/clock +2d")
    await staff.reads("ساعت باشگاه")
    assert "cancelled" in (await town.bot.command("campaign", "show", "1")).output
    assert sara.heard("Tonight only") == []


async def test_a_member_has_had_enough_this_week(closed_town: Town) -> None:
    town, staff = closed_town, closed_town.staff
    keep(town, PLAIN + "a_week = 2\n")
    await town.bot.started()
    sara, nima = await asyncio.gather(town.member("سارا"), town.member("Nima", "en"))
    await sara.says("/settings")
    await sara.presses("چند پیشنهاد و چه وقت…")
    await sara.reads("حداکثر ۲ پیشنهاد")
    await sara.presses("۱ در هفته")
    await sara.reads("حداکثر ۱ پیشنهاد")
    for number, words, reached in ((1, "کتاب‌های تازه", "۲"), (2, "و باز هم تازه‌تر", "۱")):
        await staff.says("/promo")
        await staff.reads(f"پیش‌نویس پیشنهاد {persian(number)}")
        await staff.presses("متن فارسی")
        await staff.says(words, to=await staff.reads("متن فارسی را"))
        await staff.reads("پیش از ارسال، پیش‌نمایش را ببینید")
        await staff.presses("پیش‌نمایش")
        await staff.presses(f"ارسال به {reached} نفر")
        await nima.reads(words)
        report = await staff.reads(f"گزارش پیشنهاد {persian(number)}")
    assert "رسید: ۱ پیام" in report
    assert "یا لغو شد): ۱ پیام" in report
    assert len(sara.heard("کتاب‌های تازه")) == 1
    assert sara.heard("و باز هم تازه‌تر") == []
