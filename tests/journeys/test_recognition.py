"""Customers from before the club are known by a phone they prove, or by a link they open."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.people import Person
from tests.town import Town

HEADER = "receipt,customer,at,amount,phone\n"


async def bring(town: Town, folder: Path, *purchases: str) -> None:
    """The operator imports purchases of before, while the club is open."""
    file = folder / "past.csv"
    file.write_text(HEADER + "".join(f"{row}\n" for row in purchases))
    done = await town.bot.command("import", "purchases", str(file), "--source", "shop")
    assert done.exit_code == 0, done


async def joins_without_phone(town: Town, name: str) -> Person:
    """Somebody who keeps the phone to themself at first."""
    person = await town.person(name, "en")
    await person.says("/start")
    await person.presses("English")
    await person.presses("I agree")
    await person.presses("Yes")
    await person.taps("Not now")
    await person.presses("Done")
    await person.reads("member number")
    return person


async def test_who_proves_the_phone_while_joining_has_what_they_had(
    town: Town, tmp_path: Path
) -> None:
    sara = await town.person("سارا")
    await bring(
        town,
        tmp_path,
        f"r-1,c-7,{day(40)},2000000,{sara.phone}",
        f"r-2,c-7,{day(10)},3500000,{sara.phone}",
    )
    await sara.says("/start")
    await sara.presses("فارسی")
    await sara.presses("می‌پذیرم")
    await sara.presses("بله")
    await sara.shares_contact()
    assert "۵۵۰ امتیاز" in await sara.reads("ما شما را می‌شناسیم")
    await sara.presses("بله، منم")
    assert "نقره‌ای" in await sara.reads("۵۵۰ امتیاز از پیش، اکنون از آنِ شماست")
    await sara.presses("فانتزی")
    await sara.presses("تمام")
    await sara.reads("شمارهٔ عضویت شما")
    await sara.says("/points")
    assert "از پیش از باشگاه" in await sara.reads("۵۵۵ امتیاز دارید")
    await town.staff.says(f"/member {sara.phone}")
    await town.staff.reads("سارا")
    await town.staff.says("/code c-7")
    await town.staff.reads("عضویت شمارهٔ")


async def test_a_member_sees_both_balances_and_may_say_no(town: Town, tmp_path: Path) -> None:
    kim = await joins_without_phone(town, "Kim")
    lee = await joins_without_phone(town, "Lee")
    await bring(
        town,
        tmp_path,
        f"r-1,c-1,{day(30)},1000000,{kim.phone}",
        f"r-2,c-2,{day(20)},700000,",
    )
    await kim.says("/settings")
    await kim.presses("Add my phone")
    await kim.shares_contact()
    card = await kim.reads("Is this customer from before the club you?")
    assert "The customer has: 100 points" in card
    assert "You have: 0 points" in card
    await kim.presses("No, that is not me")
    await kim.reads("that is somebody else")
    await town.staff.reads("Kim مشتری")
    await town.staff.says("/code c-2")
    made = await town.staff.reads("?start=")
    await lee.says(f"/start {made.partition('?start=')[2].split()[0]}")
    assert "70 points" in await lee.reads("Is this customer from before the club you?")
    await lee.presses("Yes, that is me")
    await lee.reads("70 points from before are yours now")
    await lee.says("/points")
    await lee.reads("You have 70 points")
    await kim.says("/points")
    await kim.reads("You have 0 points")


def day(ago: int) -> str:
    """A day before the club's today, as files write it."""
    return (datetime.now(UTC) - timedelta(days=ago)).date().isoformat()


async def test_a_member_is_asked_when_a_later_file_has_their_phone(
    town: Town, tmp_path: Path
) -> None:
    nima = await town.member("نیما", genres=("فانتزی",))
    await bring(town, tmp_path, f"r-1,c-1,{day(30)},1000000,{nima.phone}")
    card = await nima.reads("شمارهٔ تلفن شما نزد یکی از مشتریان ما هم هست")
    assert "آن مشتری دارد: ۱۰۰ امتیاز" in card
    await nima.presses("بله، منم")
    await nima.reads("۱۰۰ امتیاز از پیش، اکنون از آنِ شماست")
