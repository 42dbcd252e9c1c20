"""The import command, as its operator meets it: refusals, choices, and what it says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.town import ROOT, Town

START = datetime(2018, 9, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def films(closed_town: Town) -> Town:
    """A town with the film shop's programme, in September 2018; the program does not run yet."""
    closed_town.bot.settings |= {
        "PROGRAMME": str(ROOT / "examples/film-shop.toml"),
        "CLOCK_START": START.isoformat(),
    }
    return closed_town


BAD_ROWS = (
    ("film-1,film-9,2018-09-01T10:00:00Z,X,Fantasy,abc", "line 2"),
    ("film-1,film-9,2018-99-01,X,Fantasy,1.00", "line 2"),
    ("film-1,film-9,2018-09-01T10:00:00Z,X,Cooking,1.00", "Cooking"),
)


async def test_a_bad_row_is_named_and_nothing_is_imported(films: Town, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    good = "film-2,film-9,2018-09-01T10:00:00Z,X,Fantasy,1.00"
    for bad, said in BAD_ROWS:
        file.write_text(f"receipt,customer,at,title,genres,amount\n{bad}\n{good}\n")
        done = await films.bot.command("import", "purchases", str(file), "--source", "film")
        assert (done.exit_code, "Nothing was imported" in done.errors) == (1, True), done
        assert said in done.errors
        book = await films.book()
        assert (book.transfers, book.members) == (0, 0)


async def test_bad_rows_are_left_out_when_asked_for(films: Town, tmp_path: Path) -> None:
    file = tmp_path / "mixed.csv"
    good = "film-2,film-9,2018-09-01T10:00:00Z,X,Fantasy,120.00"
    small = "film-3,film-8,2018-09-02T10:00:00Z,Y,,0.01"
    bad = [row for row, _ in BAD_ROWS]
    file.write_text("\n".join(["receipt,customer,at,title,genres,amount", *bad, good, small]))
    arguments = ("import", "purchases", str(file), "--source", "film", "--skip-bad")
    told = "2 purchases of 2 customers (2 new) {} 1,200 points; 1 purchases {} too"
    foreseen = await films.bot.command(*arguments, "--dry-run")
    assert told.format("would bring", "would be") in foreseen.output, foreseen
    assert "1 customers would stand on another tier" in foreseen.output
    assert (await films.book()).transfers == 0
    done = await films.bot.command(*arguments)
    assert done.exit_code == 0, done
    assert told.format("brought", "were") in done.output, done
    assert "3 bad rows were left out" in done.output
    for line, said in ((2, "amount"), (3, "at"), (4, "Cooking")):
        assert f"line {line}" in done.errors
        assert said in done.errors
    assert (await films.book()).transfers == 1
