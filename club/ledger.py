"""The book of points: whole numbers, two sides to every move, lots that expire."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from club.errors import NotEnoughPoints
from club.expiry import expiry_of
from club.facts import Facts
from club.programme import Programme


class Account(IntEnum):
    """Kinds of accounts; each member has those in MEMBERS_OWN, the others are the club's."""

    WALLET = 1
    ISSUED = 2  # Where points come from.
    EXPIRED = 3
    FORFEITED = 4
    ADJUSTED = 5
    SPENT = 6
    HELD = 7  # Taken from the wallet until the hold is posted or voided.
    DEBT = 8  # Stands below zero while points are owed; the only one of a member's that may.


MEMBERS_OWN = (Account.WALLET, Account.HELD, Account.DEBT)


class Reason(StrEnum):
    """Why points moved."""

    PURCHASE = "purchase"
    PROFILE = "profile"
    UNDO = "undo"
    ADJUST = "adjust"
    EXPIRY = "expiry"
    LEAVE = "leave"
    REFERRAL = "referral"
    BIRTHDAY = "birthday"
    REVIEW = "review"
    VISIT = "visit"
    SURVEY = "survey"
    MERGE = "merge"
    JOINED = "joined"
    STREAK = "streak"
    EVENT = "event"
    MISSION = "mission"
    SPEND = "spend"
    HOLD = "hold"
    POST = "post"
    VOID = "void"
    GIFT = "gift"  # From one member to another.
    REFUND = "refund"  # Earned with a purchase that was given back.
    RETURN = "return"  # Spent on a purchase that was given back.
    REPAY = "repay"


EARNING = (
    Reason.PURCHASE,
    Reason.PROFILE,
    Reason.REFERRAL,
    Reason.BIRTHDAY,
    Reason.REVIEW,
    Reason.VISIT,
    Reason.SURVEY,
    Reason.JOINED,
    Reason.STREAK,
    Reason.EVENT,
    Reason.MISSION,
)
"""Reasons that count as earned; only a refund makes that less."""


def account_id(kind: Account, member_id: int = 0) -> int:
    """The number of an account: the member (0 is the club), then one digit for the kind."""
    assert (kind in MEMBERS_OWN) == (member_id > 0), "members have their own, the rest the club's"
    return member_id * 10 + kind


def wallet(member_id: int) -> int:
    """The account that holds the member's points."""
    return account_id(Account.WALLET, member_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One move of whole points from one account to another."""

    key: str  # The same key twice is the same move: a retry changes nothing.
    source: int
    target: int
    points: int
    reason: Reason
    at: datetime
    explanation: Facts = field(default_factory=dict)
    rule: str | None = None  # The programme's rule that gave it.

    def __post_init__(self) -> None:
        assert self.points > 0, "direction is told by source and target, not by a sign"
        assert self.source != self.target, "a move needs two accounts"
        assert self.at.tzinfo is not None, "times carry their zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What one grant brought, and what is left of it. Valid in [active_from, expires_at)."""

    id: int
    points: int
    remaining: int
    active_from: datetime
    expires_at: datetime | None

    def __post_init__(self) -> None:
        assert 0 <= self.remaining <= self.points, "a lot never holds more than it was given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Points into a wallet, as a move and the lot it makes."""

    transfer: Transfer
    active_from: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """Points out of a wallet, as a move and what it takes from which lot."""

    transfer: Transfer
    uses: tuple[tuple[int, int], ...]  # (lot id, points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a wallet holds at one moment."""

    balance: int
    waiting: int  # Granted, but not active yet.
    next_points: int  # What expires first …
    next_expiry: datetime | None  # … and when; None where nothing ever does.


def is_alive(lot: Lot, at: datetime) -> bool:
    """Whether the lot can be spent at that moment, or later."""
    return lot.remaining > 0 and (lot.expires_at is None or at < lot.expires_at)


def is_open(lot: Lot, at: datetime) -> bool:
    """Whether the lot can be spent at that moment."""
    return is_alive(lot, at) and lot.active_from <= at


def holdings(lots: Sequence[Lot], at: datetime) -> Holdings:
    """The wallet at that moment, right to the second: the nightly booking is not waited for."""
    opened = [lot for lot in lots if is_open(lot, at)]
    ends = [lot.expires_at for lot in opened if lot.expires_at is not None]
    first = min(ends, default=None)
    return Holdings(
        balance=sum(lot.remaining for lot in opened),
        waiting=sum(lot.remaining for lot in lots if lot.active_from > at),
        next_points=sum(lot.remaining for lot in opened if first and lot.expires_at == first),
        next_expiry=first,
    )


def grant(
    member_id: int,
    points: int,
    reason: Reason,
    programme: Programme,
    *,
    key: str,
    at: datetime,
    explanation: Facts,
    active_from: datetime | None = None,
    rule: str | None = None,
) -> Grant:
    """Give points; active at once, or later, they live from then as the programme says."""
    begins = active_from or at
    source = Account.ADJUSTED if reason is Reason.ADJUST else Account.ISSUED
    transfer = Transfer(
        key=key,
        source=account_id(source),
        target=wallet(member_id),
        points=points,
        reason=reason,
        at=at,
        explanation=explanation,
        rule=rule,
    )
    ends = expiry_of(begins, programme.expiry, programme.club.calendar, programme.zone)
    return Grant(transfer=transfer, active_from=begins, expires_at=ends)


def take(
    lots: Iterable[Lot],
    points: int,
    *,
    at: datetime,
    first: Collection[int] = (),
    waiting: bool = False,
) -> tuple[tuple[int, int], ...]:
    """What each lot gives, (lot id, points): those that expire first, before them `first`.

    `waiting`: those that are not active yet as well. Raises NotEnoughPoints when the lots hold
    less.
    """
    can_be_taken = is_alive if waiting else is_open
    opened = sorted(
        (lot for lot in lots if can_be_taken(lot, at)), key=lambda lot: _order(lot, first)
    )
    balance = sum(lot.remaining for lot in opened)
    if balance < points:
        raise NotEnoughPoints(balance=balance, points=points)
    uses, missing = [], points
    for lot in opened:
        taken = min(lot.remaining, missing)
        if taken:
            uses.append((lot.id, taken))
            missing -= taken
    return tuple(uses)


def spend(
    member_id: int,
    lots: Iterable[Lot],
    points: int,
    target: Account,
    reason: Reason,
    *,
    key: str,
    at: datetime,
    explanation: Facts,
    first: Collection[int] = (),
    waiting: bool = False,
) -> Spend:
    """Points out of a wallet, taken from its lots as `take` does; raises NotEnoughPoints."""
    uses = take(lots, points, at=at, first=first, waiting=waiting)
    transfer = Transfer(
        key=key,
        source=wallet(member_id),
        target=account_id(target, member_id if target in MEMBERS_OWN else 0),
        points=points,
        reason=reason,
        at=at,
        explanation=explanation,
    )
    return Spend(transfer=transfer, uses=uses)


def _order(lot: Lot, first: Collection[int]) -> tuple[bool, bool, datetime, int]:
    """The named lots, then by expiry, those without one last."""
    return (lot.id not in first, lot.expires_at is None, lot.expires_at or lot.active_from, lot.id)
