"""What becomes of letters in hand: booked as being sent, brought to an end, taken from the dead.

A letter in hand is known by its number and the fence under which it was claimed: whoever lost it
has an older fence, or finds it in nobody's hand, and changes nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    RowMapping,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import ENDS, LetterState
from club.members import Reach
from storage.claims import IN_TIME, Now, still_wanted
from storage.outbox import AT_ONCE, IN_HAND, PENDING, RUNNING, TRANSACTIONAL
from storage.sets import GIVEN, given, number, packed, word
from storage.tables.columns import Moment
from storage.tables.members import MEMBERS
from storage.tables.outbox import OUTBOX

MILLISECOND = timedelta(milliseconds=1)


class Change(NamedTuple):
    """A letter's new state; nobody has it in hand after that."""

    letter_id: int
    fence: int
    campaign_id: int | None
    state: LetterState
    attempts: int = 0  # So many more …
    flagged: int = 0  # … and here.
    message_id: int | None = None
    fault: str | None = None
    lease_until: datetime | None = None
    not_before: datetime | None = None


class Blocked(NamedTuple):
    """How a member is out of reach, and the letter that has told."""

    blocked_id: int
    letter_id: int
    letter_fence: int
    reach: Reach


_MARK_REACH = update(MEMBERS).where(
    MEMBERS.c.id == bindparam("blocked_id"),
    exists().where(
        OUTBOX.c.id == bindparam("letter_id"),
        OUTBOX.c.fence == bindparam("letter_fence"),
        OUTBOX.c.owner == bindparam("by"),
        IN_HAND,
    ),
)


async def begin(
    tx: AsyncConnection,
    handles: Sequence[tuple[int, int, int]],
    owner: str,
    *,
    now: Now,
    week_ago: datetime,
    quiet: bool,
    lease_until: datetime,
) -> set[int]:
    """Book letters as being sent; those that are still the owner's and may go still.

    Each is given with its fence and the chat for which it was written. Again changes nothing.
    `quiet`: the club offers nothing now.
    """
    values = {GIVEN: packed(handles), "whose": owner, "until": lease_until, "week_ago": week_ago}
    values |= {"club_now": now.club_now, "minute": now.minute}
    return set((await tx.execute(_begin(tx.dialect.name, quiet), values)).scalars())


async def write(
    tx: AsyncConnection, changes: Sequence[Change], at: datetime, *, owner: str | None
) -> set[int]:
    """Write what became of letters; which of them were the owner's. None: the rows are locked.

    What is sent was tried once more.
    """
    sent = [change for change in changes if change.state is LetterState.SENT]
    others = [change for change in changes if change.state is not LetterState.SENT]
    values = {"at": at} if owner is None else {"at": at, "whose": owner}
    ours = set[int]()
    if sent:  # As nearly all are: little is said of them.
        rows = packed((change.letter_id, change.fence, change.message_id) for change in sent)
        statement = _write_sent(tx.dialect.name, owner is not None)
        ours.update((await tx.execute(statement, {GIVEN: rows, **values})).scalars())
    if others:
        rows = packed(_row(change) for change in others)
        statement = _write(tx.dialect.name, owner is not None)
        ours.update((await tx.execute(statement, {GIVEN: rows, **values})).scalars())
    return ours


def _row(change: Change) -> tuple[Any, ...]:
    return (
        change.letter_id,
        change.fence,
        change.state,
        change.attempts,
        change.flagged,
        change.message_id,
        change.fault,
        _milliseconds(change.lease_until),
        _milliseconds(change.not_before),
        int(change.state in ENDS),
    )


async def space(tx: AsyncConnection, member_ids: Collection[int], until: datetime) -> None:
    """These members had a letter just now: others that wait for them wait until then."""
    if member_ids:
        rows = packed((member_id,) for member_id in member_ids)
        await tx.execute(_space(tx.dialect.name), {GIVEN: rows, "until": until})


async def mark_reach(
    tx: AsyncConnection, blocked: Sequence[Blocked], at: datetime, owner: str
) -> None:
    """The messenger does not let us write to these members any more, says a letter in hand."""
    if blocked:
        values = [
            {**one._asdict(), "reach_at": at, "by": owner}
            for one in sorted(blocked)  # In order, so that no two wait for each other.
        ]
        await tx.execute(_MARK_REACH, values)


