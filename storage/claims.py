"""Which letters may go now, and to whom each of them goes.

Nobody has two letters in hand at once, whoever's hand it is. On PostgreSQL claims are therefore
made one after the other; they are short.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import LetterClass, LetterState
from club.members import Reach
from storage.outbox import PENDING, RUNNING, TRANSACTIONAL
from storage.sets import GIVEN, given, number, packed
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.columns import Moment
from storage.tables.members import MEMBERS, PRIVATE
from storage.tables.outbox import OUTBOX

_LOCK = int.from_bytes(blake2b(b"claims", digest_size=8).digest(), "big", signed=True)
_CLUB_NOW = bindparam("club_now", type_=Moment)
_MACHINE_NOW = bindparam("machine_now", type_=Moment)
_MINUTE = bindparam("minute", type_=Integer)
_HAND = OUTBOX.alias("hand")
_HELD = _HAND.c.state.in_([literal_column("'claimed'"), literal_column("'sending'")])
_NOBODY_WRITES = and_(
    or_(
        OUTBOX.c.member_id.is_(None),
        OUTBOX.c.member_id.not_in(
            select(_HAND.c.member_id).where(_HELD, _HAND.c.member_id.is_not(None))
        ),
    ),
    or_(
        OUTBOX.c.chat_id.is_(None),
        OUTBOX.c.chat_id.not_in(select(_HAND.c.chat_id).where(_HELD, _HAND.c.chat_id.is_not(None))),
    ),
)
_DUE = and_(
    PENDING,
    OUTBOX.c.not_before <= _CLUB_NOW,
    or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until <= _MACHINE_NOW),
    _NOBODY_WRITES,
)
_QUIET = case(  # A member's own quiet hours; the club's are everybody's.
    (MEMBERS.c.quiet_start.is_(None), literal_column("1 = 0")),
    (
        MEMBERS.c.quiet_start < MEMBERS.c.quiet_until,
        and_(MEMBERS.c.quiet_start <= _MINUTE, MEMBERS.c.quiet_until > _MINUTE),
    ),
    else_=or_(MEMBERS.c.quiet_start <= _MINUTE, MEMBERS.c.quiet_until > _MINUTE),
)
IN_TIME = or_(OUTBOX.c.expires_at.is_(None), OUTBOX.c.expires_at > _CLUB_NOW)
_REACHED = and_(
    MEMBERS.c.reach == literal_column(f"'{Reach.ACTIVE}'"),
    MEMBERS.c.chat_user_id.is_not(None),
    or_(TRANSACTIONAL, MEMBERS.c.promotions.is_(True)),
)


class Now(NamedTuple):
    """The moment of a claim, by both clocks."""

    club_now: datetime
    machine_now: datetime
    minute: int  # Of the local day.


async def queue(tx: AsyncConnection) -> None:
    """Be the only one who claims, until this transaction ends; an SQLite file has one writer."""
    if tx.dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(literal(_LOCK))))


async def due_single(
    tx: AsyncConnection,
    letter_class: LetterClass,
    now: Now,
    *,
    limit: int,
    closed: Collection[int] | None,
) -> Sequence[Row[Any]]:
    """Letters of no campaign that may go now, the oldest first, locked, with what they need.

    `closed`: groups without room for any; None: all of them.
    """
    values: dict[str, Any] = {"letter_class": letter_class, "most": limit, **now._asdict()}
    if closed is not None:
        values["closed"] = list(closed)
    rows: Sequence[Row[Any]] = (await tx.execute(_single(closed is not None), values)).all()
    return rows


async def running(tx: AsyncConnection) -> Sequence[int]:
    """The campaigns whose letters may go."""
    return (await tx.execute(RUNNING.order_by(CAMPAIGNS.c.id))).scalars().all()


async def due_of_campaign(
    tx: AsyncConnection,
    campaign_id: int,
    now: Now,
    *,
    limit: int,
    but: Collection[int],
    named: bool,
    week_ago: datetime,
    a_week: int | None,
) -> Sequence[Row[Any]]:
    """Letters of the campaign that may go now, locked, with what they need.

    `but`: these members get another just now. `named`: they address members by name. `a_week`: so
    many may a member have since `week_ago`.
    """
    about = {"campaign_id": campaign_id, "most": limit, "week_ago": week_ago}
    values = about | now._asdict() | {GIVEN: packed((member_id,) for member_id in but)}
    rows: Sequence[Row[Any]] = (
        await tx.execute(_of_campaign(tx.dialect.name, named, a_week), values)
    ).all()
    return rows


def still_wanted() -> ColumnElement[bool]:
    """The member may still be written to: looked at when a claimed letter is sent.

    The club's own number a week is not counted again: nobody has two letters in hand.
    """
    room = or_(OUTBOX.c.campaign_id.is_(None), _has_room(None))
    return and_(_REACHED, or_(TRANSACTIONAL, and_(~_QUIET, room)))


async def take(
    tx: AsyncConnection, ids: Collection[int], owner: str, lease_until: datetime
) -> None:
    """Take these locked letters under the next fence."""
    rows = packed((letter_id,) for letter_id in ids)
    await tx.execute(_take(tx.dialect.name), {GIVEN: rows, "whose": owner, "until": lease_until})


async def circumstances(
    tx: AsyncConnection, ids: Collection[int], week_ago: datetime
) -> Sequence[RowMapping]:
    """Why each of these letters may not go: what its member, its campaign and its time are like."""
    statement = (
        select(
            *(OUTBOX.c[name] for name in _OF_LETTER),
            *(MEMBERS.c[name] for name in _OF_MEMBER),
            CAMPAIGNS.c.state.label("campaign_state"),
            _had().label("had"),
        )
        .join_from(OUTBOX, MEMBERS, OUTBOX.c.member_id == MEMBERS.c.id, isouter=True)
        .join(CAMPAIGNS, CAMPAIGNS.c.id == OUTBOX.c.campaign_id, isouter=True)
        .where(OUTBOX.c.id.in_(list(ids)))
    )
    return (await tx.execute(statement, {"week_ago": week_ago})).mappings().all()


_OF_LETTER = (
    *("id", "fence", "state", "owner", "member_id", "campaign_id", "letter_class"),
    *("attempts", "expires_at"),
)
_OF_MEMBER = (
    *("chat_user_id", "left_at", "reach", "promotions"),
    *("quiet_start", "quiet_until", "promotions_a_week"),
)
_NEEDED = (
    *(OUTBOX.c.id, OUTBOX.c.fence, OUTBOX.c.attempts, OUTBOX.c.flagged, OUTBOX.c.member_id),
    *(OUTBOX.c.message, MEMBERS.c.chat_user_id, MEMBERS.c.language, MEMBERS.c.calendar),
)


@cache
def _single(groups: bool) -> Select[Any]:
    """Each letter with its own words; `groups`: those to groups too."""
    to_whom = or_(
        OUTBOX.c.chat_id.is_(None), OUTBOX.c.chat_id.not_in(bindparam("closed", expanding=True))
    )
    wanted = and_(_REACHED, or_(TRANSACTIONAL, ~_QUIET))
    fit = and_(IN_TIME, or_(OUTBOX.c.member_id.is_(None), wanted))
    return (
        select(
            *_NEEDED,
            fit.label("fit"),
            PRIVATE.c.name,
            *(OUTBOX.c.key, OUTBOX.c.chat_id, OUTBOX.c.facts, OUTBOX.c.letter_class),
        )
        .join_from(OUTBOX, MEMBERS, OUTBOX.c.member_id == MEMBERS.c.id, isouter=True)
        .join(PRIVATE, PRIVATE.c.member_id == MEMBERS.c.id, isouter=True)
        .where(
            OUTBOX.c.campaign_id.is_(None),
            OUTBOX.c.letter_class == bindparam("letter_class"),
            _DUE,
            to_whom if groups else OUTBOX.c.chat_id.is_(None),
        )
        .order_by(OUTBOX.c.not_before, OUTBOX.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=OUTBOX)
    )


@cache
def _of_campaign(dialect: str, named: bool, a_week: int | None) -> Select[Any]:
    """Letters whose words stand with their campaign."""
    others = select(number(dialect, 0)).select_from(given(dialect))
    fit = and_(IN_TIME, _REACHED, ~_QUIET, _has_room(a_week))
    statement = (
        select(*_NEEDED, fit.label("fit"), *([PRIVATE.c.name] if named else []))
        .join_from(OUTBOX, MEMBERS, OUTBOX.c.member_id == MEMBERS.c.id)
        .where(
            OUTBOX.c.campaign_id == bindparam("campaign_id"),
            _DUE,
            OUTBOX.c.member_id.not_in(others),
        )
    )
    if named:
        statement = statement.join(PRIVATE, PRIVATE.c.member_id == MEMBERS.c.id, isouter=True)
    return (
        statement.order_by(OUTBOX.c.not_before, OUTBOX.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=OUTBOX)
    )


def _has_room(a_week: int | None) -> ColumnElement[bool]:
    """The member has had fewer promotions than the club, and they themselves, allow."""
    own = MEMBERS.c.promotions_a_week
    if a_week is None:
        return or_(own.is_(None), _had() < own)
    return _had() < case((own < a_week, own), else_=a_week)


def _had() -> ColumnElement[int]:
    """How many promotions the member has had since `week_ago`."""
    had = OUTBOX.alias("had")
    return (
        select(func.count())
        .where(
            had.c.member_id == OUTBOX.c.member_id,
            had.c.campaign_id.is_not(None),
            had.c.state.in_([literal_column("'sent'"), literal_column("'unknown'")]),
            had.c.ended_at > bindparam("week_ago", type_=Moment),
        )
        .correlate(OUTBOX)
        .scalar_subquery()
    )


@cache
def _take(dialect: str) -> Any:
    return (
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(select(number(dialect, 0)).select_from(given(dialect))))
        .values(
            state=LetterState.CLAIMED,
            owner=bindparam("whose"),
            lease_until=bindparam("until", type_=Moment),
            fence=OUTBOX.c.fence + 1,
        )
    )
