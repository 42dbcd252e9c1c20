"""One pace for one token: when the next message may leave, whoever of several processes sends.

Letters leave evenly and give way; an answer to somebody in front of us has the next free place.
No second is overfull. When the messenger says no, everything stops, and that is remembered.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from bot.delivery.chats import GROUP_A_MINUTE, ChatId, Chats, is_group
from bot.delivery.minutes import WAITS, Minutes, Waits
from bot.delivery.patience import Patience
from bot.delivery.reservations import Reservations
from bot.delivery.restraint import Restraint
from bot.delivery.schedule import Schedule
from bot.delivery.slots import Slots
from services.pace import Reserved, StoredPace

RATE = 30  # Messages a second for one token.
LIVE_PATIENCE_S = 30.0  # Within it an answer is waited for where it stands.
HALT_STEP_S = 0.5  # A halt that ends so little later is not stored again.
STORING_S = 5.0  # At the end a halt may take so long to be stored.

log = logging.getLogger(__name__)


class Halted(Exception):
    """The messenger told this token to be silent."""

    def __init__(self, remaining_s: float) -> None:
        self.remaining_s = remaining_s
        super().__init__(f"silent for another {remaining_s:.1f} s")


class Places(Protocol):
    """Who says which message is next: for one process alone, or for several."""

    def take(self, now: float) -> bool: ...
    def leave(self, now: float) -> None: ...
    def drop(self) -> None: ...
    async def soon(self, wanted: int) -> None: ...
    async def answer(self, messages: int) -> None: ...
    def per_second(self) -> float: ...
    async def close(self) -> None: ...


class Waiting(NamedTuple):
    """A letter in the line."""

    chat_id: ChatId
    turn: asyncio.Future[bool]  # Whether it leaves; if not, its chat has no room.


class Pace:
    """Says when a message may leave, and counts it. The clock is monotonic."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rate: int = RATE,
        group_a_minute: int = GROUP_A_MINUTE,
        *,
        stored: StoredPace | None = None,
        waits: Waits = WAITS,
    ) -> None:
        """`stored` keeps halts for the next start, and is shared by all who send."""
        assert rate > 0, "a pace of nothing sends nothing"
        self.rate = rate
        self._clock = clock
        self._sleep = sleep
        self._stored = stored
        self._chats = Chats(group_a_minute)
        self._waits = waits
        self._minutes = None if stored is None else Minutes(stored, self._chats, clock, waits)
        self._restraint = Restraint()
        self._places = self._made_places()
        self._halt_until = float("-inf")
        self._stored_until = float("-inf")
        self._patience = Patience()
        self._line: deque[Waiting] = deque()
        self._serving: asyncio.Task[None] | None = None
        self._storing: asyncio.Task[None] | None = None

    @property
    def per_second(self) -> float:
        """How many letters leave in a second at present, of all processes together."""
        return self._places.per_second()

    async def live(self, chat_id: ChatId, messages: int = 1) -> None:
        """Let an answer go: at once within a chat's burst while the second is not full.

        A crowd of answers waits for itself alone. Raises Halted when a halt is longer than a
        person would wait.
        """
        self._refuse_long_halt()
        if self._minutes is not None and is_group(chat_id):
            await self._minutes.learn(chat_id, self._waits.answer_s)
        now = self._clock()
        reserved = self._chats.of(chat_id, now).reserve_live(now, messages)
        self._note(chat_id, reserved, messages)
        while True:
            await self._wait(lambda: max(reserved, self._halt_until))
            await self._places.answer(messages)
            if self.halted_s() <= 0:
                return

    async def open(self) -> None:
        """Wait out a short halt, for what is no message; raises Halted when it is a long one."""
        await self._wait(lambda: self._halt_until)

    async def letter(self, chat_id: ChatId) -> None:
        """Let a letter go when the chat and the token have room; raises Halted during a halt.

        Who writes to a group learns first.
        """
        while True:
            now = self._clock()
            if self._halt_until > now:
                raise Halted(self._halt_until - now)
            chat = self._chats.of(chat_id, now)
            if chat.letter_at > now:
                await self._wait(chat.letter_due, letter=True)
            elif not self._line and self._places.take(now):
                chat.take_letter(now)
                self._places.leave(now)
                break
            elif await self._in_line(chat_id):
                break
        self._note(chat_id, self._clock(), 1)

    async def learn(self, chat_id: ChatId) -> None:
        """Know what others sent to a group, so that a letter waits for a full minute before it is
        begun and not after."""
        if self._minutes is not None and is_group(chat_id):
            await self._minutes.learn(chat_id, self._waits.letter_s)

    def letter_wait_s(self, chat_id: ChatId) -> float:
        """How long the chat alone keeps a letter waiting, as far as we know."""
        now = self._clock()
        return max(0.0, self._chats.of(chat_id, now).letter_at - now)

    def halt(self, delay_s: float) -> None:
        """Nothing leaves for so long; of several halts the last to end counts.

        After a new one letters are slower for a while. It is stored at once.
        """
        now = self._clock()
        if delay_s <= 0:
            return
        if self._halt_until <= now:
            log.warning("The messenger wants silence.", extra={"seconds": round(delay_s)})
            self._restraint.shrink(now)
        self._halt_until = max(self._halt_until, now + delay_s)
        self._restraint.hold(self._halt_until)
        if self._stored is not None and (self._storing is None or self._storing.done()):
            self._storing = asyncio.create_task(self._store(self._stored))

    def halted_s(self) -> float:
        """How long nothing leaves yet."""
        return max(0.0, self._halt_until - self._clock())

    async def recall(self) -> None:
        """Know what was stored: a halt outlives who was told of it. Waits for the database."""
        if self._stored is not None:
            stand = await self._patience.through(self._stored.stand)
            self._adopt(stand.halted_s, stand.permille)

    async def close(self) -> None:
        """See a halt stored, and ask the database for nothing more."""
        if self._storing is not None:
            await asyncio.wait({self._storing}, timeout=STORING_S)
        for task in (self._storing, self._serving):
            if task is not None:
                task.cancel()
        self._send_home(Halted(self.halted_s()))
        if self._minutes is not None:
            await self._minutes.close()
        await self._places.close()

    def _note(self, chat_id: ChatId, moment: float, messages: int) -> None:
        if self._minutes is not None and is_group(chat_id):
            self._minutes.note(chat_id, moment, messages)

    async def _in_line(self, chat_id: ChatId) -> bool:
        """Wait for a turn; False when the chat has no room at that moment."""
        turn = asyncio.get_running_loop().create_future()
        self._line.append(Waiting(chat_id, turn))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())
        try:
            if not await turn:
                return False
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None and turn.result():
                self._places.drop()
            raise
        now = self._clock()
        if self._halt_until > now:
            self._places.drop()
            raise Halted(self._halt_until - now)
        self._places.leave(now)
        return True

    async def _serve(self) -> None:
        """Let the letters in the line go, until it is empty."""
        while self._line:
            now = self._clock()
            if self._halt_until > now:
                self._send_home(Halted(self._halt_until - now))
            elif self._line[0].turn.done():  # Who waited has been cancelled.
                self._line.popleft()
            elif (chat := self._chats.of(self._line[0].chat_id, now)).letter_at > now:
                self._line.popleft().turn.set_result(False)
            elif self._places.take(now):
                chat.take_letter(now)
                self._line.popleft().turn.set_result(True)
            else:
                try:
                    await self._places.soon(len(self._line))
                except Exception as bug:
                    self._send_home(bug)

    def _send_home(self, reason: Exception) -> None:
        """No letter leaves from the line."""
        while self._line:
            if not (turn := self._line.popleft().turn).done():
                turn.set_exception(reason)

    async def _wait(self, due: Callable[[], float], *, letter: bool = False) -> None:
        """Until the moment, which others may put off meanwhile."""
        while True:
            if letter and self.halted_s() > 0:
                raise Halted(self.halted_s())
            self._refuse_long_halt()
            wait_s = due() - self._clock()
            if wait_s <= 0:
                return
            await self._sleep(wait_s)

    def _refuse_long_halt(self) -> None:
        if self.halted_s() > LIVE_PATIENCE_S:
            raise Halted(self.halted_s())

    def _made_places(self) -> Places:
        ours = (self._clock, self._sleep, self.rate, self._restraint)
        if self._stored is None or not self._stored.shared:
            return Schedule(*ours)
        reservations = Reservations(self._stored, self._clock, self.rate, self._hear)
        return Slots(reservations, *ours)

    def _hear(self, got: Reserved) -> None:
        self._adopt(got.halted_s, got.permille)

    def _adopt(self, halted_s: float, permille: int) -> None:
        """Others have been told, or we were before."""
        now = self._clock()
        if halted_s > 0:
            self._halt_until = max(self._halt_until, now + halted_s)
            self._stored_until = max(self._stored_until, now + halted_s)
        if self._stored_until >= self._halt_until - HALT_STEP_S:  # Else we know of more.
            self._restraint.adopt(permille, max(now, self._halt_until))

    async def _store(self, stored: StoredPace) -> None:
        """Keep the halt, however long the database is away."""

        async def keep() -> None:
            if (halted_s := self.halted_s()) > 0:
                await stored.halt(halted_s)

        while self.halted_s() > 0 and self._halt_until > self._stored_until + HALT_STEP_S:
            until = self._halt_until
            await self._patience.through(keep)
            self._stored_until = until
