"""Points at the counter: spent, set aside, put right by two; with the program in between."""

import pytest

from tests.people import Person
from tests.town import Town


@pytest.fixture
async def travelling_town(closed_town: Town) -> Town:
    """The demo bookshop, where the owner may move the clock."""
    closed_town.bot.settings["TIME_TRAVEL"] = "1"
    await closed_town.bot.started()
    return closed_town


async def rich_member(town: Town, name: str, language: str = "fa") -> Person:
    """A member with 200 points, bought for two million, and what joining brought."""
    member = await town.member(name, language)
    await town.staff.says(f"/adjust {member.number()} +200 سرمایه")
    await member.reads("200" if language == "en" else "۲۰۰")
    return member


async def test_points_are_spent_at_the_counter(town: Town) -> None:
    reza = await town.cashier("رضا")
    sara, emma = await rich_member(town, "سارا"), await rich_member(town, "Emma", "en")
    await reza.says(f"/spend {sara.number()} ۵۰ کتاب هدیه")
    spent = await reza.reads("۵۰ امتیاز خرج شد")
    assert "به ارزش ۵۰٬۰۰۰ تومان" in spent
    assert "بابت: کتاب هدیه" in spent
    assert "بابت: کتاب هدیه" in await sara.reads("۵۰ امتیاز خرج کردید")
    await sara.says("/points")
    assert "خرج شد، کتاب هدیه ← \u200e−۵۰ امتیاز" in await sara.reads()
    await reza.says(f"/spend {emma.number()} 70")
    await reza.reads("۷۰ امتیاز خرج شد")
    assert "worth 70,000 toman" in await emma.reads("You spent 70 points")
    for wrong, said in (
        (f"/spend {sara.number()} 5000", "امتیاز کافی نیست"),
        (f"/spend {sara.number()} -5", "عدد کامل بنویسید"),
        (f"/spend {sara.number()}", "/spend"),
        ("/spend", "/spend"),
        (f"/hold {sara.number()}", "/hold"),
        (f"/hold {sara.number()} پنج", "پنج"),
    ):
        await reza.says(wrong)
        assert said in await reza.reads(), wrong


async def test_what_is_set_aside_is_spent_or_released_once(town: Town) -> None:
    reza, mina = await town.cashier("رضا"), await town.cashier("مینا")
    sara = await rich_member(town, "سارا")
    await reza.says(f"/hold {sara.number()} 60")
    card = await reza.reads("۶۰ امتیاز کنار گذاشته شد")
    await sara.reads("فروشگاه ۶۰ امتیاز شما را کنار گذاشت")
    await town.bot.stopped()
    for who in (reza, mina, reza):
        await who.presses("خرج شد", card)
    await mina.presses("آزاد کن", card)
    await town.bot.started()
    await reza.reads("۶۰ امتیاز کنارگذاشته خرج شد")
    await sara.reads("که کنار گذاشته شده بود خرج شد")
    await reza.says(f"/hold {sara.number()} 60")
    second = await reza.reads("۶۰ امتیاز کنار گذاشته شد")
    await mina.presses("آزاد کن", second)
    await reza.reads("کنارگذاشته آزاد شد")
    await sara.reads("که کنار گذاشته شده بود برگشت")
    assert len(sara.heard("خرج شد")) == 1
    await sara.says("/points")
    page = await sara.reads("امتیاز دارید")
    assert "برگشت از کنارگذاشته‌ها ← \u200e+۶۰ امتیاز" in page
    assert "کنار گذاشته برای خرید ← \u200e−۶۰ امتیاز" in page


async def test_a_hold_that_nobody_ends_comes_back_by_itself(travelling_town: Town) -> None:
    town = travelling_town
    emma = await rich_member(town, "Emma", "en")
    await town.staff.says(f"/hold {emma.number()} 60")
    card = await town.staff.reads("۶۰ امتیاز کنار گذاشته شد")
    await emma.reads("The shop has set 60 points of yours aside")
    await town.staff.says("/clock +2d")
    await emma.reads("60 points that had been set aside: back with you", within_s=60)
    await town.staff.reads("کارهای میان راه انجام شد", within_s=60)
    await town.staff.presses("خرج شد", card)
    await town.staff.reads("کنارگذاشته آزاد شد")
    assert emma.heard("now spent") == []


async def test_beyond_the_limit_a_second_manager_confirms(town: Town) -> None:
    mina, reza = await town.colleague("مینا"), await town.cashier("رضا")
    await town.staff.says("/staff manager", to=await mina.says("سلام"))
    await mina.reads("مینا از اکنون مدیر است")
    sara = await town.member("سارا")
    await mina.says(f"/adjust {sara.number()} +1500 جایزهٔ مسابقه")
    card = await mina.reads("باید تأیید کند")
    assert "درخواست: مینا" in card
    await mina.presses("تأیید می‌کنم", card)
    await mina.reads("این را خودتان خواسته‌اید")
    await reza.presses("تأیید می‌کنم", card)
    await reza.reads("مدیر")
    assert sara.heard("۱٬۵۰۰") == []
    await town.bot.stopped()
    for _ in range(2):
        await town.staff.presses("تأیید می‌کنم", card)
    await town.staff.presses("انصراف", card)
    await town.bot.started()
    done = await town.staff.reads("تأیید:")
    assert "درخواست: مینا" in done
    assert "جایزهٔ مسابقه" in await sara.reads("۱٬۵۰۰")
    assert len(sara.heard("۱٬۵۰۰")) == 1

    await town.staff.says(f"/adjust {sara.number()} -1200 اشتباه")
    other = await town.staff.reads("باید تأیید کند")
    await town.staff.presses("انصراف", other)
    await town.staff.reads("انجام نشد")
    assert len(sara.heard("اشتباه")) == 0
