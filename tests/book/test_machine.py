"""Whatever is done with points, the book says what the model says, and proves itself after it.

Failures found before are tried again first; the seed is printed, and BOOK_SEED repeats a run.
`make chaos` sets BOOK_STEPS: so many at least, on each database.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import randbits
from sys import stdout
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.book.machine import Book
from tests.conftest import FAMILIES, ask, sibling

STEPS = int(os.environ.get("BOOK_STEPS", "200"))
SEED = int(os.environ.get("BOOK_SEED") or randbits(32))  # The next round has the next one.
SETTINGS = settings(
    max_examples=max(8, STEPS // 100),
    stateful_step_count=50,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(params=FAMILIES)
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes an empty database, as often as it is asked; the one before is gone then."""
    if request.param == "sqlite":
        migrated: Path = request.getfixturevalue("migrated_sqlite")
        yield lambda: f"sqlite:///{_copied(migrated, tmp_path)}"
        return
    server: str = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("migrated_postgres")
    name = f"book_{uuid4().hex}"
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"

    def created() -> str:
        ask(server, drop, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return sibling(server, name)

    yield created
    ask(server, drop)


def _copied(migrated: Path, folder: Path) -> Path:
    for old in folder.glob("club.sqlite*"):
        old.unlink()
    return Path(shutil.copy(migrated, folder / "club.sqlite"))


def test_the_book_says_what_the_model_says(new_database: Callable[[], str]) -> None:
    class Run(Book):
        url = staticmethod(new_database)
        steps = 0

    rounds = 0
    while Run.steps < STEPS:
        stdout.write(f"BOOK_SEED={SEED + rounds}\n")
        run_state_machine_as_test(seed(SEED + rounds)(Run), settings=SETTINGS)
        rounds += 1
        stdout.write(f"{Run.steps} steps\n")
