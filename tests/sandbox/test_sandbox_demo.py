"""The demo when its chat page is gone: it says so, and asks nobody for ever."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE_S = 60
SENTENCE = "The chat page ended by itself; start the demo again, it goes on from there.\n"


def child_of(pid: int) -> int:
    """The one process that this one has started."""
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return int(told.stdout)


@pytest.mark.parametrize("line", ["Open ", "@bashgah_demo_bot is open"])
def test_the_demo_ends_with_its_chat_page(tmp_path: Path, line: str) -> None:
    command = [str(Path(sys.executable).with_name("bashgah")), "demo", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as demo:
        assert demo.stdout is not None
        try:
            assert any(said.startswith(line) for said in demo.stdout)
            os.kill(child_of(demo.pid), signal.SIGKILL)
            begun = time.monotonic()
            _, complaints = demo.communicate(timeout=PATIENCE_S)
        finally:
            demo.kill()
    assert time.monotonic() - begun < PATIENCE_S / 2
    assert demo.returncode == 1
    assert complaints.endswith(SENTENCE)
    assert "Traceback" not in complaints
