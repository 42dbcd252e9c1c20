"""What members do for the club: friends, a birthday, a review, a visit a day; in both languages."""

import re
from datetime import timedelta

import pytest

from tests.chats import Said
from tests.people import Person
from tests.town import Town, noon

LEAP_YEAR = 1992  # Any day of this year's is one of its days, too.
WORDS = {
    "fa": ("فارسی", "می‌پذیرم", "بله", "تمام", "شمارهٔ عضویت"),
    "en": ("English", "I agree", "Yes", "Done", "member number"),
}


@pytest.fixture
async def travelling_town(closed_town: Town) -> Town:
    """The demo bookshop, where the owner may move the clock."""
    closed_town.bot.settings["TIME_TRAVEL"] = "1"
    await closed_town.bot.started()
    return closed_town


async def joins(person: Person, code: str, language: str) -> None:
    """All the way in, by a friend's link."""
    mine, agree, yes, done, number = WORDS[language]
    await person.says(f"/start {code}")
    await person.presses(mine)
    await person.presses(agree)
    await person.presses(yes)
    await person.shares_contact()
    await person.presses(done)
    await person.reads(number)


def code_in(invitation: Said) -> str:
    """The code of the link that an invitation shows."""
    found = re.search(r"https://t\.me/\w+\?start=(r_[\w-]+)", invitation)
    assert found, invitation
    return found.group(1)


def share_of(invitation: Said) -> str:
    """Where its share button leads."""
    url: str = invitation.message["reply_markup"]["inline_keyboard"][0][0]["url"]
    return url


async def test_a_friend_is_brought_buys_and_rewards_both(town: Town) -> None:
    reza = await town.cashier("رضا")
    sara = await town.member("سارا")
    await sara.says("/invite")
    empty = await sara.reads("دوستانتان را به باشگاه بیاورید")
    assert "نخستین خریدش را انجام دهد، ۵ امتیاز به شما و ۵ امتیاز به او" in empty
    assert "هنوز کسی با پیوند شما نیامده" in empty
    code = code_in(empty)
    assert share_of(empty).startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2F")

    nima = await town.person("نیما")
    await joins(nima, code, "fa")
    await sara.says("/invite")
    joined = await sara.reads("۱ دوست آمده")
    assert "نیما، عضو از" in joined
    assert "هنوز خریدی نکرده" in joined

    await reza.says(f"/purchase {nima.number()} 250000")
    await nima.reads("برای نخستین خریدتان با دعوت یک دوست")
    await sara.reads("دوستی که دعوت کردید نخستین خریدش را انجام داد")
    await sara.presses("دعوت از دوستان")
    bought = await sara.reads("دوستانتان را به باشگاه بیاورید")
    assert "۵ امتیاز برایتان آورده" in bought
    assert "نخستین خرید انجام شد" in bought
    await reza.says(f"/purchase {nima.number()} 300000")
    await nima.reads("برای خرید ۳۰۰٬۰۰۰ تومان")
    await sara.says("/points")
    assert "دعوت یک دوست ←" in await sara.reads()
    assert len(sara.heard("نخستین خریدش را انجام داد")) == 1


async def test_invitations_that_do_not_count_say_why(town: Town) -> None:
    emma, liam = await town.member("Emma", "en"), await town.member("Liam", "en")
    await emma.says("/invite")
    hers = code_in(await emma.reads("Bring your friends"))
    await liam.says("/invite")
    his = code_in(await liam.reads("Bring your friends"))
    await emma.says(f"/start {hers}")
    await emma.reads("This is your own link")
    await emma.says(f"/start {his}")
    await emma.reads("for somebody who has not joined yet")

    noah = await town.person("Noah", "en")
    await noah.says("/start r_nobody")
    assert "belongs to no member" in await noah.reads()
    await noah.says(f"/start {hers}")
    await noah.reads("Welcome")
    await noah.says(f"/start {his}")
    assert "The first one counts" in await noah.reads("another friend")
    await joins(noah, hers, "en")
    await emma.says("/invite")
    assert "Noah, joined on" in await emma.reads("1 friend has come")
    await liam.says("/invite")
    assert "Nobody has come by your link yet" in await liam.reads("Bring your friends")


async def test_a_birthday_is_told_and_greeted_once(travelling_town: Town) -> None:
    town = travelling_town
    soon = noon().date() + timedelta(days=20)
    sara = await town.member("سارا")
    await sara.presses("ثبت تولد")
    await sara.reads("تولدتان چه روزی است")
    await sara.says("سیزده به در")
    await sara.reads("نتوانستم بخوانم: سیزده به در")
    await sara.says(f"{LEAP_YEAR}-{soon.month:02}-{soon.day:02}")
    await sara.reads("ثبت شد")
    await sara.says("/settings")
    assert "تولد:" in await sara.reads("تنظیمات شما")

    await town.staff.says("/clock +30d")
    await sara.reads("تولدتان مبارک", within_s=60)
    await town.staff.reads("کارهای میان راه انجام شد", within_s=60)
    await sara.says("/points")
    page = await sara.reads()
    assert "هدیهٔ تولد" in page
    assert "سر زدن به باشگاه" in page, "the first word on a later day"
    await sara.says("/card")
    assert "+۱ امتیاز برای سر زدن" in await sara.reads()
    assert len(sara.heard("تولدتان مبارک")) == 1


async def test_a_purchase_is_reviewed_once_and_staff_read_it(town: Town) -> None:
    emma = await town.member("Emma", "en")
    await town.staff.says(f"/purchase {emma.number()} 250000 #R-7")
    receipt = await emma.reads("Receipt: R-7")
    await emma.presses("Review", receipt)
    assert "purchase of 250,000 toman" in await emma.reads()
    await emma.presses("⭐⭐⭐⭐")
    await emma.reads("Write a few words")
    await emma.says("Quick and <friendly>")
    kept = await emma.reads("The shop has your review with 4 stars")
    assert "+5 points" in kept
    told = await town.staff.reads("نظر یک عضو: ۴ ستاره از ۵")
    assert "Quick and <friendly>" in told
    await emma.presses("Review", receipt)
    assert "reviewed this purchase already" in await emma.reads()
    await emma.says("/review")
    assert "No purchase waits" in await emma.reads()
