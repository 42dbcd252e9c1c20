"""Proxies on the way: what they refuse was not sent."""

import pytest

from benchmarks import crooked
from bot.delivery.connections import Connections, NotSent
from tests.delivery.ways import NOBODY, PROXIES, SOON_S, Ways, failing, post


@pytest.mark.parametrize("scheme", PROXIES)
@pytest.mark.parametrize("target", ["http", "https"])
async def test_a_proxy_is_told_name_and_password(ways: Ways, target: str, scheme: str) -> None:
    way = f"{target} by {scheme}"
    async with ways.open(way, crooked.answers, "club:p%40ss@", credentials="club:p@ss") as (
        messenger,
        connections,
        proxy,
    ):
        assert (await post(connections, messenger.address))[0] == 200
        assert proxy is not None
        assert proxy.led_to


@pytest.mark.parametrize("user", ["", "club:wrong@"])
@pytest.mark.parametrize("scheme", PROXIES)
@pytest.mark.parametrize("target", ["http", "https"])
async def test_a_proxy_that_refuses_lets_nothing_through(
    ways: Ways, target: str, scheme: str, user: str
) -> None:
    way = f"{target} by {scheme}"
    async with ways.open(way, crooked.answers, user, credentials="club:p@ss") as (
        messenger,
        connections,
        _,
    ):
        with failing(NotSent, match="by the proxy localhost:[0-9]+[ :]") as refused:
            await post(connections, messenger.address)
        assert "wrong" not in str(refused.value)
        assert messenger.arrived == []


@pytest.mark.parametrize("scheme", PROXIES)
async def test_a_silent_proxy_lets_nothing_through(ways: Ways, scheme: str) -> None:
    async with ways.open(f"https by {scheme}", crooked.answers, connect_s=SOON_S, silent=True) as (
        messenger,
        connections,
        _,
    ):
        with failing(NotSent):
            await post(connections, messenger.address)


@pytest.mark.parametrize("scheme", PROXIES)
@pytest.mark.parametrize("target", ["http", "https"])
@pytest.mark.usefixtures("trust")
async def test_an_unreachable_proxy_means_not_sent(target: str, scheme: str) -> None:
    connections = Connections(f"{target}://localhost:9", proxy=f"{scheme}://club:p%40ss@{NOBODY}")
    connections.open()
    with failing(NotSent, match=f"the proxy {NOBODY} does not answer: ") as away:
        await post(connections, f"{target}://localhost:9")
    await connections.close()
    why = "create underlying connection" if scheme.startswith("socks") else "Connection refused"
    assert why in str(away.value)
    assert "club" not in str(away.value)


async def test_a_name_that_is_looked_up_here_is_no_fault_of_the_proxy(ways: Ways) -> None:
    async with ways.open("http by socks5", crooked.answers) as (_, connections, _):
        with failing(NotSent) as unknown:
            await post(connections, "http://no-such-host.invalid")
        assert "proxy" not in str(unknown.value)


async def test_a_proxy_finds_nobody(ways: Ways) -> None:
    async with ways.open("http by socks5h", crooked.answers) as (_, connections, _):
        with failing(NotSent):
            await post(connections, f"http://{NOBODY}")


@pytest.mark.parametrize("proxy", ["ftp://127.0.0.1", "127.0.0.1:1080", "socks4://127.0.0.1"])
def test_a_proxy_of_another_kind_is_refused(proxy: str) -> None:
    with pytest.raises(ValueError, match="socks5"):
        Connections("https://api.telegram.org", proxy=proxy)
