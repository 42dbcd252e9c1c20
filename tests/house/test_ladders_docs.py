"""What docs/programme.md says of ladders is where the program puts people."""

import re

import pytest

from club.programme import Programme
from club.tiers import measured, settled
from tests.house.test_programme_docs import PAGE, read

EXAMPLES = re.findall(r"```toml\n([^`]*\[\[ladders\]\][^`]*)```", PAGE)
TABLE = re.compile(r"^\| on (\S+) \| stands on \|\n\|[-|]*\|\n((?:\|[^\n]*\n)+)", re.MULTILINE)
ROW = re.compile(r"^\| (.*) \| (\S+) \|$", re.MULTILINE)
ROWS = [(key, *row) for key, table in TABLE.findall(PAGE) for row in ROW.findall(table)]


def _with(key: str) -> Programme:
    """The example that has this ladder."""
    return read(next(example for example in EXAMPLES if f'key = "{key}"' in example))


@pytest.mark.parametrize(("key", "has", "tier"), ROWS)
def test_a_member_stands_where_it_is_written(key: str, has: str, tier: str) -> None:
    ladder = next(one for one in _with(key).ladders if one.key == key)
    told = dict(part.split(" ") for part in has.split(", "))
    floor = told.pop("floor", None)
    counts = {name: int(count) for name, count in told.items()}
    assert settled(ladder, floor, measured(ladder, counts)) == tier  # type: ignore[arg-type]


def test_each_table_has_rows() -> None:
    assert {key for key, _, _ in ROWS} == {"companions", "spenders"}
