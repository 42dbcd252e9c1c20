"""The messenger's end of the wire, a request that ends there, and ways on which it breaks off."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.certificates import make_certificate
from bot.delivery.pace import Pace
from bot.delivery.transport import ClubRequest
from tests.delivery.ways import Ways
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


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("loopback"))


@pytest.fixture
def trust(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's certificate is trusted as an operator would have it trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


@pytest.fixture
def ways(certificate: tuple[Path, Path], trust: None) -> Ways:
    return Ways(certificate)
