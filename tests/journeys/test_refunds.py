"""Purchases that come back in parts: points both ways, debt, and how it is paid; both languages."""

from tests.people import Person
from tests.town import Town


async def buys(town: Town, who: Person, line: str, says: str) -> None:
    """The owner records a purchase, and the card says what it brought."""
    await town.staff.says(f"/purchase {who.number()} {line}")
    await town.staff.reads(says)


async def test_a_purchase_comes_back_in_parts(town: Town) -> None:
    sara = await town.member("سارا", genres=("شعر",))
    await buys(town, sara, "۲۰۰ هزار #R-1", "خرید ثبت شد: ۲۰ امتیاز")
    await town.staff.says("/refund #R-1 ۵۰ هزار")
    asked = await town.staff.reads("۵۰٬۰۰۰ تومان برگردانده شود؟")
    assert "امتیازی که دیگر حساب نمی‌شود: ۵ امتیاز" in asked
    await town.staff.presses("بله، برگردان", asked)
    made = await town.staff.reads("۵۰٬۰۰۰ تومان برگردانده شد")
    assert "از این خرید مانده: ۱۵۰٬۰۰۰ تومان" in made
    assert "امتیاز کم‌شده: ۵ امتیاز" in await sara.reads("از خریدتان برگردانده شد")

    await town.staff.says("/refund #R-1 ۱۶۰ هزار")
    assert "۱۵۰٬۰۰۰ تومان مانده" in await town.staff.reads()
    await town.staff.says(f"/refund {sara.number()}")
    rest = await town.staff.reads("۱۵۰٬۰۰۰ تومان برگردانده شود؟")
    await town.staff.presses("بله، برگردان", rest)
    assert "امتیاز برگشته: ۱۵ امتیاز" in await town.staff.reads("از این خرید مانده: ۰ تومان")
    assert "موجودی شما: ۵ امتیاز" in await sara.reads("از خریدتان برگردانده شد")
    await town.staff.says("/refund #R-1")
    assert "پیش‌تر برگردانده شده" in await town.staff.reads()
    await town.staff.says(f"/refund {sara.number()}")
    assert "خریدی ندارد" in await town.staff.reads()
    await town.staff.says("/refund #R-9")
    assert "R-9" in await town.staff.reads()
    await town.staff.says("/refund")
    assert "/refund" in await town.staff.reads()
    await sara.says("/points")
    assert "برگشت ۵۰٬۰۰۰ تومان از یک خرید ← \u200e−۵ امتیاز" in await sara.reads()


async def test_spent_points_become_debt_that_is_earned_back(town: Town) -> None:
    emma = await town.member("Emma", "en", genres=("Poetry",))
    await buys(town, emma, "1m #R-1", "خرید ثبت شد: ۱۰۰ امتیاز")
    await town.staff.says(f"/spend {emma.number()} 95")
    await emma.reads("You spent 95 points")
    await town.staff.says("/refund #R-1 500000")
    await town.staff.presses("بله، برگردان")
    made = await town.staff.reads("۵۰۰٬۰۰۰ تومان برگردانده شد")
    assert "امتیاز برگشته: ۱۰ امتیاز" in made
    assert "بدهی تازه: ۴۰ امتیاز" in made
    told = await emma.reads("500,000 toman of your purchase was given back")
    assert "Spent already, so now a debt: 40 points" in told
    assert "You owe 40 points; what you earn next pays this first" in told
    await emma.says("/card")
    await emma.reads("You owe 40 points; what you earn next pays this first")
    await town.staff.says(f"/member {emma.number()}")
    assert "بدهی: ۴۰ امتیاز" in await town.staff.reads("موجودی")

    await buys(town, emma, "600000 #R-2", "خرید ثبت شد: ۶۰ امتیاز")
    await emma.says("/points")
    page = await emma.reads("You have 20 points")
    assert "Paid off your debt → −40 points" in page


async def test_points_that_paid_come_back_and_a_mission_falls(town: Town) -> None:
    sara = await town.member("سارا", genres=("شعر",))
    await buys(town, sara, "۵۰۰ هزار #R-1", "خرید ثبت شد: ۵۰ امتیاز")
    await buys(town, sara, "۱۰۰ هزار *۳۰ #R-2", "خرید ثبت شد: ۱۰ امتیاز")
    await buys(town, sara, "۲۰۰ هزار #R-3", "خرید ثبت شد: ۲۰ امتیاز")
    await sara.says("/points")
    assert "۷۵ امتیاز دارید" in await sara.reads("امتیاز دارید")  # 5 + 80 + 20 − 30.
    await town.staff.says("/refund #R-2")
    await town.staff.presses("بله، برگردان")
    made = await town.staff.reads("۱۰۰٬۰۰۰ تومان برگردانده شد")
    assert "امتیاز خرج‌شده‌ای که به عضو برگشت: ۳۰ امتیاز" in made
    assert "پاداشی که دیگر حساب نمی‌شود: سه خرید در ماه، ۲۰ امتیاز" in made
    told = await sara.reads("از خریدتان برگردانده شد")
    assert "موجودی شما: ۷۵ امتیاز" in told
    await buys(town, sara, "۱۱۰ هزار #R-4", "خرید ثبت شد: ۱۱ امتیاز")
    await sara.says("/points")
    assert "۱۰۶ امتیاز دارید" in await sara.reads("امتیاز دارید")


async def test_one_of_several_purchases_is_chosen_or_left(town: Town) -> None:
    sara = await town.member("سارا", genres=("شعر",))
    await buys(town, sara, "۱۰۰ هزار", "خرید ثبت شد")
    await buys(town, sara, "۲۰۰ هزار", "خرید ثبت شد")
    await town.staff.says(f"/refund {sara.number()}")
    choice = await town.staff.reads("کدام خرید برگردانده شود؟")
    await town.staff.presses("۲) ۱۰۰٬۰۰۰ تومان", choice)
    asked = await town.staff.reads("۱۰۰٬۰۰۰ تومان برگردانده شود؟")
    await town.staff.presses("انصراف", asked)
    await town.staff.reads("چیزی برگردانده نشد")
    reza = await town.cashier("رضا")
    await reza.says(f"/refund {sara.number()} 5000")
    choice = await reza.reads("کدام خرید")
    await reza.presses("۱) ۲۰۰٬۰۰۰ تومان", choice)
    await reza.reads("نمی‌توانید برگردانید")


async def test_a_friends_reward_falls_with_the_purchase(town: Town) -> None:
    emma = await town.member("Emma", "en", genres=("Poetry",))
    await emma.says("/invite")
    code = (await emma.reads("start=")).split("start=")[1].split()[0]
    nima = await town.person("نیما")
    await nima.says(f"/start {code}")
    for press in ("فارسی", "می‌پذیرم", "بله"):
        await nima.presses(press)
    await nima.shares_contact()
    await nima.presses("تمام")
    await nima.reads("شمارهٔ عضویت")
    await buys(town, nima, "۱۰۰ هزار #R-1", "خرید ثبت شد")
    await emma.reads("A friend you invited has made their first purchase")
    await town.staff.says("/refund #R-1")
    await town.staff.presses("بله، برگردان")
    await town.staff.reads("با معرفی دوست، ۵ امتیاز")
    assert "Friend invited, 5 points" in await emma.reads("that had rewarded you was given back")
    await buys(town, nima, "۱۰۰ هزار #R-2", "خرید ثبت شد")
    await emma.reads("A friend you invited has made their first purchase")
