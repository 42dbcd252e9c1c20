"""Updates come in: committed before they are acknowledged, then handled one at a time per person.

Two sides run beside each other and meet only in the database: one listens to the messenger and
stores, the other hands out what is due. What a dead process left is simply due.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from telegram.error import BadRequest, NetworkError, RetryAfter

from bot.logs import place_of
from bot.polling import NoUpdates, Polling
from bot.trouble import Trouble, messenger_trouble
from services.updates import TakenUpdate, UnreadableUpdate, Updates

IN_HAND = 16  # Persons at once; who waits holds no place.
FIRST_PAUSE_S = 1.0
MAX_PAUSE_S = 30.0
FINISH_S = 10.0
UNHEARD_PAUSE = timedelta(seconds=5)

Fault = type[Exception] | tuple[type[Exception], ...]
Handle = Callable[[dict[str, Any]], Awaitable[BaseException | None]]
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


def alone() -> bool:
    """Who is alone always leads."""
    return True


class Intake:
    """Listens, stores and hands out, until it is stopped or another process leads."""

    def __init__(
        self,
        updates: Updates,
        polling: Polling,
        handle: Handle,
        bot_id: int,
        *,
        leads: Callable[[], bool] = alone,
        first_pause_s: float = FIRST_PAUSE_S,
        finish_s: float = FINISH_S,
    ) -> None:
        """`handle` gives None when the update was handled, else the fault to try it again for.

        `leads` is asked before each poll, each handing out and each handling.
        """
        self._updates = updates
        self._polling = polling
        self._handle = handle
        self._bot_id = bot_id
        self._leads = leads
        self._first_pause_s = first_pause_s
        self._finish_s = finish_s
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._stopped = asyncio.Event()
        self._network = messenger_trouble()
        self._database = Trouble(
            "database",
            "The database fails; updates wait until it works.",
            "The database works again.",
        )

    async def run(self) -> None:
        """Work until stop(), or until we lead no more: then what is in hand is left at once to who
        leads now. Raises IntakeStopped when the messenger refuses us for good."""
        sides = (asyncio.create_task(self._listen()), asyncio.create_task(self._hand_out()))
        try:
            await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stop()
            if not self._leads():
                for side in sides:
                    side.cancel()
            await asyncio.wait(sides)
        for side in sides:
            if not side.cancelled():
                side.result()

    def stop(self) -> None:
        """End the long poll at once; run() returns when what is in hand is finished or has had
        its time. What was not finished is taken up at the next start."""
        self._stopped.set()

    @property
    def _goes_on(self) -> bool:
        return not self._stopped.is_set() and self._leads()

    async def _listen(self) -> None:
        while self._goes_on:
            raw = await self._until(self._network, (NetworkError, NoUpdates), self._poll)
            if raw:
                await self._keep(raw)
            else:
                self._polling.acknowledge(None)

    async def _poll(self) -> list[dict[str, Any]] | None:
        """The next updates; None when they are not for us any more."""
        if not self._leads():
            return None
        try:
            raw = await self._unless_stopped(self._polling.next())
        except (NetworkError, NoUpdates):
            if self._leads():
                raise
            return None
        return raw if self._leads() else None

    async def _keep(self, raw: list[dict[str, Any]]) -> None:
        """Store; only what is committed will be acknowledged by the next poll."""
        new = await self._until_stored(lambda: self._updates.store(self._bot_id, raw))
        if new is not None:
            self._polling.acknowledge(max(one["update_id"] for one in raw))
            self._wake.set()

    async def _hand_out(self) -> None:
        """Keep up to IN_HAND persons' updates in hand; a bug of ours here ends the program."""
        async with asyncio.TaskGroup() as hands:
            while self._goes_on:
                self._wake.clear()
                pause_s = await self._until_stored(lambda: self._take(hands))
                await self._unless_stopped(_woken(self._wake, pause_s))
            if in_hand := list(self._in_hand.values()):
                _, left = await asyncio.wait(in_hand, timeout=self._finish_s)
                for task in left:
                    task.cancel()

    async def _take(self, hands: asyncio.TaskGroup) -> float | None:
        """Fill the free hands; how long until more may be due, None when something will wake us."""
        free = IN_HAND - len(self._in_hand)
        if not free:
            return None
        taken = await self._updates.take(tuple(self._in_hand), free)
        if not self._leads():  # It took so long that another may have begun.
            return None
        for update in taken:
            self._in_hand[update.person] = hands.create_task(self._work(update))
        if len(taken) == free:
            return None
        due = await self._updates.next_due(tuple(self._in_hand))
        return None if due is None else due.total_seconds()

    async def _work(self, update: TakenUpdate) -> None:
        try:
            if not self._leads():
                return
            fault = await self._outcome(update)
            if fault is None:
                await self._until_stored(lambda: self._updates.done(update.id))
            elif self._leads():  # Else it is not ours to say that it failed.
                await self._give_back(update, fault)
        finally:
            del self._in_hand[update.person]
            self._wake.set()

    async def _outcome(self, update: TakenUpdate) -> BaseException | None:
        try:
            return await self._handle(update.payload)
        except Exception as fault:
            return fault

    async def _give_back(self, update: TakenUpdate, fault: BaseException) -> None:
        place = place_of(fault)
        if isinstance(fault, NetworkError | RetryAfter) and not isinstance(fault, BadRequest):
            delay = _pause_after(fault)
            await self._until_stored(lambda: self._updates.wait(update.id, place, delay))
            return
        if isinstance(fault, UnreadableUpdate):
            await self._until_stored(lambda: self._updates.park(update.id, str(fault)))
            log.error("An update cannot be read and is parked.", extra={"number": update.id})
            return
        parked = await self._until_stored(lambda: self._updates.fail(update.id, place))
        facts: dict[str, object] = {
            "number": update.id,
            "attempts": update.attempts,
            "fault": place,
        }
        if parked:
            facts["action"] = "update_parked"
            log.error("An update failed too often and is parked.", extra=facts)
        else:
            facts["action"] = "update_failed"
            log.warning("An update failed and is tried again.", extra=facts)

    async def _until_stored(self, action: Callable[[], Awaitable[Answer]]) -> Answer | None:
        return await self._until(self._database, (SQLAlchemyError, OSError), action)

    async def _until(
        self, trouble: Trouble, faults: Fault, action: Callable[[], Awaitable[Answer]]
    ) -> Answer | None:
        """The action's answer, however long it takes; None when it still fails after stop()."""
        pause_s = self._first_pause_s
        met = False
        while True:
            times_over = trouble.times_over
            try:
                answer = await action()
            except faults as fault:
                # Who began before it was over tells of what is over: the next try knows better.
                if not met and times_over == trouble.times_over:
                    trouble.begin(fault)
                    met = True
                at_least_s = fault.pause_s if isinstance(fault, NoUpdates) else 0
            else:
                if met and not self._stopped.is_set():  # Stopped, it may be no answer at all.
                    trouble.end()
                return answer
            if self._stopped.is_set():
                return None
            await self._unless_stopped(asyncio.sleep(max(pause_s, at_least_s)))
            pause_s = min(pause_s * 2, MAX_PAUSE_S)

    async def _unless_stopped(self, work: Coroutine[Any, Any, Answer]) -> Answer | None:
        """What the work gives; None when stop() came first, and the work is ended."""
        task = asyncio.create_task(work)
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            task.cancel()
            stopped.cancel()
            await asyncio.wait((task, stopped))


async def _woken(wake: asyncio.Event, pause_s: float | None) -> None:
    """Return when woken, or after the pause."""
    try:
        async with asyncio.timeout(pause_s):
            await wake.wait()
    except TimeoutError:
        return


def _pause_after(fault: NetworkError | RetryAfter) -> timedelta:
    """How long an answer waits for a messenger that could not take it."""
    if not isinstance(fault, RetryAfter):
        return UNHEARD_PAUSE
    told = fault.retry_after
    return told if isinstance(told, timedelta) else timedelta(seconds=told)
