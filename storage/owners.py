"""Who is at work on a PostgreSQL: a name that is locked for as long as its process lives.

The lock belongs to a session, and a session ends with its process, however that ends: whose name
can be locked by somebody else is dead.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from hashlib import blake2b

from sqlalchemy import BigInteger, BindParameter, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

ANSWER_S = 3.0  # A database that takes longer is as good as away.
LOCK_BYTES = 8  # PostgreSQL's locks have numbers of this size.


class Life:
    """The session in which this process has locked its names, and says what it alone may do."""

    def __init__(self, engine: AsyncEngine) -> None:
        """`engine` commits each statement by itself, so that the session is never in the middle."""
        self._engine = engine
        self._session: AsyncConnection | None = None
        self._names = set[str]()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection]:
        """The session, for one user at a time, and not for long.

        A fault in it ends it, and with it all names; so does a database that does not answer.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(ANSWER_S):
                    if self._session is None:
                        self._session = await self._engine.connect()
                    yield self._session
            except BaseException:
                await self.end()
                raise

    async def hold(self, name: str) -> None:
        """Live under this name until end(). Said again, it takes the name again if it was lost."""
        async with self.session() as session:
            if name in self._names:
                await session.execute(select(1))  # Whether the session is still there.
            elif await session.scalar(select(func.pg_try_advisory_lock(number_of(name)))):
                self._names.add(name)

    async def end(self) -> None:
        """Let go of all names."""
        session, self._session = self._session, None
        self._names.clear()
        if session is not None:
            await session.invalidate()
            await session.close()
        await self._engine.dispose()


async def dead(tx: AsyncConnection, names: Iterable[str]) -> list[str]:
    """Those of the names under which nobody lives; nobody can begin to before `tx` ends."""
    ask = func.pg_try_advisory_xact_lock
    return [name for name in sorted(names) if await tx.scalar(select(ask(number_of(name))))]


def number_of(name: str) -> BindParameter[int]:
    """The number of the lock that stands for a name."""
    digest = blake2b(name.encode(), digest_size=LOCK_BYTES).digest()
    number = int.from_bytes(digest, "big", signed=True)
    return bindparam("lock", number, BigInteger)
