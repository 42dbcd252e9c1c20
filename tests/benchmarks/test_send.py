"""The benchmark of sending still runs, in every part, at its smallest; numbers mean nothing here.

Others live in this environment as far as they are part of it.
"""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from benchmarks.answering import Desk
from benchmarks.promotion import PLAIN

ROOT = Path(__file__).parents[2]
SMALLEST = ("--count=30", "--in-flight=8", "--rounds=1", "--seconds=1", f"--peers={sys.executable}")
HERE = ("Bashgah", "aiogram", "pyTelegramBotAPI", "python-telegram-bot", "bare pyreqwest")


async def told(*options: str) -> list[str]:
    """What the benchmark prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.send", *SMALLEST, *options),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = (text.decode() for text in await process.communicate())
    assert process.returncode == 0, complained
    return [line.strip() for line in said.splitlines()]


async def test_others_send_beside_ours() -> None:
    lines = await told("--parts", "free", "--senders", *HERE)
    for name in HERE:
        assert any(line.startswith(name) and "µs" in line for line in lines), name


async def test_ours_runs_in_every_part() -> None:
    parts = ("--parts", "late", "limits", "million", "--members=300", "--sends=50")
    lines = await told("--markdown", *parts, "--senders", "Bashgah, by name")
    rows = {line.split("|")[1].strip(): line for line in lines if line.startswith("| ")}
    assert rows.keys() >= {"Bashgah, by name", "30/s", "1000/s", "audience and outbox rows"}
    for limit in ("30/s", "1000/s"):
        assert rows[limit].endswith("| 0 |"), "no message was refused for haste"


async def test_ours_stands_on_postgresql_too() -> None:
    lines = await told("--postgres", "--parts", "free", "--senders", "Bashgah")
    assert any(line.startswith("Bashgah") and "µs" in line for line in lines)


@pytest.mark.parametrize(
    "body",
    [
        b"text=hello&chat_id=-1007&parse_mode=HTML",
        b'{"chat_id":-1007,"text":"hello"}',
        b'{"text": "hello", "chat_id": "-1007"}',
        b'--b\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n-1007\r\n--b--\r\n',
    ],
)
def test_the_server_answers_to_the_chat_in_any_form(body: bytes) -> None:
    desk = Desk(latency_s=0, limit=None)
    head, answer = desk.take(body).split(b"\r\n\r\n")
    assert f"Content-Length: {len(answer)}".encode() in head
    told = json.loads(answer)["result"]
    assert (told["message_id"], told["chat"]["id"], told["text"]) == (1, -1007, PLAIN)


def test_the_server_refuses_what_is_over_its_limit() -> None:
    desk = Desk(latency_s=0, limit=2)
    answers = [desk.take(b"chat_id=7").split(b" ")[1] for _ in range(3)]
    assert answers == [b"200", b"200", b"429"]
    counts = json.loads(desk.tell(b"/counts").split(b"\r\n\r\n")[1])
    assert (counts["messages"], counts["refused"], counts["most_a_chat"]) == (2, 1, 2)
