"""Starts the sandbox: `python -m sandbox --port 8780 --state FILE.sqlite`."""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import uvicorn

from sandbox.app import Front
from sandbox.botapi.door import KNOWN
from sandbox.faults import Faults, FaultsBroken, read_faults
from sandbox.presses import watch_presses
from sandbox.state import Journal, StateBroken, StateInUse
from sandbox.town import Town

HOST = "127.0.0.1"
PORT = 8780
LAST_PORT = 65_535
WRONGLY_ASKED = 2
HEAD_LIMIT_BYTES = 2**18  # A long Persian text may come in a query.
IDLE_S = 75  # Longer than a long poll, so that a bot seldom meets a closing connection.
LAST_WORDS_S = 1
BACKLOG = 1024
GARBAGE = 50_000  # Objects between two collections; thousands of messages are held on purpose.


class Server(uvicorn.Server):
    """Says where it listens, and lets everybody who waits go when it ends."""

    def __init__(
        self, config: uvicorn.Config, town: Town, address: str, *, until_stdin_ends: bool
    ) -> None:
        super().__init__(config)
        self._town = town
        self._address = address
        self._until_stdin_ends = until_stdin_ends

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._town.postman.start()
        watch_presses(self._town)
        bot = self._town.bot
        line = {
            "address": self._address,
            "token": bot.token,
            "bot_id": bot.id,
            "staff_chat": bot.staff_chat_id,
            "owner_id": bot.owner_id,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._town.postman.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End with exit code 0 on a signal; uvicorn's own way would raise it again."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        if self._until_stdin_ends:
            loop.add_reader(sys.stdin.fileno(), self._read_stdin)
        yield

    def _read_stdin(self) -> None:
        """Nobody writes to it: what can be read is its end."""
        if not os.read(sys.stdin.fileno(), 1):
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._stop()

    def _stop(self) -> None:
        self.should_exit = True
        self._town.closing.set()
        self._town.updates.close()
        self._town.events.close()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description="A small Telegram, here.")
    parser.add_argument("--host", default=HOST, help=f"only {HOST} is allowed")
    parser.add_argument("--port", type=int, default=PORT, help="0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="the file that keeps the town")
    parser.add_argument("--fresh", action="store_true", help="begin with a new town")
    parser.add_argument("--faults", type=Path, help="a TOML file that says what goes wrong")
    parser.add_argument(
        "--until-stdin-ends", action="store_true", help="end with the process that started this"
    )
    parser.add_argument(
        "--not-strict", action="store_true", help="take messages unread and unkept, to measure"
    )
    given = parser.parse_args()
    if given.host != HOST:
        parser.error(f"the sandbox listens on {HOST} only, not on {given.host}")
    if not 0 <= given.port <= LAST_PORT:
        refuse(f"--port is a number from 0 to {LAST_PORT}, not {given.port}.")
    return given


def refuse(sentence: str) -> NoReturn:
    """End because of what was asked for."""
    sys.stderr.write(sentence + "\n")
    sys.exit(WRONGLY_ASKED)


def listen(port: int) -> socket.socket:
    # With the protocol named, asyncio turns off waiting for more to send (Nagle).
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(BACKLOG)
    return listener


def main() -> None:
    given = arguments()
    try:
        faults = read_faults(given.faults, KNOWN) if given.faults else Faults()
    except FaultsBroken as error:
        sys.exit(str(error))
    try:
        listener = listen(given.port)
    except OSError as error:
        sys.exit(f"Port {given.port} cannot be used: {error.strerror}.")
    try:
        journal = Journal(given.state, fresh=given.fresh)
    except StateInUse as error:
        sys.exit(f"{given.state} cannot be used ({error}): does another sandbox run on it?")
    except StateBroken as error:
        refuse(f"--state {given.state} cannot be used: {error}.")
    town = Town(journal, faults)
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        Front(town, port, strict=not given.not_strict),
        access_log=False,
        log_level="warning",
        lifespan="off",
        ws="none",
        h11_max_incomplete_event_size=HEAD_LIMIT_BYTES,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=LAST_WORDS_S,
        server_header=False,
        proxy_headers=False,
    )
    server = Server(config, town, f"http://{HOST}:{port}", until_stdin_ends=given.until_stdin_ends)
    # What stands after the start stays; looking through it again and again finds nothing.
    gc.freeze()
    gc.set_threshold(GARBAGE)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:  # uvloop's, if there.
        runner.run(server.serve(sockets=[listener]))
    journal.close()


if __name__ == "__main__":
    main()
