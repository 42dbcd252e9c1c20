"""The real program as a process: started as its operator starts it, stopped, and killed."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.forks import PROGRAM, Fork

COMMAND = Path(sys.executable).with_name("bashgah")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said, and how it ended."""

    exit_code: int
    output: str
    errors: str


class Program:
    """The club's own process, and the commands that its operator types beside it."""

    def __init__(
        self, settings: dict[str, str], folder: Path, on_end: Callable[[str | None], None]
    ) -> None:
        """`on_end` is told when the program ends though nobody wanted it to; None at each start."""
        self.settings = settings
        self.folder = folder
        self.log = folder / "club.log"
        self._on_end = on_end
        self._process: Fork | None = None
        self._expected: list[str] = []

    async def started(self, *, cold: bool = False) -> None:
        """`bashgah run` with settings from `.env`. `cold`: by the installed command."""
        assert not self.running, "it runs already"
        self.write_settings()
        self._on_end(None)
        executable = COMMAND if cold else None
        process = Fork(PROGRAM, ["run"], self.folder, self.log, executable=executable)
        process.exit_code.add_done_callback(lambda code: self._ended(process, code.result()))
        self._process = process

    async def killed(self) -> None:
        """kill -9: nothing is said good-bye to."""
        await self._taken().killed()

    async def stopped(self) -> None:
        """SIGTERM: it finishes what is in hand and ends well."""
        assert await self._taken().stopped() == 0, "a stop is no fault"

    async def command(self, *arguments: str, cold: bool = False) -> Done:
        """Another command of the program, on the same settings."""
        self.write_settings()
        said, complained = self.folder / "said.txt", self.folder / "complained.txt"
        executable = COMMAND if cold else None
        fork = Fork(PROGRAM, arguments, self.folder, said, complained, executable=executable)
        done = Done(await fork.ended(), said.read_text(), complained.read_text())
        said.unlink()
        complained.unlink()
        return done

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.running

    def may_complain(self, words: str) -> None:
        """A part of the story: lines of ERROR with these words are no fault."""
        self._expected.append(words)

    def complaints(self) -> list[str]:
        """Lines of ERROR in the log that the story did not foretell, and what broke off."""
        return [
            line
            for line in self.lines()
            if re.search(r"^\S+ (ERROR|CRITICAL) |^Traceback ", line)
            and not any(words in line for words in self._expected)
        ]

    def lines(self) -> list[str]:
        """All that the program has said so far."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def write_settings(self) -> None:
        """Put the settings into `.env`, where the program reads them."""
        lines = [f"{name}={value}\n" for name, value in self.settings.items()]
        (self.folder / ".env").write_text("".join(lines))

    def _taken(self) -> Fork:
        """The process, whose end is wanted now."""
        assert self._process is not None, "it was started"
        process, self._process = self._process, None
        return process

    def _ended(self, process: Fork, code: int) -> None:
        if process is self._process:
            self._on_end(f"the program has ended by itself, with {code}")
