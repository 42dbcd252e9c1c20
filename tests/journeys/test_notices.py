"""Letters about points that will expire, through a year of the club's time."""

from pathlib import Path

from tests.town import ROOT, Town

AHEAD = "جلو می‌رود"
A_YEAR_TAKES_S = 300.0  # A thousand ticks, each with its own commits.


async def travel(town: Town, span: str) -> None:
    """Move the club's clock; wait until everything on the way is done."""
    await town.staff.says(f"/clock {span}")
    await town.staff.reads(AHEAD)
    await town.staff.reads("کارهای میان راه انجام شد", within_s=A_YEAR_TAKES_S)


async def test_points_are_announced_at_each_threshold(closed_town: Town) -> None:
    town = closed_town
    town.bot.settings["TIME_TRAVEL"] = "1"
    await town.bot.started()
    sara = await town.member("سارا")
    john = await town.member("John", "en")
    few = await town.member("Few", "en")
    await town.staff.says(f"/purchase {sara.number()} 400000 #R-1")
    await town.staff.reads("R-1")
    await town.staff.says(f"/purchase {john.number()} 100000 #R-2")
    await town.staff.reads("R-2")
    await travel(town, "+300d")
    for person in (sara, john, few):
        assert person.heard("پایان می‌رسد") == person.heard("will expire") == []
    await travel(town, "+40d")
    assert "۴۰ امتیاز" in await sara.reads("تا ۳۰ روز دیگر به پایان می‌رسد")
    assert "10 points" in await john.reads("will expire within the next 30 days")
    await travel(town, "+20d")
    await sara.reads("تا ۷ روز دیگر به پایان می‌رسد")
    await john.reads("will expire within the next 7 days")
    await travel(town, "+7d")
    await sara.reads("تا ۱ روز دیگر به پایان می‌رسد")
    await john.reads("will expire within the next 1 day")
    await travel(town, "+60d")
    assert len(sara.heard("به پایان می‌رسد")) == 3
    assert len(john.heard("will expire")) == 3
    assert few.heard("will expire") == [], "below the programme's notice_from there is no letter"


async def test_a_button_under_the_notice_opens_the_card(closed_town: Town, tmp_path: Path) -> None:
    town = closed_town
    programme = (ROOT / "programme.toml").read_text(encoding="utf-8")
    file = tmp_path / "short.toml"
    file.write_text(programme.replace("months = 12", "months = 1"), encoding="utf-8")
    town.bot.settings |= {"TIME_TRAVEL": "1", "PROGRAMME": str(file)}
    await town.bot.started()
    sara = await town.member("Sara", "en")
    await town.staff.says(f"/purchase {sara.number()} 300000 #R-1")
    await town.staff.reads("R-1")
    await travel(town, "+5d")
    await sara.reads("30 points of yours will expire within the next 30 days")
    await sara.presses("My card")
    await sara.reads("30 points")
