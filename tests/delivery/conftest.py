"""The messenger's end of the wire, and a request that ends there."""

from collections.abc import AsyncIterator

import pytest

from bot.delivery.pace import Pace
from bot.delivery.transport import ClubRequest
from tests.delivery.wire import Wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    server = Wire()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def pace() -> Pace:
    """A pace for which no time passes, so that what is charged can be read exactly."""
    return Pace(lambda: 1000.0)


@pytest.fixture
async def request_to_wire(wire: Wire, pace: Pace) -> AsyncIterator[ClubRequest]:
    async with ClubRequest(wire.api_url, pace=pace, read_timeout_s=2) as request:
        yield request
