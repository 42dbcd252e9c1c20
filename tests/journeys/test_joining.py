"""From the first word to the card, in both languages, left and taken up, twice at once."""

import asyncio

from tests.town import Town


async def test_sara_joins_in_persian_and_sees_her_card(town: Town) -> None:
    sara = await town.person("سارا")
    await sara.says("/start")
    await sara.presses("فارسی")
    await sara.reads("هر ۱۰۰٬۰۰۰ تومان خرید: ۱۰ امتیاز")
    await sara.presses("می‌پذیرم")
    assert "پیشنهادهای ویژه" in await sara.reads()
    await sara.presses("بله")
    await sara.shares_contact()
    await sara.reads("شمارهٔ تلفنتان ثبت شد")
    assert "چه ژانرهایی را دوست دارید" in await sara.reads()
    await sara.presses("فانتزی")
    await sara.sees("✅ فانتزی")
    await sara.presses("تمام")
    assert "+۵ امتیاز" in await sara.reads()
    assert "شمارهٔ عضویت شما" in await sara.reads()
    menu = await sara.keyboard()
    assert menu[0] == ["⭐ امتیازها", "🎫 کارت من"], "a Persian row runs from the right"
    await sara.taps("🎫 کارت من")
    card = await sara.reads()
    assert card.message["photo"], "the card is a picture"
    assert "سارا: ۵ امتیاز" in card
    assert "یک خرید ۲۵۰٬۰۰۰ تومان برایتان ۲۵ امتیاز می‌آورد" in card
    await sara.says("/points")
    assert "۵ امتیاز" in await sara.reads()


async def test_daniel_joins_in_english_without_phone(town: Town) -> None:
    daniel = await town.person("Daniel", "en")
    await daniel.says("/start friend42")
    await daniel.presses("English")
    await daniel.reads("100,000 toman")
    await daniel.presses("I agree")
    await daniel.presses("No")
    await daniel.taps("Not now")
    await daniel.presses("Done")
    await daniel.reads("Your member number")
    assert (await daniel.keyboard())[0] == ["🎫 My card", "⭐ Points"]
    await daniel.says("/card")
    assert "Daniel: 0 points" in await daniel.reads()


async def test_joining_is_left_and_taken_up_after_a_crash(town: Town) -> None:
    mina = await town.person("مینا")
    await mina.says("/start")
    await mina.presses("فارسی")
    await mina.presses("می‌پذیرم")
    await mina.reads("پیشنهادهای ویژه")
    await town.bot.killed()
    await town.bot.started()
    await mina.says("/cancel")
    await mina.reads("هر وقت خواستید: /start")  # The question before may have come again.
    await mina.says("/start")
    again = await mina.reads("پیشنهادهای ویژه")
    await mina.presses("نه", again)
    await mina.shares_contact()


async def test_two_starts_at_once_make_one_member(town: Town) -> None:
    ali = await town.person("علی")
    await asyncio.gather(ali.says("/start"), ali.says("/start"))
    await ali.presses("فارسی")
    await ali.presses("می‌پذیرم")
    await ali.reads("پیشنهادهای ویژه")
    book = await town.book()
    assert (book.transfers, book.members) == (0, 1)


async def test_the_contact_of_somebody_else_is_refused(town: Town) -> None:
    sara, nima = await town.person("سارا"), await town.person("نیما")
    await sara.says("/start")
    await sara.presses("فارسی")
    await sara.presses("می‌پذیرم")
    await sara.presses("نه")
    await sara.shares_contact(of=nima)
    await sara.reads("خودتان")


async def test_leaving_forfeits_and_forgets(town: Town) -> None:
    sara = await town.member("سارا", genres=("تاریخ",))
    await sara.says("/leave")
    assert "۵ امتیاز" in await sara.reads()
    await sara.presses("بله، باشگاه را ترک می‌کنم")
    await sara.keyboard_goes()
    await sara.says("/card")
    await sara.reads("هنوز عضو")
    assert (await town.book()).transfers == 2


async def test_a_blocked_bot_is_noticed_and_forgiven(town: Town) -> None:
    sara = await town.member("سارا")
    await sara.blocks()
    await town.staff_asks_until(f"/member {sara.number()}", "ربات را بسته است")
    await sara.unblocks()
    await sara.says("/start")
    assert "خوش برگشتید" in await sara.reads()
    await town.staff.says(f"/member {sara.number()}")
    assert "پیام می‌رسد" in await town.staff.reads()


async def test_what_is_not_understood_is_said_so(town: Town) -> None:
    sara = await town.member("سارا")
    for words in ("سلام", "🎉", "/nonsense"):
        await sara.says(words)
        assert await sara.reads()
