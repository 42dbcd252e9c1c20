"""A promotion that its operator steers from the command line, beside the running program."""

import csv

import pytest

from tests.journeys.test_promotions import CROWD, SLOWLY, crowd, ends, send_to_crowd
from tests.town import Town
from tests.watching import until


@pytest.fixture
async def town(closed_town: Town) -> Town:
    """A town in which letters leave slowly."""
    closed_town.bot.settings["SENDS_PER_SECOND"] = SLOWLY
    await closed_town.bot.started()
    return closed_town


async def test_paused_resumed_and_reported(town: Town) -> None:
    people = await crowd(town)
    await send_to_crowd(town, "New books")
    await people[2].reads("New books")
    paused = await town.bot.command("campaign", "pause", "1")
    assert (paused.exit_code, "Campaign 1 is paused" in paused.output) == (0, True), paused

    async def nothing_is_in_hand() -> bool:
        counted = await ends(town)
        return counted["claimed"] + counted["sending"] == 0

    await until(nothing_is_in_hand)
    assert (await ends(town))["pending"] > 0
    await town.staff.sees("ادامه بده")
    listed = await town.bot.command("campaign", "list")
    assert "paused" in listed.output, listed
    resumed = await town.bot.command("campaign", "resume", "1")
    assert resumed.exit_code == 0, resumed
    await town.staff.reads("ارسال تمام شد")
    assert all(len(person.heard("New books")) == 1 for person in people)
    report = await town.bot.command("campaign", "report", "1", "--csv")
    rows = list(csv.DictReader(report.output.splitlines()))
    assert [row["end"] for row in rows] == ["sent"] * CROWD
    counted = await town.bot.command("letters")
    assert "Nothing went wrong that was not seen to." in counted.output, counted


async def test_cancelled_in_the_middle_the_rest_is_left_out(town: Town) -> None:
    people = await crowd(town)
    await send_to_crowd(town, "New books")
    await people[2].reads("New books")
    cancelled = await town.bot.command("campaign", "cancel", "1")
    assert cancelled.exit_code == 0, cancelled
    await town.staff.reads("لغو شد")

    async def all_have_ended() -> bool:
        counted = await ends(town)
        return counted["sent"] + counted["skipped"] == CROWD

    await until(all_have_ended)
    counted = await ends(town)
    assert sum(bool(person.heard("New books")) for person in people) == counted["sent"]
    late = await town.bot.command("campaign", "resume", "1")
    assert (late.exit_code, late.errors) == (1, "Campaign 1 is cancelled: nothing was changed.\n")
