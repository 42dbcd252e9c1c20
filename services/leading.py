"""Of several processes on one PostgreSQL one leads: it alone listens, and speaks in the groups."""

from collections.abc import Callable
from datetime import datetime, timedelta

from storage import leases as leases_store
from storage.db import Database

LISTENER = "listener"
LEASE = timedelta(seconds=10)
MARGIN_S = 2.0  # Who could not keep the lease stops so long before another may take it.


class Leading:
    """Whether this process leads. An SQLite file has one process, which does."""

    def __init__(
        self,
        db: Database,
        owner: str,
        steady_s: Callable[[], float],
        machine_time: Callable[[], datetime],
        *,
        lease: timedelta = LEASE,
    ) -> None:
        """`owner` is the name under which this process lives; no other run has had it.

        Time is told twice: `steady_s` is never set anew, but may stand still while the whole
        machine sleeps; what counts is by which more has passed.
        """
        self._db = db
        self._owner = owner
        self._steady_s = steady_s
        self._machine_time = machine_time
        self._lease = lease
        self._kept_at: tuple[float, datetime] | None = None

    @property
    def has_rivals(self) -> bool:
        """Whether there may be other processes at all."""
        return not self._db.is_sqlite

    async def look(self) -> bool:
        """Take the lease if it is free or its holder is dead, keep it if it is ours; whether we
        lead. To be asked several times a lease."""
        if self._db.is_sqlite:
            return True
        asked_at = self._steady_s(), self._machine_time()  # The lease begins later than this.
        await self._db.live_as(self._owner)  # Before anything is ours under this name.
        async with self._db.lasting() as session:
            # Who leads knows the holder; who does not asks whether the holder is dead.
            before = None if self.leads() else await leases_store.holder(session, LISTENER)
            taken = await leases_store.take(session, LISTENER, self._owner, self._lease, before)
        self._kept_at = asked_at if taken else None
        return taken

    def leads(self) -> bool:
        """Whether we lead at this moment; to be asked before each step that one alone may do."""
        left_s = self.left_s()
        return left_s is None or left_s > 0

    def left_s(self) -> float | None:
        """How long we lead even if the lease cannot be kept any more; None: for ever."""
        if self._db.is_sqlite:
            return None
        if self._kept_at is None:
            return 0.0
        steady_s, machine = self._kept_at
        since_s = (self._machine_time() - machine).total_seconds()
        passed_s = max(self._steady_s() - steady_s, since_s)
        return max(0.0, self._lease.total_seconds() - MARGIN_S - passed_s)

    async def give_up(self) -> None:
        """Let another lead at once."""
        self._kept_at = None
        if not self._db.is_sqlite:
            async with self._db.lasting() as session:
                await leases_store.give_up(session, LISTENER, self._owner)
