"""Who is at work on a PostgreSQL: a name that is locked for as long as its process lives.

The lock belongs to a session, and a session ends with its process, however that ends: whose name
can be locked by somebody else is dead.
"""

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import BigInteger, BindParameter, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

LOCK_BYTES = 8  # PostgreSQL's locks have numbers of this size.


class Life:
    """The session in which this process has locked its names; nothing else is done in it."""

    def __init__(self, engine: AsyncEngine) -> None:
        """`engine` commits each statement by itself, so that the session is never in the middle."""
        self._engine = engine
        self._session: AsyncConnection | None = None
        self._names = set[str]()

    async def hold(self, name: str) -> None:
        """Live under this name until end(). Said again, it takes the name again if it was lost."""
        try:
            if self._session is None:
                self._session = await self._engine.connect()
            if name in self._names:
                await self._session.execute(select(1))  # Whether the session is still there.
            elif await self._session.scalar(select(func.pg_try_advisory_lock(_number(name)))):
                self._names.add(name)
        except BaseException:
            await self.end()
            raise

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
    return [name for name in sorted(names) if await tx.scalar(select(ask(_number(name))))]


def _number(name: str) -> BindParameter[int]:
    digest = blake2b(name.encode(), digest_size=LOCK_BYTES).digest()
    number = int.from_bytes(digest, "big", signed=True)
    return bindparam("lock", number, BigInteger)
