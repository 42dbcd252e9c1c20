"""Proof that the book is right, or a list of what is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from club.programme import Programme
from storage import audit as audit_store
from storage.audit import Law
from storage.db import Database

_SENTENCES: Mapping[Law, str] = MappingProxyType(
    {
        Law.TWO_SIDES: "transfer {id}: stands between {found} accounts, not between two",
        Law.POINTS_ABOVE_ZERO: "transfer {id}: moves {found} points, and a move is above zero",
        Law.SUM_ZERO: "all accounts: hold {found} points together, and must hold {expected}",
        Law.NOT_BELOW_ZERO: "account {id}: stands at {found} points, below zero",
        Law.WALLET_IS_LOTS: "member {id}: the lots hold {found} points, the transfers {expected}",
        Law.LOT_IS_GRANT: "lot {id}: was given {found} points, its own grant has {expected}",
        Law.LOT_REMAINING: "lot {id}: holds {found} points, its uses leave {expected}",
        Law.USES_ARE_MOVE: "transfer {id}: took {found} points from lots, and moved {expected}",
        Law.OWN_LOTS: "lot {id}: was used by account {found}, and belongs to {expected}",
        Law.PURCHASE_POINTS: "purchase {id}: says {found} points, its grants are {expected}",
        Law.POINTS_EARNED: "member {id}: has earned {found} points, the transfers say {expected}",
        Law.TIER: "member {id}: stands on tier {found}, and has earned {expected}",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row of the book that breaks a law; its text is a sentence for the operator."""

    law: Law
    id: int
    found: int | str | None
    expected: int | str | None

    def __str__(self) -> str:
        return _SENTENCES[self.law].format(id=self.id, found=self.found, expected=self.expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What was looked through, and what is wrong; of each kind the first thousand."""

    transfers: int
    members: int
    lots: int
    faults: tuple[Fault, ...]


class Audit:
    """Looks through the whole book; writes nothing."""

    def __init__(self, db: Database, programme: Programme) -> None:
        self._db = db
        self._programme = programme

    async def run(self) -> AuditReport:
        """The book of one moment: two sides, sums, lots, uses, purchases, points earned, tiers."""
        async with self._db.read() as tx:
            await audit_store.hold_still(tx)
            transfers, members, lots = await audit_store.size(tx)
            faults = await look(tx, self._programme)
        return AuditReport(transfers=transfers, members=members, lots=lots, faults=faults)


async def look(tx: AsyncConnection, programme: Programme) -> tuple[Fault, ...]:
    """All faults that this transaction sees."""
    findings = await audit_store.findings(tx, programme)
    return tuple(
        Fault(law=one.law, id=one.id, found=one.found, expected=one.expected) for one in findings
    )
