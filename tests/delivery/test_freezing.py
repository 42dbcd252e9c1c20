"""A process that was frozen: what others may have taken up meanwhile, it leaves alone."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.carrier import Carrier
from bot.delivery.connections import CONNECT_TIMEOUT_S
from bot.delivery.pace import Pace
from bot.delivery.parcels import REQUEST, Lease, Parcel, Rooms
from bot.delivery.rendered import Rendered, Words
from bot.delivery.transport import READ_TIMEOUT_S
from club.members import Reach
from services.letters import Outcome, Postponed, Sent, Unreachable
from services.outbox import LEASE
from storage.db import Database
from tests.delivery.people import (
    Clock,
    club_clock,
    machine_clock,
    member_row,
    new_campaign,
    new_member,
    outbox_of,
    promoted,
    promotion,
    put,
)

NOW_S = 5000.0


class Recording:
    """A messenger that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    async def send(self, chat_id: int, words: Words) -> int:
        self.sent.append(chat_id)
        return len(self.sent)


async def _moved(old_chat_id: int, new_chat_id: int) -> None:
    raise AssertionError("no group moves here")


def test_a_lease_is_longer_than_a_request() -> None:
    assert timedelta(seconds=CONNECT_TIMEOUT_S + READ_TIMEOUT_S) <= REQUEST
    assert REQUEST * 2 <= LEASE


@pytest.mark.parametrize(
    ("machine_s", "monotonic_s", "goes"),
    [
        (0, 0, True),
        (30, 30, True),
        (31, 31, False),
        (3600, 3600, False),
        (-3600, 31, False),  # The machine's clock was put back while we were frozen.
        (31, 0, False),  # The whole machine slept, and only its clock knows.
    ],
)
async def test_what_may_be_anothers_by_now_does_not_leave(
    db: Database, machine_s: float, monotonic_s: float, goes: bool
) -> None:
    machine, now_s = machine_clock(), NOW_S
    outbox = outbox_of(db, machine, club_clock())
    await put(db, promotion(await new_campaign(db), await new_member(db, 11)))
    letters = await outbox.claim("a", 1)
    begun = await outbox.begin("a", letters)
    parcel = Parcel(
        letters, 11, Rendered("hello"), Lease.of(begun.until, now_s + LEASE.total_seconds())
    )
    machine.move(machine_s)
    now_s += monotonic_s
    pace, messenger = Pace(time.monotonic), Recording()
    carrier = Carrier(
        messenger, pace, Rooms(pace), _moved, clock=lambda: now_s, machine_time=machine
    )
    (outcome,) = await carrier.carry(parcel, lambda: None)
    assert (messenger.sent == [11]) is goes
    assert isinstance(outcome, Sent if goes else Postponed)


async def test_who_comes_back_changes_nothing(db: Database) -> None:
    machine = Clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    outbox = outbox_of(db, machine, club_clock())
    campaign = await new_campaign(db)
    members = [await new_member(db, chat) for chat in (11, 12, 13)]
    await put(db, *(promotion(campaign, member) for member in members))
    letters = await outbox.claim("frozen", 3)
    claimed, sending, blocked = letters
    await outbox.begin("frozen", [sending, blocked])
    machine.move(LEASE.total_seconds())
    assert await outbox.recover("other") == 3
    (again,) = await outbox.claim("other", 3)
    assert again.id == claimed.id
    outcomes: list[Outcome] = [
        Sent(sending, 1),
        Unreachable(blocked, Reach.BLOCKED),
        Sent(claimed, 3),
    ]
    begun = await outbox.book("frozen", outcomes, [claimed])
    assert not begun.ids
    states = [(await promoted(db, campaign, member))["state"] for member in members]
    assert states == ["claimed", "unknown", "unknown"]
    assert (await member_row(db, members[2]))["reach"] == "active"
    assert (await outbox.begin("other", [again])).ids == {again.id}
