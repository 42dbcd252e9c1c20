"""What docs/programme.md says of promotions is what the club decides."""

import re
from datetime import datetime

import pytest

from club.letters import LetterState
from tests.house.test_programme_docs import PAGE, read

SECTION = PAGE.partition("\n## Promotions\n")[2].partition("\n## ")[0]
(EXAMPLE,) = re.findall(r"```toml\n([^`]*)```", SECTION)
MOMENT = r"(\d{4}-\d\d-\d\d \d\d:\d\d)"
GOES = re.findall(rf"^\| {MOMENT} \| {MOMENT} \|$", SECTION, re.MULTILINE)
STOPS = re.findall(
    r"^\| (\d+) \| (\d+) \| (\d+) \| (?:goes on|stops: (\w+)) \|$", SECTION, re.MULTILINE
)


@pytest.mark.parametrize(("moment", "goes"), GOES)
def test_a_promotion_goes_when_it_is_written(moment: str, goes: str) -> None:
    programme = read(EXAMPLE)
    quiet = programme.promotions.quiet
    assert quiet is not None
    asked, expected = (
        datetime.fromisoformat(text).replace(tzinfo=programme.zone) for text in (moment, goes)
    )
    assert (quiet.end_after(asked, programme.zone) or asked) == expected


@pytest.mark.parametrize(("sent", "blocked", "failed", "why"), STOPS)
def test_a_promotion_stops_when_it_is_written(
    sent: str, blocked: str, failed: str, why: str
) -> None:
    counts = {
        LetterState.SENT: int(sent),
        LetterState.UNREACHABLE: int(blocked),
        LetterState.FAILED: int(failed),
    }
    assert (read(EXAMPLE).promotions.stop(counts) or "") == why


def test_the_page_says_both() -> None:
    assert len(GOES) == 4
    assert {why for *_, why in STOPS} == {"", "blocked", "failed"}
