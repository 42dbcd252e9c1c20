"""A running sandbox for a file of tests, and one of its own for a test that ends it."""

from collections.abc import Iterator

import pytest

from tests.sandbox.running import Town


@pytest.fixture(scope="module")
def shared_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town") / "town.sqlite")
    yield town
    town.stop()


@pytest.fixture
def town(shared_town: Town) -> Town:
    """A town with an empty queue; tests bring people of their own."""
    shared_town.updates()
    return shared_town


@pytest.fixture
def own_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that nobody else uses."""
    town = Town(tmp_path_factory.mktemp("town") / "town.sqlite")
    yield town
    if town.process.poll() is None:
        town.stop()
