"""The messenger at its worst: in haste, away, slow and broken. Nobody is lost or told twice."""

from pathlib import Path

import pytest

from tests.chaos.bots import Bot
from tests.town import Town
from tests.watching import until


async def test_joining_and_buying_under_the_strictest_limits(town: Town) -> None:
    await town.faults(limits={"burst": 1, "retry_after_s": 1})
    sara = await town.member("سارا", genres=("فانتزی",))
    await town.staff.says(f"/purchase {sara.number()} 250000 #R-1")
    await town.staff.reads("خرید ثبت شد")
    await sara.reads("موجودی شما: ۳۰ امتیاز")
    counts = await town.counts()
    assert any("Too Many Requests" in refusal for refusal in counts["refused"]), counts["refused"]
    assert counts["repeats"]["count"] == 0, "what was refused for haste is sent where it stands"
    assert (await town.book()).transfers == 2


async def test_an_outage_in_the_middle_of_joining(town: Town) -> None:
    sara = await town.person("سارا")
    await town.faults(outage={"for_s": 2})
    await sara.says("/start")
    await sara.presses("فارسی")
    await sara.presses("می‌پذیرم")
    await sara.presses("بله")
    await sara.shares_contact()
    await sara.presses("تمام")
    await sara.reads("شمارهٔ عضویت")
    assert (await town.counts())["repeats"]["count"] == 0


async def test_a_slow_and_broken_messenger(town: Town) -> None:
    await town.faults(
        {"kind": "502", "when": "before", "share": 0.2},
        {"kind": "delay", "method": "*", "delay_ms": [1, 40]},
        seed=7,
    )
    daniel = await town.member("Daniel", "en", genres=("Fantasy",))
    await town.staff.says(f"/purchase {daniel.number()} 250000 #R-1")
    await daniel.reads("30 points")
    assert (await town.book()).transfers == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_dead_proxy_is_named(closed_town: Town, tmp_path: Path) -> None:
    proxy = {"HTTP_PROXY_URL": "http://club:p%40ss@127.0.0.1:9"}
    bot = Bot(closed_town.bot.settings | proxy, tmp_path / "club")
    await bot.started()

    async def told() -> bool:
        return any("the proxy 127.0.0.1:9 does not answer" in line for line in bot.lines())

    await until(told)
    await bot.stopped()
    (line,) = bot.lines()
    assert "action=messenger_away" in line
    assert "Connection refused" in line


async def test_a_killed_program_travels_on_to_where_it_was_sent(closed_town: Town) -> None:
    town = closed_town
    town.bot.settings["TIME_TRAVEL"] = "1"
    await town.bot.started()
    await town.staff.says("/clock +60d")
    await town.staff.reads("جلو می‌رود")
    await town.bot.killed()
    await town.bot.started()
    await town.staff.reads("کارهای میان راه انجام شد")
    await town.staff.says("/clock +1d")
    await town.staff.reads("جلو می‌رود")
    await town.staff.reads("کارهای میان راه انجام شد")
