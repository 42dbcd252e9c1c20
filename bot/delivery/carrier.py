"""Carries messages to the messenger, and says what became of the letters in them."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from bot.clock import machine_time
from bot.delivery.faults import (
    Ambiguous,
    Blocked,
    DeliveryFault,
    Migrated,
    Refused,
    TryLater,
    told,
)
from bot.delivery.pace import Halted, Pace
from bot.delivery.parcels import Parcel, Rooms
from bot.delivery.rendered import Words
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

FAULT_PAUSE_S = 5.0

log = logging.getLogger(__name__)


class Messenger(Protocol):
    """Who carries letters."""

    async def send(self, chat_id: int, words: Words) -> int:
        """The id of the message; raises a DeliveryFault."""
        ...


MoveGroup = Callable[[int, int], Awaitable[None]]  # From the old id to the new one; may repeat.


class Carrier:
    """Brings parcels that are booked as being sent to the messenger, each in its turn."""

    def __init__(
        self,
        messenger: Messenger,
        pace: Pace,
        rooms: Rooms,
        move_group: MoveGroup,
        *,
        clock: Callable[[], float] = time.monotonic,
        machine_time: Callable[[], datetime] = machine_time,
    ) -> None:
        self._messenger = messenger
        self._pace = pace
        self._rooms = rooms
        self._move_group = move_group
        self._clock = clock
        self._machine_time = machine_time
        self._rest_until = float("-inf")

    def silent_s(self) -> float:
        """How long nothing is carried."""
        return max(self._pace.halted_s(), self._rest_until - self._clock())

    async def carry(self, parcel: Parcel, left: Callable[[], None]) -> Sequence[Outcome]:
        """What became of each letter in it. `left` hears when it waits for its turn no longer."""
        try:
            return await self._carry(parcel, left)
        except Exception as fault:  # Nobody knows how far it came.
            log.exception("Sending a letter went wrong.", extra=_named(parcel))
            return [Unknown(letter, type(fault).__name__) for letter in parcel.letters]

    async def _carry(self, parcel: Parcel, left: Callable[[], None]) -> Sequence[Outcome]:
        try:
            await self._pace.learn(parcel.chat_id)
            if put_off := self._rooms.put_off(parcel.letters):  # The chat had others meanwhile.
                return put_off
            await self._pace.letter(parcel.chat_id)
        except Halted as halt:
            return [Postponed(letter, halt.remaining_s) for letter in parcel.letters]
        except Exception:  # Surely nothing has left.
            log.exception("The pace failed a letter; it waits.", extra=_named(parcel))
            return [Postponed(letter, FAULT_PAUSE_S) for letter in parcel.letters]
        finally:
            left()
        if (silent_s := self._rest_until - self._clock()) > 0:
            return [Postponed(letter, silent_s) for letter in parcel.letters]
        if not self._is_ours(parcel):  # Frozen meanwhile: others may have taken it up.
            return [Postponed(letter, 0) for letter in parcel.letters]
        try:
            message_id = await self._messenger.send(parcel.chat_id, parcel.words)
        except DeliveryFault as fault:
            return await self._after(parcel, fault)
        return [Sent(letter, message_id) for letter in parcel.letters]

    def _is_ours(self, parcel: Parcel) -> bool:
        """Whether the letters are ours for longer than a request can take."""
        lease = parcel.lease
        assert lease is not None, "it is booked as being sent"
        return self._clock() <= lease.until_s and self._machine_time() <= lease.until

    async def _after(self, parcel: Parcel, fault: DeliveryFault) -> Sequence[Outcome]:
        match fault:
            case Blocked():
                return [_blocked(letter, fault) for letter in parcel.letters]
            case TryLater():
                self._rest_for(fault)
                return [Postponed(letter, fault.delay_s) for letter in parcel.letters]
            case Migrated():
                await self._move_group(parcel.chat_id, fault.chat_id)
                return [Moved(letter, fault.chat_id) for letter in parcel.letters]
            case Refused() if len(parcel.letters) > 1:  # Because of one of them.
                self._rooms.part(parcel.letters)
                return [Postponed(letter, 0) for letter in parcel.letters]
            case Refused():
                log.warning("The messenger refuses a letter.", extra=_named(parcel))
                return [Failed(letter, reason_of(fault, letter)) for letter in parcel.letters]
            case Ambiguous():
                log.warning(
                    "A letter may or may not have arrived.",
                    extra={**_named(parcel), "fault": str(fault)},
                )
                return [Unknown(letter, str(fault)) for letter in parcel.letters]
            case _:
                raise AssertionError(f"{type(fault).__name__} means nothing for a letter")

    def _rest_for(self, fault: TryLater) -> None:
        if self.silent_s() <= 0 or self._rest_until < self._clock():
            log.warning("Letters wait for the messenger.", extra={"fault": fault.reason})
        self._rest_until = max(self._rest_until, self._clock() + fault.delay_s)


def reason_of(fault: Exception, letter: OutgoingLetter) -> str:
    """What went wrong, without the private name that a message of the fault may repeat."""
    words = f"{type(fault).__name__}: {fault}"
    return told(words.replace(letter.name, "…") if letter.name else words)


def _blocked(letter: OutgoingLetter, fault: Blocked) -> Outcome:
    if letter.member_id is not None:
        return Unreachable(letter, fault.reach)
    log.error(
        "A group cannot be written to, and a letter to it is lost."
        " Let the bot into the group again, and let it write there.",
        extra={"action": "group_lost", "letter": letter.id, "fault": str(fault)},
    )
    return Failed(letter, f"the group cannot be written to: {fault}")


def _named(parcel: Parcel) -> dict[str, object]:
    return {"letters": [letter.id for letter in parcel.letters]}
