"""The engine: brings each letter that waits in the outbox to exactly one end.

Claimed letters are rendered, booked as being sent, and only then wait for the pace and touch the
socket; what became of them is booked in groups. Nothing that happens to one letter, to the
messenger or to the database ends the engine.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.delivery.pace import Halted, Pace
from bot.delivery.patience import Patience
from club.members import Reach
from services.letters import (
    Failed,
    Moved,
    Outcome,
    OutgoingLetter,
    Postponed,
    Sent,
    Unknown,
    Unreachable,
)
from services.outbox import Outbox

IN_FLIGHT = 64  # Letters in hand at once; so many can be in doubt after a crash.
WINDOW_S = 0.5  # So much of the pace is booked as being sent and waits for its moment.
POLL_S = 0.5
HALT_STEP_S = 0.5  # A halt that ends so little later is not stored again.
GROUP_PAUSE_S = 0.05
GROUP_SIZE = 200
RECOVER_S = 10.0
CHAT_PATIENCE_S = 1.0  # A chat that needs longer does not hold a place in the window.
DRAIN_S = 40.0

log = logging.getLogger(__name__)


class DeliveryFault(Exception):
    """The messenger did not take the letter."""


class Blocked(DeliveryFault):
    """The recipient does not let us write."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        super().__init__(reach)


class TryLater(DeliveryFault):
    """The letter was surely not sent, nor would another be now: everybody waits."""

    def __init__(self, delay_s: float, reason: str) -> None:
        self.delay_s = delay_s
        self.reason = reason
        super().__init__(reason)


class Refused(DeliveryFault):
    """The messenger will never take this letter as it is."""


class Migrated(DeliveryFault):
    """The group has another id now."""

    def __init__(self, chat_id: int) -> None:
        self.chat_id = chat_id
        super().__init__("the group has moved")


class Ambiguous(DeliveryFault):
    """The letter may have been sent."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in words, the buttons under it, and the picture above it."""

    text: str
    keyboard: Mapping[str, Any] | None = None
    picture: str | None = None  # The messenger's name for the file.


class Messenger(Protocol):
    """Who carries letters."""

    async def send(self, chat_id: int, words: Rendered) -> int:
        """The id of the message; raises a DeliveryFault."""
        ...


Render = Callable[[OutgoingLetter], Rendered]
MoveGroup = Callable[[int, int], Awaitable[None]]  # From the old id to the new one; may repeat.


