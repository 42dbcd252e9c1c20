"""`bashgah campaign`, as its operator types it beside a club that may run."""

import csv
from pathlib import Path

import pytest
from typer.testing import Result

from club.letters import LetterState
from club.members import number_of
from tests.bot import operator
from tests.services.promoting import Room


async def running(room: Room) -> None:
    """A promotion for four members, two of whom have it."""
    await room.members(4)
    await room.launched()
    await room.end(1, LetterState.SENT, 2)


def typed(*arguments: str) -> Result:
    return operator.typed("campaign", *arguments)


def test_the_list_tells_how_far_each_has_come(url: str) -> None:
    operator.played(url, running)
    heads, line = typed("list").output.splitlines()
    assert " ".join(heads.split()) == "ID State Started Letters Sent Waiting Pressed Left"
    assert " ".join(line.split()) == "1 running 2025-10-04 12:00:00 4 2 2 0 0"


def test_one_is_shown_paused_resumed_and_cancelled(url: str) -> None:
    operator.played(url, running)
    shown = typed("show", "1").output
    for said in ("Campaign 1: running", "Audience: everybody", "Letters: 4, waiting 2", "sent 2"):
        assert said in shown
    for change, said in (
        ("pause", "Campaign 1 is paused; 2 letters wait.\n"),
        ("pause", "Campaign 1 is paused; 2 letters wait.\n"),
        ("resume", "Campaign 1 is running; 2 letters wait.\n"),
        ("cancel", "Campaign 1 is cancelled; at most 2 letters are thrown away.\n"),
    ):
        done = typed(change, "1")
        assert (done.exit_code, done.output) == (0, said)
    for change in ("pause", "resume"):
        late = typed(change, "1")
        assert late.exit_code == 1
        assert late.stderr == "Campaign 1 is cancelled: nothing was changed.\n"

    async def logged(room: Room) -> None:
        done = ["promo_pause", "promo_resume", "promo_cancel"]
        assert (await room.logged())[2:] == [(0, action) for action in done]

    operator.played(url, logged)


def test_one_that_was_not_started_throws_no_letters_away(url: str) -> None:
    async def begun(room: Room) -> None:
        await room.drafted()

    operator.played(url, begun)
    assert typed("cancel", "1").output == "Campaign 1 is cancelled.\n"


@pytest.mark.parametrize("command", ["show", "pause", "resume", "cancel", "report"])
def test_what_never_was_is_named(url: str, command: str) -> None:
    done = typed(command, "9")
    assert (done.exit_code, done.stderr) == (1, "There is no campaign 9.\n")


@pytest.mark.parametrize("members", [0, 1])
def test_a_report_without_letters_says_why(url: str, members: int) -> None:
    async def begun(room: Room) -> None:
        await room.members(members)
        await (room.drafted() if members else room.launched())

    operator.played(url, begun)
    why = "It was not started" if members else "Nobody was meant when it started"
    told = typed("report", "1").output
    assert why in told
    assert "It took" not in told


def test_the_report_and_its_table(url: str, tmp_path: Path) -> None:
    operator.played(url, running)
    told = typed("report", "1")
    assert told.exit_code == 0
    assert "In fa: sent 2" in told.output
    printed = list(csv.DictReader(typed("report", "1", "--csv").output.splitlines()))
    assert [row["member"] for row in printed] == [number_of(one) for one in range(1, 5)]
    assert [row["end"] for row in printed] == ["sent", "sent", "waiting", "waiting"]
    file = tmp_path / "people.csv"
    assert typed("report", "1", "--csv", str(file)).output == f"4 rows were written to {file}.\n"
    with file.open(encoding="utf-8-sig", newline="") as table:
        assert list(csv.DictReader(table)) == printed
    without = typed("report", "1", str(file))
    assert without.exit_code == 2
    assert "--csv FILE" in without.stderr
    nowhere = typed("report", "1", "--csv", str(tmp_path / "no" / "people.csv"))
    assert (nowhere.exit_code, "cannot be used" in nowhere.stderr) == (2, True)
