"""Laws of lots: what came in, what was taken from which, what was given back."""

from typing import Any

from sqlalchemy import Select, case

from club.ledger import Account
from storage.proof import balances, differing, is_of, or_zero, summed, wallet
from storage.tables.book import LOT_RETURNS, LOT_USES, LOTS, TRANSFERS
from storage.tables.members import MEMBERS


def wallet_is_lots() -> Select[Any]:
    """What the transfers left in a wallet is what its lots hold, the unbooked expired ones too."""
    held = balances(Account.WALLET)
    lots = summed(LOTS.c.member_id, LOTS.c.remaining)
    wallets = MEMBERS.outerjoin(held, held.c.account == wallet(MEMBERS.c.id)).outerjoin(
        lots, lots.c.of == MEMBERS.c.id
    )
    return differing(MEMBERS.c.id, or_zero(lots.c.points), or_zero(held.c.points), wallets)


def lot_is_grant() -> Select[Any]:
    """A lot has the points of a transfer into its member's wallet, less what went elsewhere."""
    back = summed(LOT_RETURNS.c.transfer_id, LOT_RETURNS.c.points)
    grants = LOTS.outerjoin(TRANSFERS, TRANSFERS.c.id == LOTS.c.transfer_id).outerjoin(
        back, back.c.of == LOTS.c.transfer_id
    )
    own = TRANSFERS.c.target == wallet(LOTS.c.member_id)
    granted = case((own, TRANSFERS.c.points - or_zero(back.c.points)), else_=0)
    return differing(LOTS.c.id, LOTS.c.points, granted, grants)


def lot_remaining() -> Select[Any]:
    """A lot holds what it was given, less its uses, and what was given back."""
    uses = summed(LOT_USES.c.lot_id, LOT_USES.c.points)
    back = summed(LOT_RETURNS.c.lot_id, LOT_RETURNS.c.points)
    left = LOTS.c.points - or_zero(uses.c.points) + or_zero(back.c.points)
    moved = LOTS.outerjoin(uses, uses.c.of == LOTS.c.id).outerjoin(back, back.c.of == LOTS.c.id)
    return differing(LOTS.c.id, LOTS.c.remaining, left, moved)


def uses_are_move() -> Select[Any]:
    """A transfer out of a wallet was taken from lots, to the point; no other was."""
    uses = summed(LOT_USES.c.transfer_id, LOT_USES.c.points)
    return differing(
        TRANSFERS.c.id,
        or_zero(uses.c.points),
        case((is_of(TRANSFERS.c.source, Account.WALLET), TRANSFERS.c.points), else_=0),
        TRANSFERS.outerjoin(uses, uses.c.of == TRANSFERS.c.id),
    )


def lots_are_move() -> Select[Any]:
    """A transfer into a wallet made a lot or went back into lots, to the point; no other did."""
    back = summed(LOT_RETURNS.c.transfer_id, LOT_RETURNS.c.points)
    brought = or_zero(LOTS.c.points) + or_zero(back.c.points)
    moves = TRANSFERS.outerjoin(LOTS, LOTS.c.transfer_id == TRANSFERS.c.id).outerjoin(
        back, back.c.of == TRANSFERS.c.id
    )
    moved = case((is_of(TRANSFERS.c.target, Account.WALLET), TRANSFERS.c.points), else_=0)
    return differing(TRANSFERS.c.id, brought, moved, moves)


def own_uses() -> Select[Any]:
    """What is taken from a lot leaves the wallet of the lot's member."""
    uses = LOT_USES.outerjoin(LOTS, LOTS.c.id == LOT_USES.c.lot_id).outerjoin(
        TRANSFERS, TRANSFERS.c.id == LOT_USES.c.transfer_id
    )
    return differing(LOT_USES.c.lot_id, TRANSFERS.c.source, wallet(LOTS.c.member_id), uses)


def own_returns() -> Select[Any]:
    """What is given back into a lot comes into the wallet of the lot's member."""
    back = LOT_RETURNS.outerjoin(LOTS, LOTS.c.id == LOT_RETURNS.c.lot_id).outerjoin(
        TRANSFERS, TRANSFERS.c.id == LOT_RETURNS.c.transfer_id
    )
    return differing(LOT_RETURNS.c.lot_id, TRANSFERS.c.target, wallet(LOTS.c.member_id), back)
