"""Stories wait for what happens, and never for time to pass."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TOLD_BY = ("town", "people", "chats", "door", "program", "forks")
SLEEP = re.compile(r"\bsleep\b")


def test_nobody_sleeps_in_a_story() -> None:
    files = [*TESTS.glob("journeys/*.py"), *(TESTS / f"{name}.py" for name in TOLD_BY)]
    assert len(files) > 10, "the stories are here"
    assert [file.name for file in files if SLEEP.search(file.read_text())] == []


def test_a_sleep_is_seen() -> None:
    assert SLEEP.search("await asyncio.sleep(1)")
    assert SLEEP.search("from time import sleep as nap")
    assert not SLEEP.search("asleep = True")
