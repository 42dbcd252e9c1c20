"""A process of the program that can be frozen as well as killed."""

import os
import signal
from pathlib import Path

from tests.program import Program


class Bot(Program):
    """One of several processes on one database, each in a folder of its own."""

    def __init__(self, settings: dict[str, str], folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.broken: str | None = None  # Why it is gone, though nobody wanted that.
        super().__init__(settings, folder, self._note_end)

    def freeze(self) -> None:
        """SIGSTOP: it stands still in the middle of whatever it does, and knows nothing of it."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if no time had passed."""
        os.kill(self._pid, signal.SIGCONT)

    def _note_end(self, reason: str | None) -> None:
        self.broken = reason

    @property
    def _pid(self) -> int:
        assert self._process is not None, "it runs"
        pid = self._process._process.pid
        assert pid is not None, "it was started"
        return pid
