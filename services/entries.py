"""Past purchases on their way into the book, many in a few statements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.conditions import Circumstances
from club.earning import Award, awards_for, points_of
from club.imports import PurchaseLine
from club.ledger import Grant, Reason
from club.pasts import Brought, Pasts
from club.programme import Programme
from club.waiting import begins_of
from services.expiring import all_live_on
from services.orders import Wanted, wanted_of
from storage import grants as grants_store
from storage import imports as imports_store
from storage import missions as missions_store

_UNBOOKED = 1 << 62
"""Numbers from here on stand for purchases of the batch: theirs come after all in the book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A purchase of a file that will be booked."""

    line: PurchaseLine
    key: str
    till: str
    member_id: int
    wanted: Wanted = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "wanted", wanted_of(self.line))

    @property
    def at(self) -> datetime:
        """When it was made, as it will be kept: to the millisecond."""
        at = self.line.at
        if not at.microsecond % 1000:
            return at
        return datetime.fromtimestamp(round(at.timestamp() * 1000) / 1000, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A purchase with what it brings."""

    deed: Deed
    brought: Brought

    @property
    def points(self) -> int:
        """What the rules give for the purchase itself."""
        return points_of(self.brought.awards)


def entries_of_orders(deeds: Sequence[Deed], programme: Programme) -> list[Entry]:
    """What these bring where the rules look at nothing but the order."""
    return [Entry(deed=deed, brought=_alone(deed, programme)) for deed in deeds]


def entries_of_pasts(deeds: Sequence[Deed], pasts: Pasts) -> list[Entry]:
    """What these bring, one after the other, to customers of whom all is known."""
    entries = []
    for place, deed in enumerate(deeds):
        order = deed.wanted.order(deed.line.at)
        brought = pasts.work(deed.member_id, order, deed.at, _UNBOOKED + place, deed.wanted.genres)
        entries.append(Entry(deed=deed, brought=brought))
    return entries


async def book_entries(
    tx: AsyncConnection,
    programme: Programme,
    entries: Sequence[Entry],
    earned_before: Mapping[int, int],
    at: datetime,
) -> None:
    """Book purchases and points of customers, locked, who owe nothing and are told nothing."""
    booked = await imports_store.add_purchases(tx, [_row(entry, at) for entry in entries])
    ids = [booked[entry.deed.key] for entry in entries]
    grants = [
        (grant, entry.deed.member_id, purchase_id)
        for entry, purchase_id in zip(entries, ids, strict=True)
        for grant in _grants(entry, purchase_id, programme)
    ]
    if grants:
        await grants_store.add(tx, grants)
    moments = [(entry.deed.member_id, entry.deed.at) for entry in entries]
    await all_live_on(tx, programme, "purchase", moments)
    tags: dict[tuple[str, int], int] = {}
    earned: Counter[int] = Counter()
    for entry, purchase_id in zip(entries, ids, strict=True):
        for genre in entry.deed.wanted.genres:
            tags.setdefault((genre, entry.deed.member_id), purchase_id)
        earned[entry.deed.member_id] += entry.brought.earned
    if tags:
        rows = [
            {"tag": tag, "member_id": member_id, "purchase_id": purchase_id}
            for (tag, member_id), purchase_id in sorted(tags.items())
        ]
        await imports_store.add_tags(tx, rows)
    totals = [(who, earned_before[who] + points) for who, points in earned.items() if points]
    if totals:
        await imports_store.put_earned(tx, totals)


def _alone(deed: Deed, programme: Programme) -> Brought:
    order = deed.wanted.order(deed.line.at)
    return Brought(awards=awards_for(order, programme, Circumstances()), missions=())


def _row(entry: Entry, at: datetime) -> dict[str, Any]:
    deed, line = entry.deed, entry.deed.line
    return {
        "key": deed.key,
        "till": deed.till,
        "receipt": line.receipt,
        "member_id": deed.member_id,
        "amount_minor": line.amount.minor,
        "currency": line.amount.currency,
        "title": line.title,
        "items": line.items,
        "points": entry.points,
        "at": deed.at,
        "booked_at": at,
        **deed.wanted.columns(),
    }


def _grants(entry: Entry, purchase_id: int, programme: Programme) -> list[Grant]:
    """The moves of what a purchase brings."""
    deed = entry.deed
    own, missions = f"purchase:{purchase_id}", missions_store.key_of(deed.member_id, purchase_id)
    of_order = [_grant(deed, one, Reason.PURCHASE, own, programme) for one in entry.brought.awards]
    return of_order + [
        _grant(deed, one, Reason.MISSION, missions, programme) for one in entry.brought.missions
    ]


def _grant(deed: Deed, award: Award, reason: Reason, key: str, programme: Programme) -> Grant:
    return ledger.grant(
        deed.member_id,
        award.points,
        reason,
        programme,
        key=f"{key}:{award.rule}",
        at=deed.at,
        explanation=award.explanation,
        active_from=begins_of(deed.at, programme.waiting),
        rule=award.rule,
    )
