"""Waits out a database that is away, and says so once."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

FIRST_PAUSE_S = 0.2
MAX_PAUSE_S = 15.0

# What PostgreSQL says of a connection (08), a server that only reads for now or ended an idle
# transaction (25), who may enter (28, 3D), of transactions in each other's way (40, 55), of too
# little room (53), of an end (57) and of its disk (58): all of it passes, or an operator mends it.
PASSES = frozenset({"08", "25", "28", "3D", "40", "53", "55", "57", "58"})

Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Patience:
    """Repeats an action until the database takes it. The action may have been carried out before:
    it must be one that changes nothing the second time."""

    def __init__(self) -> None:
        self._troubled = False

    async def through(self, action: Callable[[], Awaitable[Result]]) -> Result:
        """The action's result, however long the database is away; what will not pass by itself, a
        bug of ours above all, is raised."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                result = await action()
            except (DBAPIError, NoFreeConnection, OSError) as fault:
                if isinstance(fault, DBAPIError) and not passes(fault):
                    raise
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


def passes(fault: DBAPIError) -> bool:
    """Whether the same may be taken later: it is about the database and not about what we ask."""
    if fault.connection_invalidated:
        return True
    if isinstance(fault.orig, sqlite3.Error):
        # Locked, full, not to be opened …; the plain error is one of the statement's.
        code: int | None = getattr(fault.orig, "sqlite_errorcode", None)
        return isinstance(fault, OperationalError) and code != sqlite3.SQLITE_ERROR
    state: str | None = getattr(fault.orig, "sqlstate", None)
    if state is None:  # The driver says it and not the server.
        return isinstance(fault, OperationalError | InterfaceError)
    return state[:2] in PASSES
