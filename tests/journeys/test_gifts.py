"""A gift from member to member: asked for, shown, given once, in both languages."""

from tests.journeys.test_counter import rich_member
from tests.town import Town


async def test_a_gift_is_asked_for_step_by_step_and_given_once(town: Town) -> None:
    sara, emma = await rich_member(town, "سارا"), await town.member("Emma", "en")
    await sara.says("/give")
    await sara.reads("شمارهٔ عضویت دوستتان")
    await sara.says("123")
    await sara.reads("شماره")
    await sara.says(sara.number())
    await sara.reads("این شمارهٔ خودتان است")
    await sara.says(emma.number())
    assert "امروز تا ۵۰۰ امتیاز" in await sara.reads("چند امتیاز به")
    await sara.says("۵")
    await sara.reads("دست‌کم ۱۰ امتیاز")
    await sara.says("۶۰")
    card = await sara.reads("۶۰ امتیاز به عضو")
    await town.bot.stopped()
    for _ in range(2):
        await sara.presses("هدیه بده", card)
    await sara.presses("انصراف", card)
    await town.bot.started()
    await sara.reads("رسید")
    told = await emma.reads("سارا has given you 60 points")
    assert sara.number() in told
    assert len(emma.heard("has given you")) == 1
    await sara.says("/points")
    assert "هدیه به یک عضو ← \u200e−۶۰ امتیاز" in await sara.reads("امتیاز دارید")
    await emma.says("/points")
    assert "Gift from a member → +60 points" in await emma.reads("You have")


async def test_a_gift_in_one_line_dropped_and_refused(town: Town) -> None:
    emma, sara = await rich_member(town, "Emma", "en"), await town.member("سارا")
    await emma.says(f"/give {sara.number()} 60")
    card = await emma.reads("Give 60 points to member")
    await town.bot.stopped()
    await emma.presses("Cancel", card)
    await emma.presses("Give", card)
    await town.bot.started()
    await emma.reads("Nothing was given")
    await emma.reads("This button works no longer")
    await emma.says(f"/give {sara.number()} 501")
    await emma.reads("So much cannot be given today")
    await emma.says(f"/give {sara.number()} 300")
    await emma.reads("not enough points")
    assert sara.heard("هدیه داد") == []
