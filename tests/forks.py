"""Processes of the program and of the sandbox that begin at once.

Most of the two seconds in which a process of Python starts are imports. A parent that has done
them waits beside the tests, and every process is its child: the same code with arguments,
folder, environment and output of its own, which can be stopped and killed.
"""

import asyncio
import gc
import multiprocessing
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

DEADLINE_S = 60.0  # Generous: a busy machine is no fault of the program.
PROGRAM, SANDBOX = "bot.main", "sandbox.__main__"
Output = Path | Connection

CONTEXT = multiprocessing.get_context("forkserver")
# With what draws, which the program itself imports when it draws for the first time.
CONTEXT.set_forkserver_preload(["bot.cli", "templates.pictures.bars", SANDBOX])


class Fork:
    """A process that runs a module's main() as if it had been typed."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        folder: Path,
        output: Output,
        errors: Output | None = None,
        *,
        executable: Path | None = None,
    ) -> None:
        """`executable`: become this command instead, as slowly as its user sees it."""
        given = (module, tuple(arguments), folder, output, errors or output, executable)
        self._process = CONTEXT.Process(target=_become, args=given, daemon=True)
        self._process.start()
        self._loop = asyncio.get_running_loop()
        self.exit_code: asyncio.Future[int] = self._loop.create_future()
        self._loop.add_reader(self._process.sentinel, self._end)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return not self.exit_code.done()

    async def ended(self) -> int:
        """Wait for its end; the exit code, below zero for a signal."""
        async with asyncio.timeout(DEADLINE_S):
            return await asyncio.shield(self.exit_code)

    async def killed(self) -> None:
        """kill -9: nothing is said good-bye to."""
        self._process.kill()
        await self.ended()

    async def stopped(self) -> int:
        """SIGTERM; the exit code."""
        self._process.terminate()
        return await self.ended()

    def _end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._process.join()
        code = self._process.exitcode
        assert code is not None, "it has ended"
        self.exit_code.set_result(code)


def _become(
    module: str,
    arguments: tuple[str, ...],
    folder: Path,
    output: Output,
    errors: Output,
    executable: Path | None,
) -> None:
    """Leave all that belongs to the tests behind, and begin."""
    gc.freeze()  # What was imported stays: looking through it would copy its memory.
    for number, place in ((1, output), (2, errors)):
        opened = place.fileno() if isinstance(place, Connection) else _append(place)
        os.dup2(opened, number)
    os.chdir(folder)
    for name in set(os.environ) - {"PATH"}:
        del os.environ[name]
    if executable is not None:
        os.execv(executable, [str(executable), *arguments])
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # A kill loses none.
    sys.argv = [module, *arguments]
    import_module(module).main()


def _append(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
