"""What `make demo` starts: the sandbox with its page, and the real program as its bot."""

import signal
import subprocess
import sys
from pathlib import Path

PATIENCE_S = 60
OPENED = "Open "


class Demo:
    """A running demo in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        command = [str(Path(sys.executable).with_name("bashgah")), "demo", "--port", "0"]
        self._process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
        self.address = self._told_address()

    def _told_address(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(OPENED):
                address: str = line.removeprefix(OPENED).split()[0]
                return address
        raise AssertionError("the demo ended before it told its address")

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