class Engine:
    """Sends what waits. `owner` is a name that no other run of the program has had."""

    def __init__(
        self,
        outbox: Outbox,
        messenger: Messenger,
        pace: Pace,
        render: Render,
        move_group: MoveGroup,
        *,
        owner: str,
        in_flight: int = IN_FLIGHT,
        poll_s: float = POLL_S,
    ) -> None:
        self._outbox = outbox
        self._messenger = messenger
        self._pace = pace
        self._render = render
        self._move_group = move_group
        self._owner = owner
        self._in_flight = in_flight
        self._poll_s = poll_s
        self._window = min(in_flight, max(2, int(pace.rate * WINDOW_S)))
        self._least = max(1, self._window // 2)  # Letters are claimed in batches, not singly.
        self._patience = Patience()
        self._in_hand: dict[int, int] = {}  # Letter → chat; a chat has one letter at a time.
        self._waiting = 0  # Booked as being sent, and waiting for the pace.
        self._outcomes: list[Outcome] = []
        self._stirred = asyncio.Event()
        self._ended = asyncio.Event()  # Some letter has an outcome, or the last has been started.
        self._stopping = False
        self._task: asyncio.Task[Any] | None = None
        self._recover_at = 0.0
        self._rest_until = 0.0
        self._halt_stored = 0.0

    def wake(self) -> None:
        """There may be letters: look now."""
        self._stirred.set()

    async def stop(self) -> None:
        """Start no more letters, and see those in flight to their end."""
        self._stopping = True
        self.wake()
        if self._task is not None:
            _, late = await asyncio.wait({self._task}, timeout=DRAIN_S)
            if late:  # What is in doubt now is recovered at the next start.
                self._task.cancel()
                await asyncio.wait({self._task})

    async def run(self) -> None:
        """Send letters until stop()."""
        self._task = asyncio.current_task()
        self._pace.halt(await self._patience.through(self._outbox.halted_s))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._book())
            while not self._stopping:
                await self._look_after()
                if not await self._start_some(tasks):
                    await self._rest()
            self._ended.set()

    async def _look_after(self) -> None:
        """Take up what the dead left, and store a halt so that it survives us."""
        now = _now()
        if now >= self._recover_at:
            found = await self._patience.through(
                lambda: self._outbox.recover(self._owner, tuple(self._in_hand))
            )
            if found:
                log.warning("Letters of a run that ended were taken up.", extra={"letters": found})
            self._recover_at = now + RECOVER_S
        halted_s = self._pace.halted_s()
        if halted_s > 0 and now + halted_s > self._halt_stored + HALT_STEP_S:
            await self._patience.through(lambda: self._outbox.halt(halted_s))
            self._halt_stored = now + halted_s
            log.warning("The messenger wants silence.", extra={"seconds": round(halted_s)})

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._poll_s):
                await self._stirred.wait()
        except TimeoutError:
            return
        finally:
            self._stirred.clear()

    async def _start_some(self, tasks: asyncio.TaskGroup) -> bool:
        """Claim letters and set them going; whether there were any."""
        room = min(self._window - self._waiting, self._in_flight - len(self._in_hand))
        if room < self._least or self._silent_s() > 0:
            return False
        letters = await self._patience.through(lambda: self._outbox.claim(self._owner, room))
        ready = [(letter, words) for letter in letters if (words := self._prepare(letter))]
        if ready:
            going = [letter for letter, _ in ready]
            ours = await self._patience.through(lambda: self._outbox.begin(self._owner, going))
            for letter, words in ready:
                if letter.id in ours:
                    self._waiting += 1
                    tasks.create_task(self._deliver(letter, words))
                else:
                    del self._in_hand[letter.id]
        return bool(letters)

    def _prepare(self, letter: OutgoingLetter) -> Rendered | None:
        """The words of a letter that may go now; any other has its outcome."""
        wait_s = self._pace.letter_wait_s(letter.chat_id)
        if letter.chat_id in self._in_hand.values():
            wait_s = max(wait_s, 2 * CHAT_PATIENCE_S)
        self._in_hand[letter.id] = letter.chat_id
        if wait_s > CHAT_PATIENCE_S:
            self._end(Postponed(letter, wait_s))
            return None
        try:
            return self._render(letter)
        except Exception as fault:
            log.error("A letter cannot be put into words.", extra={"letter": letter.id})
            self._end(Failed(letter, f"{letter.message}: {_without_name(fault, letter)}"))
            return None

    async def _deliver(self, letter: OutgoingLetter, words: Rendered) -> None:
        """Bring one letter to exactly one end; it is booked as being sent."""
        try:
            await self._pace.letter(letter.chat_id)
        except Halted as halt:
            self._end(Postponed(letter, halt.remaining_s))
            return
        finally:
            self._waiting -= 1
            if self._window - self._waiting >= self._least:
                self.wake()
        if (silent_s := self._silent_s()) > 0:
            self._end(Postponed(letter, silent_s))
            return
        try:
            self._end(await self._send(letter, words))
        except Exception:  # Nobody knows how far it came.
            log.exception("Sending a letter went wrong.", extra={"letter": letter.id})
            self._end(Unknown(letter))

    async def _send(self, letter: OutgoingLetter, words: Rendered) -> Outcome:
        try:
            return Sent(letter, await self._messenger.send(letter.chat_id, words))
        except Blocked as fault:
            return Unreachable(letter, fault.reach)
        except TryLater as fault:
            self._rest_for(fault)
            return Postponed(letter, fault.delay_s)
        except Refused as fault:
            log.warning("The messenger refuses a letter.", extra={"letter": letter.id})
            return Failed(letter, _without_name(fault, letter))
        except Migrated as fault:
            new_chat_id = fault.chat_id
            await self._patience.through(lambda: self._move_group(letter.chat_id, new_chat_id))
            return Moved(letter, new_chat_id)
        except Ambiguous as fault:
            log.warning(
                "A letter may or may not have arrived.",
                extra={"letter": letter.id, "fault": str(fault)},
            )
            return Unknown(letter)

    def _silent_s(self) -> float:
        return max(self._pace.halted_s(), self._rest_until - _now())

    def _rest_for(self, fault: TryLater) -> None:
        if self._silent_s() <= 0:
            log.warning("Letters wait for the messenger.", extra={"fault": fault.reason})
        self._rest_until = max(self._rest_until, _now() + fault.delay_s)
        self.wake()

    def _end(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._ended.set()

    async def _book(self) -> None:
        """Book outcomes in groups, until the last letter in hand has its own."""
        while self._in_hand or not self._stopping:
            await self._ended.wait()
            await asyncio.sleep(GROUP_PAUSE_S)
            self._ended.clear()
            while group := self._outcomes[:GROUP_SIZE]:
                del self._outcomes[:GROUP_SIZE]
                await self._patience.through(lambda: self._outbox.finish(self._owner, group))
                for outcome in group:
                    self._in_hand.pop(outcome.letter.id, None)
                self.wake()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _without_name(fault: Exception, letter: OutgoingLetter) -> str:
    """What went wrong, without the private name that a message of the fault may repeat."""
    words = f"{type(fault).__name__}: {fault}"
    return words.replace(letter.name, "…") if letter.name else words
