"""The demo: a town of people, a small messenger and a bookshop, with nothing to set."""

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from threading import Event, Thread
from typing import Any, NoReturn

from bot.settings import shipped

FOLDER = Path("var/demo")
LOCK = Path("var/demo.lock")
STATE = FOLDER / "town.sqlite"
SAFE_SQLITE = (3, 51, 3)
STOP_S = 10.0


class NoTown(RuntimeError):
    """The small messenger did not start, or is gone."""


@contextmanager
def town(
    make_key: Callable[[], str], *, fresh: bool, port: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sandbox as a process of its own; its page's address and the settings for the club."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:  # Beside the folder: what is in it may be thrown away.
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise NoTown("Another demo runs in this folder; stop it first.") from None
        if fresh:
            rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(exist_ok=True)
        with _sandbox(port) as found:
            yield (
                found["address"],
                {
                    "bot_api_url": found["address"],
                    "bot_token": found["token"],
                    "staff_chat_id": found["staff_chat"],
                    "owner_ids": (found["owner_id"],),
                    "data_key": _data_key(make_key),
                    "database_url": f"sqlite:///{FOLDER / 'club.sqlite'}",
                    "programme": shipped(),
                    "time_travel": True,
                },
            )


@contextmanager
def _sandbox(port: int) -> Iterator[dict[str, Any]]:
    """The sandbox's process and what it says of itself; it ends with us, however we end."""
    process = subprocess.Popen(  # noqa: S603 (our own module, no shell)
        [
            sys.executable,
            "-m",
            "sandbox",
            "--until-stdin-ends",
            "--port",
            str(port),
            "--state",
            str(STATE),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us; the town stays until the club has left it.
        text=True,
    )
    try:
        assert process.stdout is not None, "asked for above"
        line = process.stdout.readline()
        if not line:
            raise NoTown("The chat page cannot start; the line above says why.")
        found: dict[str, Any] = json.loads(line)
        with _watched(process):
            yield found
    finally:
        process.terminate()
        process.wait(STOP_S)


@contextmanager
def _watched(process: subprocess.Popen[str]) -> Iterator[None]:
    """While this lasts, the end of the process is our end: nobody would answer us any more."""
    leaving = Event()
    died = Event()

    def watch() -> None:
        process.wait()
        if not leaving.is_set():
            died.set()
            os.kill(os.getpid(), signal.SIGINT)  # The club leaves as with Ctrl-C.

    def end(number: int, _frame: object) -> None:
        """Until the club listens to signals itself."""
        if died.is_set():
            raise KeyboardInterrupt
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    before = signal.signal(signal.SIGINT, end)
    Thread(target=watch, daemon=True).start()
    try:
        yield
    except KeyboardInterrupt:
        if not died.is_set():
            raise
    finally:
        leaving.set()
        signal.signal(signal.SIGINT, before)
    if died.is_set():
        raise NoTown("The chat page ended by itself; start the demo again, it goes on from there.")


def become_sandbox(arguments: Sequence[str]) -> NoReturn:
    """Give this process to the sandbox: the two share nothing but the wire."""
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", *arguments])  # noqa: S606


def warnings() -> Iterator[str]:
    """What an operator should know of this machine."""
    if sqlite3.sqlite_version_info < SAFE_SQLITE:
        yield (
            f"SQLite {sqlite3.sqlite_version} has a fault with several writers in WAL mode that "
            "3.51.3 mends; while the club runs, import only with it stopped, or use PostgreSQL."
        )


def _data_key(make_key: Callable[[], str]) -> str:
    """The demo's own key, made once."""
    file = FOLDER / "data.key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(make_key())
    return file.read_text()
