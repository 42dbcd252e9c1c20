"""The real program as a process: started as its operator starts it, stopped, and killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

DEADLINE_S = 60.0  # Generous: a busy machine is no fault of the program.


class Program:
    """The club's own process, started, stopped and killed as the world does it."""

    def __init__(self, settings: dict[str, str], folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self._process: subprocess.Popen[str] | None = None

    def write_settings(self) -> None:
        """Put the settings into `.env`, where the program reads them."""
        lines = [f"{name}={value}\n" for name, value in self.settings.items()]
        (self.folder / ".env").write_text("".join(lines))

    def start(self) -> None:
        """`bashgah run` with settings from `.env`; output goes to a file."""
        self.write_settings()
        self._process = subprocess.Popen(
            [Path(sys.executable).with_name("bashgah"), "run"],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"},
            stdout=self.log.open("a"),
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill(self) -> None:
        """kill -9: nothing is said good-bye to."""
        assert self._process is not None, "it was started"
        self._process.kill()
        self._process.wait(DEADLINE_S)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None, "it was started"
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(DEADLINE_S)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> Path:
        """All that the program has said."""
        return self.folder / "club.log"

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command of the program, on the same settings."""
        self.write_settings()
        return subprocess.run(
            [Path(sys.executable).with_name("bashgah"), *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
