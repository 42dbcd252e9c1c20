"""A promotion that its operator steers from the command line, beside the running program."""

import asyncio
import csv

import pytest

from tests.journeys.test_promotions import CROWD, SLOWLY, crowd, ends, send_to_crowd
from tests.town import Town

IN_THE_AIR = 10  # Letters that may still leave within the second that a pause may take.

SWEPT_S = 3.0


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
    sent = (await ends(town))["sent"]
    await asyncio.sleep(2)
    assert (await ends(town))["sent"] <= sent + IN_THE_AIR < CROWD
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
    await asyncio.sleep(SWEPT_S)
    counted = await ends(town)
    assert counted["sent"] + counted["skipped"] == CROWD
    assert sum(bool(person.heard("New books")) for person in people) == counted["sent"]
    late = await town.bot.command("campaign", "resume", "1")
    assert (late.exit_code, late.errors) == (1, "Campaign 1 is cancelled: nothing was changed.\n")
