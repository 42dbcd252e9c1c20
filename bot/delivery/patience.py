"""Waits out a database that is away, and says so once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as NoFreeConnection

FIRST_PAUSE_S = 0.2
MAX_PAUSE_S = 15.0
OUR_BUGS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)

Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Patience:
    """Repeats an action until the database takes it. The action may have been carried out before:
    it must be one that changes nothing the second time."""

    def __init__(self) -> None:
        self._troubled = False

    async def through(self, action: Callable[[], Awaitable[Result]]) -> Result:
        """The action's result, however long the database is away; a bug of ours is raised."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                result = await action()
            except OUR_BUGS:
                raise
            except (DBAPIError, NoFreeConnection, OSError) as fault:
                if not self._troubled:
                    log.warning(
                        "The database cannot be reached; letters wait for it.",
                        extra={"action": "database_away", "fault": type(fault).__name__},
                    )
                self._troubled = True
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, MAX_PAUSE_S)
            else:
                if self._troubled:
                    log.info("The database is back.", extra={"action": "database_back"})
                self._troubled = False
                return result
