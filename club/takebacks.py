"""What goes back when a purchase is given back, whole or in part: points both ways."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from club.calendar import day_end, local_day
from club.ledger import Lot, is_open
from club.refunds import WhenSpent


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a refund takes from which lot, and what the member owes from then on."""

    uses: tuple[tuple[int, int], ...]  # (lot id, points)
    owed: int

    @property
    def taken(self) -> int:
        """Points out of the wallet."""
        return sum(points for _, points in self.uses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a purchase's payment took from a lot and has not come back into it."""

    lot_id: int
    points: int
    own: bool  # Whether it is a lot of the member who has the purchase now.
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrant:
    """Points that come back as a lot of their own, for theirs has ended or was another's."""

    points: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comeback:
    """How points come back that were spent on a purchase."""

    into_lots: tuple[tuple[int, int], ...]  # (lot id, points)
    regrants: tuple[Regrant, ...]

    @property
    def points(self) -> int:
        """All that comes back."""
        into_lots = sum(points for _, points in self.into_lots)
        return into_lots + sum(regrant.points for regrant in self.regrants)


def share(points: int, amount: int, refunded: int, gone: int) -> int:
    """How many of these points go now, when `refunded` of the amount is given back in all.

    `gone` went before, so parts never come to more than the whole, and together they are it.
    """
    due = points if refunded >= amount else points * refunded // amount
    return max(0, due - gone)


def recover(
    lots: Sequence[Lot],
    own: Collection[int],
    points: int,
    when_spent: WhenSpent,
    *,
    at: datetime,
    may_owe: bool = True,
) -> Recovery:
    """Take points back: first from the lots they came in, even before these are active.

    What is not there any more is the programme's choice: `pending_only` leaves all that was
    active, `within_balance` takes what can be spent, `owe` all there is and notes the rest.
    """
    uses, missing = [], points
    for lot in sorted(lots, key=lambda lot: _order(lot, own, at)):
        taken = min(lot.remaining, missing) if _may_take(lot, own, when_spent, at) else 0
        if taken:
            uses.append((lot.id, taken))
            missing -= taken
    owes = when_spent == "owe" and may_owe
    return Recovery(uses=tuple(uses), owed=missing if owes else 0)


def come_back(
    spent: Sequence[Spent],
    points: int,
    grace_days: int,
    *,
    at: datetime,
    zone: ZoneInfo,
) -> Comeback:
    """Give so many of the spent points back where they came from.

    What lives longest comes back first. A lot that has ended gets the days of grace, to the end
    of the local day; without any its points are lost.
    """
    into_lots, regrants = [], []
    for use in sorted(spent, key=_latest_first):
        given = min(use.points, points)
        points -= given
        ended = use.expires_at is not None and use.expires_at <= at
        if given and not ended and use.own:
            into_lots.append((use.lot_id, given))
        elif given and (grace_days or not ended):
            ends = _end_of_grace(grace_days, at, zone) if ended else use.expires_at
            regrants.append(Regrant(points=given, expires_at=ends))
    return Comeback(into_lots=tuple(into_lots), regrants=tuple(regrants))


def _may_take(lot: Lot, own: Collection[int], when_spent: WhenSpent, at: datetime) -> bool:
    waits = lot.active_from > at
    if lot.expires_at is not None and lot.expires_at <= at:
        return False
    if when_spent == "pending_only":
        return waits and lot.id in own
    return when_spent == "owe" or lot.id in own or not waits


def _order(lot: Lot, own: Collection[int], at: datetime) -> tuple[bool, bool, bool, datetime, int]:
    """Own lots, then open ones by their end, then those that wait."""
    ends = lot.expires_at or lot.active_from
    return (lot.id not in own, not is_open(lot, at), lot.expires_at is None, ends, lot.id)


def _latest_first(use: Spent) -> tuple[bool, float, int]:
    """Those without an end, then from the latest one on."""
    ends = 0.0 if use.expires_at is None else -use.expires_at.timestamp()
    return (use.expires_at is not None, ends, -use.lot_id)


def _end_of_grace(days: int, at: datetime, zone: ZoneInfo) -> datetime:
    return day_end(local_day(at, zone) + timedelta(days=days), zone)
