"""How much is done: little in `make test`, all of it in `make chaos`, by the environment."""

import os
from random import Random
from secrets import randbits
from sys import stdout

import pytest

from tests.conftest import FAMILIES

RECIPIENTS = int(os.environ.get("CHAOS_RECIPIENTS", "300"))
KILLS = int(os.environ.get("CHAOS_KILLS", "4"))
FREEZES = int(os.environ.get("CHAOS_FREEZES", "1"))
SEED = int(os.environ.get("CHAOS_SEED") or randbits(32))
FULL = "CHAOS_RECIPIENTS" in os.environ
ON_ONE = pytest.mark.parametrize(  # In full on both: it should make no difference.
    "database_url", FAMILIES if FULL else FAMILIES[:1], indirect=True
)
RATE = 1000  # Letters a second, where the pace is not what is proven.


def dice(name: str) -> Random:
    """Dice of this run for one purpose; CHAOS_SEED repeats them."""
    return Random(f"{SEED}:{name}")


def tell(name: str, **figures: object) -> None:
    """One line of figures, for whoever watches and for docs/measured.md."""
    said = ", ".join(f"{what.replace('_', ' ')} {figure}" for what, figure in figures.items())
    stdout.write(f"\n{name}: {said} (CHAOS_SEED={SEED})\n")
