"""A hall on each database."""

import logging
from collections.abc import AsyncIterator

import pytest

from storage.db import Database
from tests.intake.hall import Hall, Handler
from tests.intake.messenger import Messenger


@pytest.fixture
async def hall(db: Database) -> AsyncIterator[Hall]:
    """An empty database and a messenger that has nothing to tell yet."""
    messenger = Messenger()
    built = Hall(db, messenger, await messenger.start())
    log = logging.getLogger("bot")
    log.addHandler(built.heard)
    log.setLevel(logging.INFO)
    yield built
    log.removeHandler(built.heard)
    await messenger.close()


@pytest.fixture
def handler() -> Handler:
    """Handles everything well, unless told otherwise."""
    return Handler()
