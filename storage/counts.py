"""What ladders count, as SQL: of each member of a statement, within a window of time."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from club.ladders import Counted, Ladder
from club.ledger import EARNING, Account
from club.windows import Window
from storage.tables.book import PURCHASES, TRANSFERS
from storage.tables.columns import Moment
from storage.tables.members import MEMBERS
from storage.tables.merges import MERGES
from storage.tables.refunds import TAKEBACKS

_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)
_EARNING = [reason.value for reason in EARNING]

COUNTS_STILL = and_(  # Neither undone nor given back whole.
    PURCHASES.c.undone_at.is_(None),
    or_(PURCHASES.c.refunded_minor < PURCHASES.c.amount_minor, PURCHASES.c.refunded_minor == 0),
)


def bounds(name: str, window: Window) -> dict[str, datetime]:
    """The values of a window's two parameters."""
    return {f"{name}_from": window.start or _EARLIEST, f"{name}_to": window.end or _LATEST}


def count(of: Counted, name: str, *, ever: bool = False) -> ColumnElement[int]:
    """How much of it the statement's member has, in the window whose parameters have that name."""
    match of:
        case "points" if ever:
            return MEMBERS.c.points_earned
        case "points":
            return _points(name)
        case "amount":
            net = func.sum(PURCHASES.c.amount_minor - PURCHASES.c.refunded_minor)
            return _scalar(_purchases(select(net), name))
        case "purchases":
            return _scalar(_purchases(select(func.count()), name))
        case "referrals":
            return _referrals(name)


def value(ladder: Ladder, name: str, *, sqlite: bool) -> ColumnElement[int]:
    """What the ladder measures, as club/tiers.py says it."""
    ever = ladder.over == "ever"
    if ladder.measure != "weighted":
        return count(ladder.measure, name, ever=ever)
    least = func.min if sqlite else func.least
    scores = [
        literal(part.weight, BigInteger)
        * least(count(part.of, name, ever=ever), literal(part.full, BigInteger), type_=BigInteger)
        // literal(part.full, BigInteger)
        for part in ladder.parts
    ]
    total = scores[0]
    for score in scores[1:]:
        total = total + score
    return total


def within(moment: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether that moment lies in the window whose parameters have that name."""
    start, end = bindparam(f"{name}_from", type_=Moment), bindparam(f"{name}_to", type_=Moment)
    return and_(moment >= start, moment < end)


def threshold(ladder: Ladder, tier: ColumnElement[Any]) -> ColumnElement[int]:
    """What that tier needs; nothing where an older programme had another."""
    steps = {step.key: step.threshold for step in ladder.tiers}
    return case(steps, value=tier, else_=literal(0))


def place(ladder: Ladder, tier: ColumnElement[Any]) -> ColumnElement[int]:
    """Which step that tier is, from 0."""
    steps = {step.key: at for at, step in enumerate(ladder.tiers)}
    return case(steps, value=tier, else_=literal(0))


def friends_first() -> Select[Any]:
    """When each friend whom the statement's member brought first bought what still counts."""
    friend, inviter = MEMBERS.alias("friend"), MEMBERS
    first = (
        select(func.min(PURCHASES.c.at))
        .where(PURCHASES.c.member_id == friend.c.id, COUNTS_STILL)
        .correlate(friend)
        .scalar_subquery()
    )
    return select(first.label("at")).where(
        friend.c.referred_by_code == inviter.c.referral_code,
        friend.c.agreed_at.is_not(None),
        friend.c.left_at.is_(None),
    )


def _referrals(name: str) -> ColumnElement[int]:
    firsts = friends_first().correlate(MEMBERS).subquery()
    return _scalar(select(func.count()).select_from(firsts).where(within(firsts.c.at, name)))


def _purchases(statement: Select[Any], name: str) -> Select[Any]:
    return statement.where(
        PURCHASES.c.member_id == MEMBERS.c.id, within(PURCHASES.c.at, name), COUNTS_STILL
    )


def _points(name: str) -> ColumnElement[int]:
    """Points earned, less what refunds took back; those of customers merged into them too."""
    own = MEMBERS.c.id * 10 + Account.WALLET.value
    merged = select(MERGES.c.source_id * 10 + Account.WALLET.value).where(
        MERGES.c.target_id == MEMBERS.c.id
    )
    total: ColumnElement[int] = literal(0, BigInteger)
    for wallet in (TRANSFERS.c.target == own, TRANSFERS.c.target.in_(merged.correlate(MEMBERS))):
        earned = (wallet, TRANSFERS.c.reason.in_(_EARNING), within(TRANSFERS.c.at, name))
        granted = select(func.sum(TRANSFERS.c.points)).where(*earned)
        back = select(func.sum(TAKEBACKS.c.points)).join(
            TRANSFERS, TRANSFERS.c.id == TAKEBACKS.c.transfer_id
        )
        total = total + _scalar(granted) - _scalar(back.where(*earned))
    return total


def _scalar(statement: Select[Any]) -> ColumnElement[int]:
    """One number of the statement's member; PostgreSQL sums to NUMERIC."""
    found = statement.correlate(MEMBERS).scalar_subquery()
    return cast(func.coalesce(found, 0), BigInteger)
