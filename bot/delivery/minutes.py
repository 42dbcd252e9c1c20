"""What a group has had in the last minute, kept for who writes to it next: the messenger counts the
token's messages, whichever process or run sent them."""

import asyncio
from collections.abc import Callable
from functools import partial

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from bot.delivery.chats import Chats
from bot.delivery.patience import Patience
from services.pace import StoredPace

LEARNING_S = 0.5  # An answer waits no longer for the database.
KEEPING_S = 1.0  # Nor does an end.


class Minutes:
    """Remembers answers and letters alike, by the moment at which each was let go.

    A process that is killed may have let go what is not kept yet: what it sent while the database
    carried out one statement.
    """

    def __init__(self, stored: StoredPace, chats: Chats, clock: Callable[[], float]) -> None:
        self._stored = stored
        self._chats = chats
        self._clock = clock
        self._patience = Patience()
        self._changed = set[int]()
        self._keeping: asyncio.Task[None] | None = None

    async def learn(self, chat_id: int) -> None:
        """Know what others sent to a group to which we have sent nothing for a minute."""
        now = self._clock()
        if not self._chats.of(chat_id, now).quiet_group(now):
            return
        try:
            async with asyncio.timeout(LEARNING_S):
                ages_s = await self._stored.group_had(chat_id)
        except (DBAPIError, NoFreeConnection, OSError, TimeoutError):
            return
        now = self._clock()
        if (chat := self._chats.of(chat_id, now)).quiet_group(now):
            chat.remember([now - age_s for age_s in ages_s], now)

    def note(self, chat_id: int) -> None:
        """The group has had one more."""
        self._changed.add(chat_id)
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """See it kept."""
        if self._keeping is not None:
            await asyncio.wait({self._keeping}, timeout=KEEPING_S)
            self._keeping.cancel()

    async def _keep(self) -> None:
        while self._changed:
            await self._patience.through(partial(self._keep_one, self._changed.pop()))

    async def _keep_one(self, chat_id: int) -> None:
        now = self._clock()
        moments = self._chats.of(chat_id, now).moments(now)
        await self._stored.keep_group(chat_id, [now - moment for moment in moments])
