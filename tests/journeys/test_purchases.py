"""From the till to the card: recorded, repeated, altered, undone; eight cashiers at once."""

import asyncio

import pytest

from tests.town import Person, Town


async def cashier(town: Town) -> Person:
    """Reza, made a cashier by the owner's reply to a message of his."""
    maryam = await town.known("maryam", in_group=True)
    reza = await town.known("reza", in_group=True)
    spoken = await reza.says("سلام")
    await maryam.says("/staff cashier", reply_to_message_id=spoken["message_id"])
    await maryam.reads("رضا")
    return reza


async def test_a_purchase_recorded_repeated_altered_and_undone(town: Town) -> None:
    reza = await cashier(town)
    sara = await town.joined("سارا", genres=("فانتزی",))
    number = await sara.number()

    await reza.says(f"/purchase {number} ۲۵۰ هزار تاریخ #R-1")
    recorded = await reza.reads("خرید ثبت شد: ۲۵ امتیاز")
    await sara.reads("۲۵ امتیاز برای خرید ۲۵۰٬۰۰۰ تومان")
    await sara.says("/card")
    await sara.reads("سارا: ۳۰ امتیاز")

    await reza.says(f"/purchase {number} 250,000 تاریخ #R-1")
    await reza.reads("این رسید پیش‌تر ثبت شده است", since=recorded)
    await reza.says(f"/purchase {number} 300000 #R-1")
    await reza.reads("۲۵۰٬۰۰۰ تومان", since=recorded)

    await reza.presses("برگرداندن", recorded)
    await sara.reads("موجودی شما: ۵ امتیاز")
    await reza.says(f"/purchase {number} 300000 #R-1")
    await reza.reads("خرید ثبت شد: ۳۰ امتیاز")
    await sara.says("/card")
    await sara.reads("سارا: ۳۵ امتیاز")
    report = town.program.command("audit")
    assert (report.returncode, report.stdout[:7]) == (0, "4 moves"), report


async def test_a_purchase_in_english_by_phone(town: Town) -> None:
    reza = await cashier(town)
    daniel = await town.joined("Daniel", "en", genres=("Fantasy",))
    await reza.says(f"/purchase {daniel.phone} 1.2m")
    await reza.reads("خرید ثبت شد: ۱۲۰ امتیاز")
    await daniel.reads("120 points for your purchase of 1,200,000 toman")


async def test_the_same_amount_without_receipt_asks_first(town: Town) -> None:
    reza = await cashier(town)
    number = await (await town.joined("سارا", genres=("شعر",))).number()
    await reza.says(f"/purchase {number} 100000")
    first = await reza.reads("خرید ثبت شد")
    await reza.says(f"/purchase {number} 100000")
    await reza.presses("بله، دوباره ثبت کن")
    await town.until("the second record", lambda: _recorded(reza, 2), reza)
    assert first
    report = town.program.command("audit")
    assert (report.returncode, report.stdout[:7]) == (0, "3 moves"), report


async def _recorded(person: Person, times: int) -> bool:
    seen = [one for one in await person.messages() if "خرید ثبت شد" in str(one.get("text"))]
    return len(seen) == times


async def test_eight_cashiers_record_the_same_receipt_at_once(town: Town) -> None:
    maryam = await town.known("maryam", in_group=True)
    number = await (await town.joined("سارا", genres=("شعر",))).number()
    cashiers = []
    for name in ("آرش", "بابک", "پری", "ترانه", "جمشید", "دارا", "رها", "زهره"):
        known = await town.post("/api/people", first_name=name, language_code="fa")
        await town.post(f"/api/groups/{town.staff_chat}", add=[known["id"]])
        person = Person(town, known, town.staff_chat)
        spoken = await person.says("سلام")
        await maryam.says("/staff cashier", reply_to_message_id=spoken["message_id"])
        await maryam.reads(f"{name} از اکنون صندوق‌دار است")
        cashiers.append(person)
    command = f"/purchase {number} 100000 #R-8"
    await asyncio.gather(*(person.says(command) for person in cashiers))
    await town.until("eight answers", lambda: _answers(maryam, "R-8", 8), maryam)
    report = town.program.command("audit")
    assert (report.returncode, report.stdout[:7]) == (0, "2 moves"), report


async def _answers(person: Person, words: str, times: int) -> bool:
    seen = [one for one in await person.messages() if words in str(one.get("text"))]
    return sum(bool(one["from"]["is_bot"]) for one in seen) == times


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/purchase", "شمارهٔ"),
        ("/purchase 123", "/purchase"),
        ("/purchase 100017 100000", "رقم"),
        ("/purchase {number} هیچ", "مبلغ"),
        ("/purchase {number} 100000 آشپزی", "آشپزی"),
        ("/adjust {number} 5", "/adjust"),
        ("/adjust {number} -500 اشتباه", "۵ امتیاز"),
        ("/member 09120000000", "پیدا نشد"),
        ("/promo", "/promo"),
    ],
)
async def test_a_wrong_call_is_answered_with_how_it_is_done(
    town: Town, command: str, said: str
) -> None:
    maryam = await town.known("maryam", in_group=True)
    number = await (await town.joined("سارا", genres=("شعر",))).number()
    await maryam.says(command.format(number=number))
    await maryam.reads(said)
    assert town.program.command("audit").stdout.startswith("1 moves")


async def test_who_has_no_role_is_refused(town: Town) -> None:
    reza = await town.known("reza", in_group=True)
    number = await (await town.joined("سارا", genres=("شعر",))).number()
    await reza.says(f"/purchase {number} 100000 #R-1")
    await reza.reads("نقش")
    assert town.program.command("audit").stdout.startswith("1 moves")


async def test_the_group_becomes_a_supergroup(town: Town) -> None:
    maryam = await town.known("maryam", in_group=True)
    number = await (await town.joined("سارا", genres=("شعر",))).number()
    moved = await town.post(f"/api/groups/{town.staff_chat}", migrate=True)
    maryam.chat_id = moved["chat"]["id"]
    await maryam.says(f"/member {number}")
    await maryam.reads("سارا")
