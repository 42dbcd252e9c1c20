"""What a group has had in the last minute, kept for who writes to it next: the messenger counts the
token's messages, whichever process or run sent them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from bot.delivery.chats import Chats
from bot.delivery.patience import Patience
from services.pace import StoredPace


@dataclass(frozen=True, slots=True)
class Waits:
    """How long is waited at most for a database that keeps minutes."""

    answer_s: float = 0.05
    letter_s: float = 5.0
    end_s: float = 1.0


WAITS = Waits()


class Minutes:
    """Remembers answers and letters alike, by the moment at which each was let go.

    A process that is killed may have let go what is not kept yet: what it sent while the database
    carried out one statement.
    """

    def __init__(
        self, stored: StoredPace, chats: Chats, clock: Callable[[], float], waits: Waits
    ) -> None:
        self._stored = stored
        self._chats = chats
        self._clock = clock
        self._waits = waits
        self._patience = Patience()
        self._learning: dict[int, asyncio.Task[None]] = {}
        self._unkept: dict[int, list[float]] = {}
        self._keeping: asyncio.Task[None] | None = None

    async def learn(self, chat_id: int, wait_s: float) -> None:
        """Know what others sent to a group to which we have sent nothing for a minute.

        What is not known within `wait_s` counts as soon as it is.
        """
        now = self._clock()
        if chat_id not in self._learning and self._chats.of(chat_id, now).quiet_group(now):
            self._learning[chat_id] = asyncio.create_task(self._learn(chat_id))
        if learning := self._learning.get(chat_id):
            await asyncio.wait({learning}, timeout=wait_s)

    def note(self, chat_id: int, moment: float, messages: int) -> None:
        """The group has had so many more at that moment."""
        self._unkept.setdefault(chat_id, []).extend([moment] * messages)
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """See it kept."""
        for learning in self._learning.values():
            learning.cancel()
        if self._keeping is not None:
            await asyncio.wait({self._keeping}, timeout=self._waits.end_s)
            self._keeping.cancel()

    async def _learn(self, chat_id: int) -> None:
        try:
            ages_s = await self._stored.group_had(chat_id)
        except (DBAPIError, NoFreeConnection, OSError):
            return
        finally:
            del self._learning[chat_id]
        now = self._clock()
        self._chats.of(chat_id, now).remember([now - age_s for age_s in ages_s], now)

    async def _keep(self) -> None:
        while self._unkept:
            await self._patience.through(partial(self._keep_these, *self._unkept.popitem()))

    async def _keep_these(self, chat_id: int, moments: list[float]) -> None:
        now = self._clock()
        ages_s = [now - moment for moment in moments]
        await self._stored.keep_group(chat_id, ages_s, self._chats.group_a_minute)
