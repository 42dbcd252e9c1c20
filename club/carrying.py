"""Points that go from one wallet into another, lot by lot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from club.facts import Facts
from club.ledger import Grant, Lot, Reason, Transfer, take, wallet


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What left a lot for another wallet: there it begins a lot of its own."""

    lot_id: int
    grant: Grant


def give(
    source_id: int,
    target_id: int,
    lots: Sequence[Lot],
    points: int,
    *,
    key: str,
    at: datetime,
    explanation: Facts,
) -> tuple[Carried, ...]:
    """Move so many points out of what expires first; each lot keeps its own expiry.

    The moves' keys are numbered from 1. Raises NotEnoughPoints when the open lots hold less.
    """
    uses = take(lots, points, at=at)
    known = {lot.id: lot for lot in lots}
    return tuple(
        Carried(
            lot_id=lot_id,
            grant=Grant(
                transfer=Transfer(
                    key=f"{key}:{number}",
                    source=wallet(source_id),
                    target=wallet(target_id),
                    points=used,
                    reason=Reason.GIFT,
                    at=at,
                    explanation=explanation,
                ),
                active_from=known[lot_id].active_from,
                expires_at=known[lot_id].expires_at,
            ),
        )
        for number, (lot_id, used) in enumerate(uses, 1)
    )
