"""Up a ladder with purchases and friends, down it through weeks without, and held by hand."""

from pathlib import Path

import pytest

from tests.journeys.test_notices import travel
from tests.people import Person
from tests.town import ROOT, Town

MONTHLY = (
    ('over = "year"\ndemotion = "period_end"', 'over = { days = 30 }\ndemotion = "continuous"'),
    ("grace_days = 14\nwarn_days = 30", "grace_days = 10\nwarn_days = 5"),
    ("from = 10\n", "from = 2\n"),
)


@pytest.fixture
async def monthly_town(closed_town: Town, tmp_path: Path) -> Town:
    """The bookshop, where two purchases in thirty days make a VIP."""
    programme = (ROOT / "programme.toml").read_text(encoding="utf-8")
    for old, new in MONTHLY:
        assert old in programme, "the demo has what the story changes"
        programme = programme.replace(old, new, 1)
    file = tmp_path / "monthly.toml"
    file.write_text(programme, encoding="utf-8")
    closed_town.bot.settings |= {"TIME_TRAVEL": "1", "PROGRAMME": str(file)}
    await closed_town.bot.started()
    return closed_town


async def buys(town: Town, person: Person, receipt: str) -> None:
    """A purchase of 100,000 toman at the till."""
    await town.staff.says(f"/purchase {person.number()} 100000 #{receipt}")
    await town.staff.reads(receipt)


async def test_up_and_down_a_ladder_in_both_languages(monthly_town: Town) -> None:
    town = monthly_town
    sara, john = await town.member("سارا"), await town.member("John", "en")
    for person in (sara, john):
        await buys(town, person, f"A{person.number()}")
        assert person.heard("VIP") == person.heard("سطح ویژه") == []
        await buys(town, person, f"B{person.number()}")
    reached = await sara.reads("به سطح ویژه رسیدید")
    assert "از هر خرید یک‌پنجم امتیاز بیشتر" in reached
    assert "You have reached the tier VIP" in await john.reads("VIP")
    await john.says("/levels")
    shown = await john.reads("Your levels")
    assert "Regulars: VIP" in shown
    assert "Purchases: 2 of 10 → 16 of 80" in shown.replace("\n", "")
    assert "If nothing changes: Guest on" in shown
    assert "To keep VIP: 2 purchases" in shown
    await sara.says("/card")
    assert "برای نگه داشتن سطح ویژه: ۲ خرید" in await sara.reads("اگر چیزی تغییر نکند")

    await travel(town, "+37d")
    assert "تا آن روز: ۲ خرید" in await sara.reads("سطح ویژه شما رو به پایان است")
    assert "To keep VIP, before that: 2 purchases" in await john.reads("VIP is about to end")
    await buys(town, john, "C1")
    await buys(town, john, "C2")
    await travel(town, "+6d")
    assert "سطح شما اکنون مهمان است" in await sara.reads("در مهلتش فراهم نشد")
    assert john.heard("Your tier is now") == []

    await town.staff.says(f"/member {sara.number()}")
    card = await town.staff.reads("تغییرهای سطح")
    assert "ویژه ← مهمان، نگه نداشت" in card
    assert "مهمان ← ویژه، رسید" in card


async def test_a_tier_kept_by_hand(monthly_town: Town) -> None:
    town = monthly_town
    sara = await town.member("سارا")
    await town.staff.says(f"/floor {sara.number()} diamond دوست قدیمی")
    assert "silver" in await town.staff.reads("هیچ نردبانی سطح")
    await town.staff.says(f"/floor {sara.number()} gold")
    await town.staff.reads("دستور کامل نیست")
    await town.staff.says(f"/floor {sara.number()} gold دوست قدیمی")
    await town.staff.reads("دیگر از سطح طلایی پایین‌تر نمی‌رود")
    await sara.reads("به سطح طلایی رسیدید")
    await sara.says("/levels")
    assert "دست‌کم سطح طلایی" in await sara.reads("سطح‌های شما")
    await town.staff.says(f"/member {sara.number()}")
    assert "عضو ← طلایی، دستی (دوست قدیمی)" in await town.staff.reads("تغییرهای سطح")
    reza = await town.cashier("رضا")
    await reza.says(f"/floor {sara.number()} member چرا")
    await reza.reads("مدیر")
    await town.staff.says(f"/floor {sara.number()} member دیگر نه")
    await sara.reads("باشگاه دیگر سطح طلایی را برایتان نگه نمی‌دارد")


async def test_a_purchase_given_back_takes_the_tier_that_rested_on_it(town: Town) -> None:
    sara = await town.member("Sara", "en")
    await town.staff.says(f"/purchase {sara.number()} 5000000 #R-1")
    recorded = await town.staff.reads("R-1")
    await sara.reads("reached the tier Silver")
    await town.staff.presses("برگرداندن", recorded)
    told = await sara.reads("Your tier is now Member")
    assert "Silver rested on a purchase that was given back" in told
