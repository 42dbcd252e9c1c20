"""What docs/programme.md says of the life of points is what the program reckons."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from club.expiry import expiry_of
from tests.house.test_programme_docs import PAGE, read

LIFE = re.compile(r"```toml\n([^`]*)```\n\n\| given on [^\n]*\n\|[-|]*\|\n((?:\|[^\n]*\n)+)")
ROW = re.compile(r"^\| (\S+) \| (\S+) \|$", re.MULTILINE)
TEHRAN = ZoneInfo("Asia/Tehran")
ROWS = [(example, *row) for example, table in LIFE.findall(PAGE) for row in ROW.findall(table)]


@pytest.mark.parametrize(("example", "given", "through"), ROWS)
def test_points_count_through_the_day_that_is_written(
    example: str, given: str, through: str
) -> None:
    programme = read(example)
    noon = datetime.fromisoformat(given).replace(hour=12, tzinfo=TEHRAN)
    ends = expiry_of(noon, programme.expiry, programme.club.calendar, programme.zone)
    assert ends is not None
    assert (ends.astimezone(TEHRAN) - timedelta(seconds=1)).date().isoformat() == through


def test_every_model_has_an_example() -> None:
    assert {read(example).expiry.model for example, _, _ in ROWS} == {
        "age",
        "period_end",
        "inactivity",
    }
