"""The engine: brings each letter that waits in the outbox to exactly one end.

Claimed letters are put into words, booked as being sent, and only then wait for the pace and touch
the socket; what became of them is booked together with the next ones. Nothing that happens to one
letter, to the messenger or to the database ends the engine.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import machine_time
from bot.delivery.carrier import Carrier, Messenger, MoveGroup, reason_of
from bot.delivery.in_flight import in_flight_at, window_at
from bot.delivery.pace import Pace
from bot.delivery.parcels import Lease, Parcel, Render, Reserve, Rooms
from bot.delivery.patience import Patience
from bot.delivery.rendered import Rendered, Words
from services.letters import Begun, Failed, Outcome, OutgoingLetter, Postponed
from services.outbox import LEASE, Outbox

AHEAD_S = 0.25  # So much of the pace is claimed besides; what is urgent overtakes the others.
MOST_AHEAD = 1000
POLL_S = 0.5
GROUP_PAUSE_S = 0.1  # So long an outcome waits for others, to be booked with them.
RECOVER_S = 10.0
SWEEP_S = 1.0
DRAIN_S = 40.0
OUR_BUGS = (SQLAlchemyError, TypeError, ValueError)  # What Patience does not wait for.

log = logging.getLogger(__name__)


class Engine:
    """Sends what waits. `owner` is a name that no other run of the program has had.

    `leads`: whether letters to groups are ours to send; one process does that. `in_flight`: so many
    are booked as being sent at most; by itself it follows the pace. `connections`: so many requests
    at once, where that is less.
    """

    def __init__(
        self,
        outbox: Outbox,
        messenger: Messenger,
        pace: Pace,
        render: Render,
        move_group: MoveGroup,
        *,
        owner: str,
        leads: Callable[[], bool] = lambda: True,
        in_flight: int | None = None,
        connections: int | None = None,
        poll_s: float = POLL_S,
        clock: Callable[[], float] = time.monotonic,
        machine_time: Callable[[], datetime] = machine_time,
    ) -> None:
        self._outbox = outbox
        self._pace = pace
        self._render = render
        self._move_group = move_group
        self._owner = owner
        self._leads = leads
        self._in_flight = in_flight or in_flight_at(pace.rate)
        self._carriers = min(self._in_flight, connections or self._in_flight)
        self._poll_s = poll_s
        self._clock = clock
        self._suit_the_pace()
        self._ahead = max(self._window, min(MOST_AHEAD, int(pace.rate * AHEAD_S)))
        self._patience = Patience()
        self._rooms = Rooms(pace)
        self._carrier = Carrier(
            messenger, pace, self._rooms, self._follow, clock=clock, machine_time=machine_time
        )
        self._reserve = Reserve()
        self._in_hand = set[int]()  # Letters that are claimed by us.
        self._begun = asyncio.Queue[Parcel]()
        self._waiting = 0  # Parcels booked as being sent that wait for their turn …
        self._sending = 0  # … and those with them that are on their way.
        self._outcomes: list[Outcome] = []
        self._ripe = True  # They wait for others no longer,
        self._ripens: asyncio.TimerHandle | None = None  # or until then.
        self._more = True  # The last look found letters: the next may find others.
        self._stirred = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[Any] | None = None
        self._look_at = self._recover_at = self._sweep_at = float("-inf")

    def wake(self) -> None:
        """There may be letters: look now."""
        self._look_at = float("-inf")
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
        await self._pace.recall()
        async with asyncio.TaskGroup() as tasks:
            carriers = [tasks.create_task(self._carry()) for _ in range(self._carriers)]
            while self._in_hand or not self._stopping:
                await self._look_after()
                await self._claim()
                await self._book()
                await self._rest()
            for carrier in carriers:
                carrier.cancel()

    async def _look_after(self) -> None:
        """Take up what the dead left, and end what goes no more."""
        self._suit_the_pace()
        now = self._clock()
        if now >= self._recover_at:
            found = await self._patience.through(
                lambda: self._outbox.recover(self._owner, tuple(self._in_hand))
            )
            if found:
                log.warning("Letters of a run that ended were taken up.", extra={"letters": found})
            self._recover_at = now + RECOVER_S
        if now >= self._sweep_at:
            swept = await self._patience.through(self._outbox.sweep)
            self._sweep_at = now if swept else now + SWEEP_S

    def _suit_the_pace(self) -> None:
        """After the messenger has said no letters are slower, and fewer wait for their moment."""
        self._window = min(self._in_flight, window_at(self._pace.per_second))
        # Letters are begun in batches, not singly, and before nobody has anything to carry.
        self._least = max(1, min(self._window // 2, self._in_flight // 4))

    async def _claim(self) -> None:
        """Have letters at hand for the next window; give them back when none can go."""
        silent_s = self._carrier.silent_s()
        if self._stopping or silent_s > 0:
            self._outcomes += [Postponed(letter, silent_s) for letter in self._reserve.empty()]
            return
        now = self._clock()
        if len(self._reserve) >= self._window or (not self._more and now < self._look_at):
            return
        room = self._window + self._ahead - len(self._reserve)
        groups = self._rooms.groups() if self._leads() else None
        letters = await self._patience.through(
            lambda: self._outbox.claim(self._owner, room, groups)
        )
        self._more = bool(letters)
        if not letters:
            self._look_at = now + self._poll_s
        self._reserve.add(letters)
        self._in_hand.update(letter.id for letter in letters)
        await self._rooms.learn(letters)

    async def _book(self) -> None:
        """Book what became of letters, and the next ones as being sent; set these going."""
        parcels: list[Parcel] = []
        if self._room() >= self._least and not self._stopping:
            parcels = self._next_parcels()
        if not (parcels or self._ripe or self._stopping):
            return
        outcomes, self._outcomes, self._ripe = self._outcomes, [], True
        if self._ripens is not None:
            self._ripens.cancel()
        letters = [letter for parcel in parcels for letter in parcel.letters]
        if not outcomes and not letters:
            return
        since = self._clock()
        try:
            begun = await self._booked(outcomes, letters)
        except OUR_BUGS:
            log.exception("Outcomes cannot be booked together.", extra={"action": "booking_failed"})
            await self._book_singly(outcomes)
            begun = await self._booked((), letters)
        self._in_hand.difference_update(outcome.letter.id for outcome in outcomes)
        lease = Lease.of(begun.until, since + LEASE.total_seconds())
        for parcel in parcels:
            ours = [letter for letter in parcel.letters if letter.id in begun.ids]
            if len(ours) == len(parcel.letters):
                parcel.lease = lease
                self._waiting += 1
                self._sending += 1
                self._begun.put_nowait(parcel)
                continue
            self._in_hand.difference_update(letter.id for letter in parcel.letters)
            # What is left of a message that was written for more is written anew.
            self._outcomes += [Postponed(letter, 0) for letter in ours]
            self._in_hand.update(letter.id for letter in ours)

    async def _booked(
        self, outcomes: Sequence[Outcome], letters: Sequence[OutgoingLetter]
    ) -> Begun:
        return await self._patience.through(
            lambda: self._outbox.book(self._owner, outcomes, letters)
        )

    async def _book_singly(self, outcomes: Sequence[Outcome]) -> None:
        """One outcome that the database does not take must not hold up the others."""
        for outcome in outcomes:
            try:
                await self._booked((outcome,), ())
            except OUR_BUGS as fault:
                await self._booked((Failed(outcome.letter, type(fault).__name__),), ())

    def _next_parcels(self) -> list[Parcel]:
        """Messages for which there is room; a letter that gets none has its outcome."""
        parcels: list[Parcel] = []
        room = self._room() if self._carrier.silent_s() <= 0 else 0
        while len(parcels) < room and self._reserve:
            letters = self._reserve.take()
            chat_id = letters[0].chat_id
            if put_off := self._rooms.put_off(letters):
                self._outcomes += put_off
            elif rendered := [(one, words) for one in letters if (words := self._in_words(one))]:
                parcels.append(self._parcel(chat_id, rendered))
        return parcels

    def _parcel(self, chat_id: int, rendered: Sequence[tuple[OutgoingLetter, Words]]) -> Parcel:
        """One message; letters for which it has no room are put back."""
        letters, words = [letter for letter, _ in rendered], rendered[0][1]
        together = 1
        if letters[0].member_id is None and isinstance(words, Rendered):
            parts = [part for _, part in rendered if isinstance(part, Rendered)]
            words, together = self._rooms.gather(letters, parts)
        self._outcomes += [Postponed(letter, 0) for letter in letters[together:]]
        return Parcel(letters[:together], chat_id, words)

    def _in_words(self, letter: OutgoingLetter) -> Words | None:
        try:
            return self._render(letter)
        except Exception as fault:
            log.error("A letter cannot be put into words.", extra={"letter": letter.id})
            self._outcomes.append(Failed(letter, f"{letter.message}: {reason_of(fault, letter)}"))
            return None

    async def _carry(self) -> None:
        """Carry one parcel after the other."""
        while True:
            parcel = await self._begun.get()
            outcomes = await self._carrier.carry(parcel, self._left)
            self._sending -= 1
            if not self._outcomes:
                self._ripe = False
                loop = asyncio.get_running_loop()
                self._ripens = loop.call_later(GROUP_PAUSE_S, self._ripen)
            self._outcomes += outcomes
            self._nudge()

    def _ripen(self) -> None:
        self._ripe = True
        self._stirred.set()

    def _left(self) -> None:
        self._waiting -= 1
        self._nudge()

    def _nudge(self) -> None:
        if self._ready():
            self._stirred.set()

    def _room(self) -> int:
        """So many parcels may be begun."""
        return min(self._window - self._waiting, self._in_flight - self._sending)

    def _ready(self) -> bool:
        """Whether a batch can be begun at once."""
        return (
            (self._more or len(self._reserve) > 0)
            and self._room() >= self._least
            and not self._stopping
        )

    async def _rest(self) -> None:
        """Until something has happened, or for a while."""
        if self._ready() and self._carrier.silent_s() <= 0:
            return
        if self._stopping and not self._in_hand:  # Nobody would wake us.
            return
        try:
            async with asyncio.timeout(self._poll_s):
                await self._stirred.wait()
        except TimeoutError:
            return
        finally:
            self._stirred.clear()

    async def _follow(self, old_chat_id: int, new_chat_id: int) -> None:
        await self._patience.through(lambda: self._move_group(old_chat_id, new_chat_id))
