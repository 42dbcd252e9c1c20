"""Whatever brings points, shown with its arithmetic: orders, missions, streaks, events, waiting."""

from pathlib import Path

from tests.journeys.test_notices import travel
from tests.town import ROOT, Town

ORDER = """/purchase {number} #R-7 @valiasr !card -20000
B-1 ۲۰۰ هزار x2 شعر
B-2 120000 signed
bag 30000 x3"""


async def test_an_order_is_recorded_line_by_line_and_explained(town: Town) -> None:
    reza = await town.cashier("رضا")
    sara = await town.member("سارا", genres=("فانتزی",))
    await reza.says(ORDER.format(number=sara.number()))
    recorded = await reza.reads("خرید ثبت شد")
    assert "۳۳۰٬۰۰۰ تومان (پس از ۲۰٬۰۰۰ تومان تخفیف)" in recorded
    assert "فروشگاه: valiasr" in recorded
    assert "کتاب امضاشده: ‎+" in recorded
    assert "کیسهٔ پارچه‌ای: ‎+۶ امتیاز" in recorded

    await sara.says("/points")
    listed = await sara.reads("کیسهٔ پارچه‌ای")
    assert "خرید ۳۳۰٬۰۰۰ تومان: کیسهٔ پارچه‌ای" in listed
    await sara.presses("۱؟", listed)
    why = await sara.reads("قاعده")
    assert "کیسهٔ پارچه‌ای" in why
    assert "۳ × ۲ امتیاز = ۶ امتیاز" in why
    await sara.presses("این درست نیست", why)
    assert "گفته‌اید که این درست نیست" in await sara.reads("رسیدگی می‌کند")
    told = await town.staff.reads("این درست نیست")
    assert "۳ × ۲ امتیاز = ۶ امتیاز" in told
    await reza.presses("رسیدگی شد", told)
    await sara.reads("فروشگاه به حرفتان رسیدگی کرد")


async def test_three_purchases_in_a_month_are_a_mission(town: Town) -> None:
    john = await town.member("John", "en", genres=("Fantasy",))
    for number in (1, 2):
        await town.staff.says(f"/purchase {john.number()} 100000 #R-{number}")
        await john.reads("10 points for your purchase")
    await john.says("/missions")
    assert "2 of 3 purchases" in await john.reads("Three purchases in a month: +20 points")
    await town.staff.says(f"/purchase {john.number()} 100000 #R-3")
    assert "+20 points" in await john.reads("Mission “Three purchases in a month” completed")
    await john.says("/missions")
    assert "✅ Done" in await john.reads("Three purchases in a month")
    await john.says("/points")
    moves = await john.reads("Mission “Three purchases in a month” → +20 points")
    await john.presses("1?", moves)
    assert "Rule: " in await john.reads("For this: 20 points")


async def test_an_event_brings_points_as_often_as_its_limit_says(town: Town) -> None:
    reza = await town.cashier("رضا")
    sara = await town.member("سارا", genres=("شعر",))
    await reza.says(f"/event {sara.number()} quiz-night")
    assert "شب مسابقه، ‎+۱۵ امتیاز" in await reza.reads("ثبت شد")
    await sara.reads("‎+۱۵ امتیاز برای «شب مسابقه»")
    await reza.says(f"/event {sara.number()} quiz-night")
    await reza.reads("این بار امتیازی نداشت")
    await reza.says(f"/event {sara.number()} مسابقه")
    assert "quiz-night" in await reza.reads("را نمی‌شناسم")
    await reza.says("/event")
    await reza.reads("ثبت رویداد")


async def test_seven_days_in_a_row(closed_town: Town) -> None:
    town = closed_town
    town.bot.settings["TIME_TRAVEL"] = "1"
    await town.bot.started()
    sara = await town.member("سارا", genres=("شعر",))
    for _ in range(7):
        await travel(town, "+1d")
        await sara.says("/card")
        await sara.reads("برای سر زدن به باشگاه")
    assert len(sara.heard("امروز: ‎+۶ امتیاز")) == 1
    await sara.says("/points")
    assert "هفت روز پیاپی ← ‎+۵ امتیاز" in await sara.reads("روزهای پیاپی")


async def test_points_wait_for_the_return_window(closed_town: Town, tmp_path: Path) -> None:
    town = closed_town
    text = (ROOT / "programme.toml").read_text(encoding="utf-8")
    file = tmp_path / "waiting.toml"
    text = text.replace("at_once = true\n", "")  # What waits cannot pay its own order.
    file.write_text(f"{text}\n[waiting]\ndays = 14\n", encoding="utf-8")
    town.bot.settings |= {"TIME_TRAVEL": "1", "PROGRAMME": str(file)}
    await town.bot.started()
    john = await town.member("John", "en", genres=("Fantasy",))
    await town.staff.says(f"/purchase {john.number()} 300000 #R-1")
    await john.reads("Your balance: 5 points")
    await john.says("/card")
    assert "30 points can be spent from" in await john.reads("On their way: 30 points")
    await john.says("/points")
    moves = await john.reads("Waiting until")
    await john.presses("1?", moves)
    assert "300,000 toman ÷ 100,000 toman × 10 points = 30 points" in await john.reads(
        "Waiting: you can spend them from"
    )
    await town.staff.says(f"/spend {john.number()} 30")
    await town.staff.reads("۵ امتیاز")
    await travel(town, "+14d")
    await john.says("/card")
    assert "On their way" not in await john.reads("John: 3")


async def test_an_order_is_paid_with_points(town: Town) -> None:
    john = await town.member("John", "en", genres=("Fantasy",))
    await town.staff.says(f"/purchase {john.number()} 200000 *15 #R-1")
    recorded = await town.staff.reads("خرید ثبت شد: ۲۰ امتیاز")
    assert "از آن با امتیاز پرداخت شد: ۱۵ امتیاز" in recorded
    assert "موجودی: ۱۰ امتیاز" in recorded
    await town.staff.says(f"/purchase {john.number()} 20000 *21 #R-2")
    await town.staff.reads("از خود خرید بیشتر می‌ارزند")
    await town.staff.says(f"/purchase {john.number()} 120000\na 100000\nb 10000")
    assert "۱۱۰٬۰۰۰ تومان" in await town.staff.reads("جمع سطرها با مبلغ خرید یکی نیست")
    await town.staff.says(f"/purchase {john.number()} 120000\nalone")
    await town.staff.reads("سطر «alone» خوانده نشد")