async def owners(tx: AsyncConnection) -> set[str]:
    """All who have letters in hand, or had when they died."""
    return set((await tx.execute(select(OUTBOX.c.owner).where(IN_HAND).distinct())).scalars())


async def abandoned(
    tx: AsyncConnection, *, machine_now: datetime, in_hand: Collection[int], dead: Collection[str]
) -> Sequence[RowMapping]:
    """Letters whose owner is gone, locked: known to be dead, or the lease is over."""
    gone = or_(OUTBOX.c.lease_until <= machine_now, OUTBOX.c.owner.in_(list(dead)))
    names = ("id", "fence", "state", "campaign_id", "letter_class", "attempts")
    statement = (
        select(*(OUTBOX.c[name] for name in names))
        .where(IN_HAND, gone)
        .where(OUTBOX.c.id.not_in(list(in_hand)))
        .with_for_update(skip_locked=True)
    )
    return (await tx.execute(statement)).mappings().all()


@cache
def _begin(dialect: str, quiet: bool) -> Any:
    wanted = exists().where(
        MEMBERS.c.id == OUTBOX.c.member_id,
        still_wanted(),
        MEMBERS.c.chat_user_id == number(dialect, 2),
    )
    return (
        update(OUTBOX)
        .where(
            _is_given(dialect),
            OUTBOX.c.owner == bindparam("whose"),
            IN_HAND,
            IN_TIME,
            *([TRANSACTIONAL] if quiet else []),
            or_(OUTBOX.c.member_id.is_(None), wanted),
            or_(OUTBOX.c.campaign_id.is_(None), OUTBOX.c.campaign_id.in_(RUNNING)),
        )
        .values(state=LetterState.SENDING, lease_until=bindparam("until", type_=Moment))
        .returning(OUTBOX.c.id)
    )


def _of(dialect: str, owned: bool) -> Any:
    statement = update(OUTBOX).where(_is_given(dialect))
    return statement.where(OUTBOX.c.owner == bindparam("whose"), IN_HAND) if owned else statement


@cache
def _write_sent(dialect: str, owned: bool) -> Any:
    ended = {"ended_at": bindparam("at", type_=Moment), "lease_until": None, "owner": None}
    sent = {"attempts": OUTBOX.c.attempts + 1, "message_id": number(dialect, 2), "fault": None}
    statement = _of(dialect, owned).values(state=LetterState.SENT, **sent, **ended)
    return statement.returning(OUTBOX.c.id)


@cache
def _write(dialect: str, owned: bool) -> Any:
    at = bindparam("at", type_=Moment)
    statement = _of(dialect, owned).values(
        state=word(dialect, 2),
        attempts=OUTBOX.c.attempts + number(dialect, 3),
        flagged=OUTBOX.c.flagged + number(dialect, 4),
        message_id=func.coalesce(number(dialect, 5), OUTBOX.c.message_id),
        fault=word(dialect, 6),
        lease_until=number(dialect, 7),
        not_before=func.coalesce(number(dialect, 8), OUTBOX.c.not_before),
        ended_at=case((number(dialect, 9) == 1, at)),
        owner=None,
    )
    return statement.returning(OUTBOX.c.id)


@cache
def _space(dialect: str) -> Any:
    """Found by two indexes: letters of no campaign by member, campaigns' by campaign and member."""
    members = select(number(dialect, 0)).select_from(given(dialect)).scalar_subquery()
    until = bindparam("until", type_=Moment)
    alone = and_(OUTBOX.c.campaign_id.is_(None), PENDING, OUTBOX.c.member_id.in_(members))
    of_campaign = and_(OUTBOX.c.campaign_id.in_(RUNNING), PENDING, OUTBOX.c.member_id.in_(members))
    waiting = [select(OUTBOX.c.id).where(alone)]
    if dialect == "postgresql":  # Of one process its own pace knows.
        waiting.append(select(OUTBOX.c.id).where(of_campaign))
    sooner = or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until < until)
    return (
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(union_all(*waiting)), PENDING, sooner)
        .values(lease_until=until)
    )


def _is_given(dialect: str) -> Any:
    return and_(OUTBOX.c.id == number(dialect, 0), OUTBOX.c.fence == number(dialect, 1))


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - AT_ONCE) // MILLISECOND
