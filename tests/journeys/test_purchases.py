"""From the till to the card: recorded, repeated, altered, undone; eight cashiers at once."""

import asyncio

from tests.town import Town


async def test_a_purchase_recorded_repeated_altered_and_undone(town: Town) -> None:
    reza = await town.cashier("رضا")
    sara = await town.member("سارا", genres=("فانتزی",))
    number = sara.number()

    await reza.says(f"/purchase {number} ۲۵۰ هزار تاریخ #R-1")
    recorded = await reza.reads()
    assert "خرید ثبت شد: ۲۵ امتیاز" in recorded
    assert "۲۵ امتیاز برای خرید ۲۵۰٬۰۰۰ تومان" in await sara.reads()
    await sara.says("/card")
    assert "سارا: ۳۰ امتیاز" in await sara.reads()

    await reza.says(f"/purchase {number} 250,000 تاریخ #R-1")
    assert "این رسید پیش‌تر ثبت شده است" in await reza.reads()
    await reza.says(f"/purchase {number} 300000 #R-1")
    assert "۲۵۰٬۰۰۰ تومان" in await reza.reads()

    await reza.presses("برگرداندن", recorded)
    await sara.reads("موجودی شما: ۵ امتیاز")
    await reza.says(f"/purchase {number} 300000 #R-1")
    await reza.reads("خرید ثبت شد: ۳۰ امتیاز")
    await sara.says("/card")
    await sara.reads("سارا: ۳۵ امتیاز")
    assert (await town.book()).transfers == 4


async def test_a_purchase_in_english_by_phone(town: Town) -> None:
    reza = await town.cashier("رضا")
    daniel = await town.member("Daniel", "en", genres=("Fantasy",))
    await reza.says(f"/purchase {daniel.phone} 1.2m")
    assert "خرید ثبت شد: ۱۲۰ امتیاز" in await reza.reads()
    assert "120 points for your purchase of 1,200,000 toman" in await daniel.reads()


async def test_the_same_amount_without_receipt_asks_first(town: Town) -> None:
    reza = await town.cashier("رضا")
    sara = await town.member("سارا", genres=("شعر",))
    await reza.says(f"/purchase {sara.number()} 100000")
    assert "خرید ثبت شد" in await reza.reads()
    await reza.says(f"/purchase {sara.number()} 100000")
    assert "خرید ثبت شد" not in await reza.reads()
    await reza.presses("بله، دوباره ثبت کن")
    await reza.reads("خرید ثبت شد")
    assert len(reza.heard("خرید ثبت شد")) == 2
    assert (await town.book()).transfers == 3


async def test_eight_cashiers_record_the_same_receipt_at_once(town: Town) -> None:
    sara = await town.member("سارا", genres=("شعر",))
    names = ("آرش", "بابک", "پری", "ترانه", "جمشید", "دارا", "رها", "زهره")
    cashiers = [await town.cashier(name) for name in names]
    command = f"/purchase {sara.number()} 100000 #R-8"
    await asyncio.gather(*(cashier.says(command) for cashier in cashiers))
    for _ in cashiers:
        await town.staff.reads("R-8")
    assert len(town.staff.heard("R-8")) == 8
    assert (await town.book()).transfers == 2


WRONG_CALLS = (
    ("/purchase", "شمارهٔ"),
    ("/purchase 123", "/purchase"),
    ("/purchase 100017 100000", "رقم"),
    ("/purchase {number} هیچ", "مبلغ"),
    ("/purchase {number} 100000 آشپزی", "آشپزی"),
    ("/adjust {number} 5", "/adjust"),
    ("/adjust {number} -500 اشتباه", "۵ امتیاز"),
    ("/member 09120000000", "پیدا نشد"),
    ("/promo آشپزی", "آشپزی"),
)


async def test_a_wrong_call_is_answered_with_how_it_is_done(town: Town) -> None:
    sara = await town.member("سارا", genres=("شعر",))
    for command, said in WRONG_CALLS:
        await town.staff.says(command.format(number=sara.number()))
        assert said in await town.staff.reads(), command
    assert (await town.book()).transfers == 1


async def test_who_has_no_role_is_refused(town: Town) -> None:
    reza = await town.colleague("رضا")
    sara = await town.member("سارا", genres=("شعر",))
    await reza.says(f"/purchase {sara.number()} 100000 #R-1")
    assert "نقش" in await reza.reads()
    assert (await town.book()).transfers == 1


async def test_the_group_becomes_a_supergroup(town: Town) -> None:
    sara = await town.member("سارا", genres=("شعر",))
    await town.staff_group_grows()
    await town.staff.says(f"/member {sara.number()}")
    assert "سارا" in await town.staff.reads()
