"""Proof that the book is right, or a list of what is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import ENDS
from club.programme import Programme
from club.seals import Break, Chain
from storage import audit as audit_store
from storage import seals as seals_store
from storage.audit import FAULTS_AT_MOST, Law
from storage.db import Database

_ENDS = "/".join(ENDS)
_SENTENCES: Mapping[Law, str] = MappingProxyType(
    {
        Law.TWO_SIDES: "transfer {id}: stands between {found} accounts, not between two",
        Law.POINTS_ABOVE_ZERO: "transfer {id}: moves {found} points, and a move is above zero",
        Law.KEY_ONCE: "transfer {id}: has a key that stands {found} times, and a key stands once",
        Law.SUM_ZERO: "all accounts: hold {found} points together, and must hold {expected}",
        Law.NOT_BELOW_ZERO: "account {id}: stands at {found} points, below zero",
        Law.DEBT_NOT_ABOVE_ZERO: "account {id}: a debt, stands at {found} points, above zero",
        Law.HELD_IS_HOLDS: "member {id}: open holds have {found} points, the transfers {expected}",
        Law.HOLD_IS_MOVE: "hold {id}: has {found} points, its own transfer set aside {expected}",
        Law.WALLET_IS_LOTS: "member {id}: the lots hold {found} points, the transfers {expected}",
        Law.LOT_IS_GRANT: "lot {id}: was given {found} points, its own grant has {expected}",
        Law.LOT_REMAINING: "lot {id}: holds {found} points, its uses leave {expected}",
        Law.USES_ARE_MOVE: "transfer {id}: took {found} points from lots, and moved {expected}",
        Law.LOTS_ARE_MOVE: "transfer {id}: brought {found} points to lots, and moved {expected}",
        Law.OWN_USES: "lot {id}: was used by account {found}, and belongs to {expected}",
        Law.OWN_RETURNS: "lot {id}: got points of account {found} back, and belongs to {expected}",
        Law.PURCHASE_POINTS: "purchase {id}: says {found} points, its grants are {expected}",
        Law.POINTS_EARNED: "member {id}: has earned {found} points, the transfers say {expected}",
        Law.REFUND_POINTS: "refund {id}: says {found} points, it took back {expected}",
        Law.REFUNDED_AMOUNT: "purchase {id}: gave back {found} of money, its refunds {expected}",
        Law.TAKEBACK_WITHIN_GRANT: "transfer {id}: {found} points taken back of {expected} earned",
        Law.TIER: "member {id}: stands on tier {found}, and has earned {expected}",
        Law.STANDING: "member {id}: is on step {found} of a ladder, and has earned {expected}",
        Law.CAMPAIGN_LETTERS: "campaign {id}: wrote {found} letters, and {expected} are there",
        Law.CAMPAIGN_ENDS: f"campaign {{id}}: counts {{found}}, its letters {{expected}} ({_ENDS})",
        Law.CAMPAIGN_OVER: "campaign {id}: is over, and {found} of its letters are not",
        Law.SEALED_MOVE: "transfer {id}: is not what was sealed, or its seal is not",
        Law.SEALED_IS_THERE: "transfer {id}: was sealed, and is gone",
        Law.SEALS_IN_A_ROW: "transfer {id}: the seal before its own is gone",
        Law.THERE_IS_SEALED: "transfer {id}: stands before sealed ones, and was not sealed",
    }
)
_BREAKS: Mapping[Break, Law] = MappingProxyType(
    {
        Break.CHANGED: Law.SEALED_MOVE,
        Break.REMOVED: Law.SEALED_IS_THERE,
        Break.GAP: Law.SEALS_IN_A_ROW,
    }
)
CHUNK_SIZE = 10_000  # Seals looked at together.


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row of the book that breaks a law; its text is a sentence for the operator."""

    law: Law
    id: int
    found: int | str | None = None
    expected: int | str | None = None

    def __str__(self) -> str:
        return _SENTENCES[self.law].format(id=self.id, found=self.found, expected=self.expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What was looked through, and what is wrong; of each kind the first thousand."""

    transfers: int
    members: int
    lots: int
    sealed: int
    unsealed: int
    head: str  # The last seal: who wrote it down elsewhere knows that nothing before was changed.
    faults: tuple[Fault, ...]


class Audit:
    """Looks through the whole book; writes nothing."""

    def __init__(self, db: Database, programme: Programme) -> None:
        self._db = db
        self._programme = programme

    async def run(self) -> AuditReport:
        """The book of one moment: moves, lots, purchases, tiers, letters, and the chain."""
        async with self._db.read() as tx:
            await audit_store.hold_still(tx)
            transfers, members, lots = await audit_store.size(tx)
            faults = await look(tx, self._programme)
            chain, broken = await follow_chain(tx)
            unsealed = await seals_store.unsealed(tx, chain.transfer_id)
        return AuditReport(
            transfers=transfers,
            members=members,
            lots=lots,
            sealed=chain.position,
            unsealed=unsealed,
            head=chain.head.hex(),
            faults=(*faults, *broken),
        )


async def look(tx: AsyncConnection, programme: Programme) -> tuple[Fault, ...]:
    """All faults that this transaction sees."""
    findings = await audit_store.findings(tx, programme)
    return tuple(
        Fault(law=one.law, id=one.id, found=one.found, expected=one.expected) for one in findings
    )


async def follow_chain(tx: AsyncConnection) -> tuple[Chain, tuple[Fault, ...]]:
    """The chain as this transaction sees it, to its end, and where it is broken."""
    chain = Chain()
    broken: list[Fault] = []
    while seals := await seals_store.chain(tx, chain.position, CHUNK_SIZE):
        for position, transfer_id, hash_, move in seals:
            fault = chain.follow(position, transfer_id, hash_, move)
            if fault and len(broken) < FAULTS_AT_MOST:
                broken.append(Fault(law=_BREAKS[fault], id=transfer_id))
    added = await seals_store.put_in(tx, chain.transfer_id, FAULTS_AT_MOST)
    broken += [Fault(law=Law.THERE_IS_SEALED, id=transfer_id) for transfer_id in added]
    return chain, tuple(broken)
