"""Every way to a messenger that breaks off: what never left says so, what may have does not."""

import asyncio
import itertools
import logging
import os
from functools import partial

import pytest

from benchmarks import crooked
from benchmarks.crooked import Behaviour, Crooked, Line
from bot.delivery.connections import ConnectionLost, Connections, NoAnswer, NotSent
from tests.delivery.running import until
from tests.delivery.ways import NOBODY, SOON_S, TOKEN, WAYS, Ways, failing, post


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        (crooked.resets_after_the_request, ConnectionLost),
        (crooked.closes_after_the_request, ConnectionLost),
        (crooked.cuts_the_answer, ConnectionLost),
        (crooked.speaks_something_else, ConnectionLost),
    ],
)
async def test_what_arrived_without_an_answer_may_have_been_carried_out(
    ways: Ways, way: str, behaviour: Behaviour, fault: type[Exception]
) -> None:
    async with ways.open(way, behaviour) as (messenger, connections, _):
        with failing(fault):
            await post(connections, messenger.address)
        assert messenger.arrived == [b"{}"], "once, and not again"


@pytest.mark.parametrize("behaviour", [crooked.hangs, crooked.hangs_in_the_answer])
async def test_who_falls_silent_may_have_carried_it_out(ways: Ways, behaviour: Behaviour) -> None:
    async def try_one(way: str) -> None:
        async with ways.open(way, behaviour) as (messenger, connections, _):
            with failing(NoAnswer):
                await post(connections, messenger.address, limit_s=2)
            assert messenger.arrived == [b"{}"]

    await asyncio.gather(*map(try_one, WAYS))


@pytest.mark.parametrize("way", WAYS)
async def test_a_reset_before_anything_was_read_is_in_doubt(ways: Ways, way: str) -> None:
    """From here it looks like one after the request."""
    async with ways.open(way, crooked.resets_at_once) as (messenger, connections, _):
        with pytest.raises((ConnectionLost, NotSent)):  # The first may come before the last word
            await post(connections, messenger.address)  # of connecting.
        assert messenger.arrived == []


@pytest.mark.parametrize("way", WAYS)
async def test_answers_come_whole_over_one_connection(ways: Ways, way: str) -> None:
    async with ways.open(way, crooked.answers) as (messenger, connections, proxy):
        for number in range(3):
            answer = await post(connections, messenger.address, b"%d" % number)
            assert answer == (200, crooked.ANSWER)
        assert messenger.arrived == [b"0", b"1", b"2"]
        assert messenger.connections == 1
        if proxy is not None:
            assert proxy.led_to == [("localhost", messenger.port)]


@pytest.mark.parametrize("way", WAYS)
async def test_a_connection_closed_while_idle_is_not_used(ways: Ways, way: str) -> None:
    async with ways.open(way, crooked.closes_when_idle) as (messenger, connections, _):
        for number in range(2):
            assert (await post(connections, messenger.address, b"%d" % number))[0] == 200
            await asyncio.sleep(0.1)
        assert messenger.arrived == [b"0", b"1"]


@pytest.mark.parametrize("way", WAYS)
async def test_what_a_used_connection_swallowed_is_not_repeated(ways: Ways, way: str) -> None:
    async with ways.open(way, crooked.closes_at_the_second) as (messenger, connections, _):
        await post(connections, messenger.address, b"first")
        with failing(ConnectionLost):
            await post(connections, messenger.address, b"second")
        await post(connections, messenger.address, b"third")
        assert messenger.arrived == [b"first", b"second", b"third"]


@pytest.mark.parametrize("way", ["http", "https"])
async def test_connections_that_close_at_any_moment_repeat_nothing(ways: Ways, way: str) -> None:
    pauses = itertools.cycle((0.0, 0.0003, 0.0011, 0.0002, 0.0007))

    async def closes_soon(line: Line) -> None:
        await line.request()
        line.say(crooked.WHOLE)
        await asyncio.sleep(next(pauses))

    async with ways.open(way, closes_soon) as (messenger, connections, _):
        numbers = iter(range(400))
        lost, unsent = set(), set()

        async def work() -> None:
            for number in numbers:
                try:
                    await post(connections, messenger.address, b"%d" % number)
                except ConnectionLost:
                    lost.add(b"%d" % number)
                except NotSent:
                    unsent.add(b"%d" % number)

        await asyncio.gather(*(work() for _ in range(4)))
        assert len(set(messenger.arrived)) == len(messenger.arrived), "none arrived twice"
        assert not unsent & set(messenger.arrived)
        assert {b"%d" % number for number in range(400)} == set(messenger.arrived) | lost | unsent


@pytest.mark.parametrize("way", WAYS)
async def test_redirects_are_answers(ways: Ways, way: str) -> None:
    async with ways.open(way, crooked.redirects) as (messenger, connections, _):
        assert await post(connections, messenger.address) == (307, b"")
        assert len(messenger.arrived) == 1


@pytest.mark.parametrize(
    "address", [f"http://{NOBODY}", f"https://{NOBODY}", "http://no-such-host.invalid", "http://"]
)
@pytest.mark.usefixtures("trust")
async def test_where_nobody_is_nothing_is_sent(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connections = Connections(address)
    connections.open()
    with failing(NotSent):
        await post(connections, address)
    await connections.close()
    assert TOKEN not in caplog.text


async def test_a_certificate_of_others_is_not_trusted(
    ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    async with ways.open("https", crooked.answers) as (messenger, connections, _):
        with failing(NotSent, match="certificate"):
            await post(connections, messenger.address)
        assert messenger.arrived == []


async def test_who_never_completes_the_handshake_gets_nothing(ways: Ways) -> None:
    async with ways.open("http", crooked.answers, connect_s=SOON_S) as (messenger, connections, _):
        with failing(NotSent):
            await post(connections, messenger.address.replace("http:", "https:"))


async def test_a_full_pool_makes_wait_and_then_says_not_sent(ways: Ways) -> None:
    async with ways.open("http", crooked.hangs, connect_s=SOON_S) as (messenger, connections, _):
        asked = [
            asyncio.create_task(post(connections, messenger.address, b"%d" % number, limit_s=2))
            for number in range(10)
        ]
        ends = await asyncio.gather(*asked, return_exceptions=True)
        kinds = [type(end) for end in ends]
        assert (kinds.count(NoAnswer), kinds.count(NotSent)) == (8, 2)
        assert len(messenger.arrived) == 8


def reached(messenger: Crooked, arrived: int) -> bool:
    """Whether so many requests are there."""
    return len(messenger.arrived) == arrived


async def test_who_gives_up_gives_the_place_back(ways: Ways) -> None:
    async with ways.open("http", crooked.hangs) as (messenger, connections, _):
        for _ in range(3):
            all_full = len(messenger.arrived) + 8
            waiting = asyncio.gather(*(post(connections, messenger.address) for _ in range(8)))
            await until(partial(reached, messenger, all_full))
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert messenger.connections == 24


async def test_a_system_that_trusts_nobody_trusts_the_usual_authorities(
    ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    monkeypatch.setenv("SSL_CERT_DIR", "/nonexistent")
    async with ways.open("http", crooked.answers) as (messenger, connections, _):
        assert (await post(connections, messenger.address))[0] == 200
