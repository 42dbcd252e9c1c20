"""Questions whose answer is empty as long as the book is right; each is one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from club.programme import Programme
from storage import audit_campaigns, audit_ladders, audit_lots, audit_moves, audit_purchases
from storage.tables.book import LOTS, TRANSFERS
from storage.tables.members import MEMBERS

FAULTS_AT_MOST = 1_000  # Of each kind: after so many another line helps nobody.


class Law(StrEnum):
    """What must be true of the book; a broken one is told with the id of the row."""

    TWO_SIDES = "two_sides"
    POINTS_ABOVE_ZERO = "points_above_zero"
    KEY_ONCE = "key_once"
    SUM_ZERO = "sum_zero"
    NOT_BELOW_ZERO = "not_below_zero"
    DEBT_NOT_ABOVE_ZERO = "debt_not_above_zero"
    HELD_IS_HOLDS = "held_is_holds"
    HOLD_IS_MOVE = "hold_is_move"
    WALLET_IS_LOTS = "wallet_is_lots"
    LOT_IS_GRANT = "lot_is_grant"
    LOT_REMAINING = "lot_remaining"
    USES_ARE_MOVE = "uses_are_move"
    LOTS_ARE_MOVE = "lots_are_move"
    OWN_USES = "own_uses"
    OWN_RETURNS = "own_returns"
    PURCHASE_POINTS = "purchase_points"
    POINTS_EARNED = "points_earned"
    REFUND_POINTS = "refund_points"
    REFUNDED_AMOUNT = "refunded_amount"
    TAKEBACK_WITHIN_GRANT = "takeback_within_grant"
    TIER = "tier"
    STANDING = "standing"
    CAMPAIGN_LETTERS = "campaign_letters"
    CAMPAIGN_ENDS = "campaign_ends"
    CAMPAIGN_OVER = "campaign_over"
    SEALED_MOVE = "sealed_move"
    SEALED_IS_THERE = "sealed_is_there"
    SEALS_IN_A_ROW = "seals_in_a_row"
    THERE_IS_SEALED = "there_is_sealed"


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks a law: what stands there and what should."""

    law: Law
    id: int
    found: int | str | None
    expected: int | str | None


async def hold_still(tx: AsyncConnection) -> None:
    """Let all that this transaction reads be of one moment; to be called before it reads."""
    if tx.dialect.name == "postgresql":  # On SQLite a reading transaction is so anyway.
        await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


async def size(tx: AsyncConnection) -> tuple[int, int, int]:
    """How many transfers, members and lots there are."""
    counts = [
        (await tx.execute(select(func.count()).select_from(table))).scalar_one()
        for table in (TRANSFERS, MEMBERS, LOTS)
    ]
    return counts[0], counts[1], counts[2]


async def findings(tx: AsyncConnection, programme: Programme) -> list[Finding]:
    """All that is wrong, law by law, FAULTS_AT_MOST of each."""
    found: list[Finding] = []
    for law, statement in _questions(programme):
        rows = await tx.execute(statement.order_by("id").limit(FAULTS_AT_MOST))
        found += [Finding(law, row.id, row.found, row.expected) for row in rows]
    return found


def _questions(programme: Programme) -> Sequence[tuple[Law, Select[Any]]]:
    return (
        (Law.TWO_SIDES, audit_moves.two_sides()),
        (Law.POINTS_ABOVE_ZERO, audit_moves.points_above_zero()),
        (Law.KEY_ONCE, audit_moves.key_once()),
        (Law.SUM_ZERO, audit_moves.sum_zero()),
        (Law.NOT_BELOW_ZERO, audit_moves.not_below_zero()),
        (Law.DEBT_NOT_ABOVE_ZERO, audit_moves.debt_not_above_zero()),
        (Law.HELD_IS_HOLDS, audit_moves.held_is_holds()),
        (Law.HOLD_IS_MOVE, audit_moves.hold_is_move()),
        (Law.WALLET_IS_LOTS, audit_lots.wallet_is_lots()),
        (Law.LOT_IS_GRANT, audit_lots.lot_is_grant()),
        (Law.LOT_REMAINING, audit_lots.lot_remaining()),
        (Law.USES_ARE_MOVE, audit_lots.uses_are_move()),
        (Law.LOTS_ARE_MOVE, audit_lots.lots_are_move()),
        (Law.OWN_USES, audit_lots.own_uses()),
        (Law.OWN_RETURNS, audit_lots.own_returns()),
        (Law.PURCHASE_POINTS, audit_purchases.purchase_points()),
        (Law.POINTS_EARNED, audit_purchases.points_earned()),
        (Law.REFUND_POINTS, audit_purchases.refund_points()),
        (Law.REFUNDED_AMOUNT, audit_purchases.refunded_amount()),
        (Law.TAKEBACK_WITHIN_GRANT, audit_purchases.takeback_within_grant()),
        (Law.TIER, audit_ladders.tier(programme)),
        (Law.STANDING, audit_ladders.standing(programme)),
        (Law.CAMPAIGN_LETTERS, audit_campaigns.letters_are_there()),
        (Law.CAMPAIGN_ENDS, audit_campaigns.ends_are_counted()),
        (Law.CAMPAIGN_OVER, audit_campaigns.done_has_no_open_letter()),
    )
