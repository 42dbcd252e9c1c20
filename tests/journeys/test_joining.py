"""From the first word to the card, in both languages, left and taken up, twice at once."""

import asyncio

import pytest

from tests.town import Person, Town


async def test_sara_joins_in_persian_and_sees_her_card(town: Town) -> None:
    sara = await town.person("سارا", "fa")
    await sara.says("/start")
    await sara.presses("فارسی")
    await sara.reads("هر ۱۰۰٬۰۰۰ تومان خرید: ۱۰ امتیاز")
    await sara.presses("می‌پذیرم")
    await sara.reads("پیشنهادهای ویژه")
    await sara.presses("بله")
    await town.until("the phone question", sara.reply_keyboard, sara)
    await sara.answers_with_contact()
    await sara.reads("شمارهٔ تلفنتان ثبت شد")
    await sara.presses("فانتزی")
    await sara.sees_button("✅ فانتزی")
    await sara.presses("تمام")
    await sara.reads("+۵ امتیاز")
    await sara.reads("شمارهٔ عضویت شما")
    menu = await sara.reply_keyboard()
    assert menu[0] == ["⭐ امتیازها", "🎫 کارت من"], "a Persian row runs from the right"
    await sara.says("🎫 کارت من")
    card = await sara.reads("سارا: ۵ امتیاز")
    assert card["photo"], "the card is a picture"
    await sara.reads("یک خرید ۲۵۰٬۰۰۰ تومان برایتان ۲۵ امتیاز می‌آورد")
    await sara.says("/points")
    await sara.reads("۵ امتیاز")


async def test_daniel_joins_in_english_without_phone(town: Town) -> None:
    daniel = await town.person("Daniel", "en")
    await daniel.says("/start friend42")
    await daniel.presses("English")
    await daniel.reads("100,000 toman")
    await daniel.presses("I agree")
    await daniel.presses("No")
    await town.until("the phone question", daniel.reply_keyboard, daniel)
    await daniel.says("Not now")
    await daniel.presses("Done")
    await daniel.reads("Your member number")
    assert (await daniel.reply_keyboard())[0] == ["🎫 My card", "⭐ Points"]
    await daniel.says("/card")
    await daniel.reads("Daniel: 0 points")


async def test_joining_is_left_and_taken_up_after_a_crash(town: Town) -> None:
    mina = await town.person("مینا", "fa")
    await mina.says("/start")
    await mina.presses("فارسی")
    await mina.presses("می‌پذیرم")
    question = await mina.reads("پیشنهادهای ویژه")
    town.program.kill()
    town.program.start()
    await mina.says("/cancel")
    await mina.reads("هر وقت خواستید: /start")
    await mina.says("/start")
    again = await mina.reads("پیشنهادهای ویژه", since=question)
    await mina.presses("نه", again)
    await town.until("the phone question", mina.reply_keyboard, mina)


async def test_two_starts_at_once_make_one_member(town: Town) -> None:
    ali = await town.person("علی", "fa")
    await asyncio.gather(ali.says("/start"), ali.says("/start"))
    await ali.presses("فارسی")
    await ali.presses("می‌پذیرم")
    await ali.reads("پیشنهادهای ویژه")
    await town.quiet()
    report = town.program.command("audit")
    assert report.stdout.startswith("0 moves, 1 members"), report


async def test_the_contact_of_somebody_else_is_refused(town: Town) -> None:
    sara, other = await town.person("سارا", "fa"), await town.person("نیما", "fa")
    await sara.says("/start")
    await sara.presses("فارسی")
    await sara.presses("می‌پذیرم")
    await sara.presses("نه")
    await town.until("the phone question", sara.reply_keyboard, sara)
    await sara.answers_with_contact(user_id=other.id)
    await sara.reads("خودتان")


async def test_leaving_forfeits_and_forgets(town: Town) -> None:
    sara = await town.joined("سارا", genres=("تاریخ",))
    await sara.says("/leave")
    await sara.reads("۵ امتیاز")
    await sara.presses("بله، باشگاه را ترک می‌کنم")
    await town.until("the farewell", lambda: _keyboard_gone(sara), sara)
    await sara.says("/card")
    await sara.reads("هنوز عضو")
    report = town.program.command("audit")
    assert report.returncode == 0, report
    assert report.stdout.startswith("2 moves"), report


async def test_a_blocked_bot_is_noticed_and_forgiven(town: Town) -> None:
    maryam = await town.known("maryam", in_group=True)
    sara = await town.joined("سارا")
    number = await sara.number()
    await town.post(f"/api/people/{sara.id}", blocked=True)
    await town.quiet()
    await maryam.says(f"/member {number}")
    await maryam.reads("ربات را بسته است")
    await town.post(f"/api/people/{sara.id}", blocked=False)
    await sara.says("/start")
    await sara.reads("خوش برگشتید")
    before = await maryam.reads("ربات را بسته است")
    await maryam.says(f"/member {number}")
    await maryam.reads("پیام می‌رسد", since=before)


async def _keyboard_gone(person: Person) -> bool:
    return await person.reply_keyboard() == []


@pytest.mark.parametrize("text", ["سلام", "🎉", "/nonsense"])
async def test_what_is_not_understood_is_said_so(town: Town, text: str) -> None:
    sara = await town.joined("سارا")
    seen = (await sara.messages())[-1]
    await sara.says(text)
    await town.until("an answer", lambda: _later(sara, seen["message_id"]), sara)


async def _later(person: Person, message_id: int) -> bool:
    return any(
        message["message_id"] > message_id and not message["mine"]
        for message in await person.messages()
    )
