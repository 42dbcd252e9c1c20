"""What becomes of points when a member goes: forfeited by moves, or taken along in a merge."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.debts import debt
from club.ledger import Account, Reason, Transfer, account_id
from club.members import Member
from club.programme import Programme
from services.holds import give_back
from storage import debts as debts_store
from storage import holds as holds_store
from storage import ledger as ledger_store


def leave_key(member_id: int) -> str:
    """The key of the move that takes a leaving member's points."""
    return f"leave:{member_id}"


async def forfeit(tx: AsyncConnection, programme: Programme, member: Member, at: datetime) -> int:
    """Take all that the member has, waits for or has set aside; how many points. No debt stays.

    The member's row is locked by the caller.
    """
    await release(tx, programme, member.id, at)
    lots = await ledger_store.lots(tx, member.id)
    points = sum(lot.remaining for lot in lots if ledger.is_alive(lot, at))
    if points:
        spent = ledger.spend(
            member.id,
            lots,
            points,
            Account.FORFEITED,
            Reason.LEAVE,
            key=leave_key(member.id),
            at=at,
            explanation={},
            waiting=True,
        )
        await ledger_store.add_spend(tx, spent)
    if owed := await debts_store.owed(tx, member.id):
        forgiven = Transfer(
            key=f"{leave_key(member.id)}:debt",
            source=account_id(Account.ISSUED),
            target=debt(member.id),
            points=owed,
            reason=Reason.LEAVE,
            at=at,
        )
        await ledger_store.add_move(tx, forgiven)
    return points


async def release(tx: AsyncConnection, programme: Programme, member_id: int, at: datetime) -> None:
    """End the member's holds without a word: their points are in the lots again.

    The member's row is locked by the caller.
    """
    for hold in await holds_store.open_of(tx, member_id):
        await give_back(tx, programme, hold, by=None, at=at, told=False)


async def take_over_debt(
    tx: AsyncConnection, source_id: int, target_id: int, *, key: str, at: datetime
) -> None:
    """What one member owed, the other owes. Both rows are locked by the caller."""
    if owed := await debts_store.owed(tx, source_id):
        taken = Transfer(
            key=key,
            source=await ledger_store.open_account(tx, Account.DEBT, target_id),
            target=debt(source_id),
            points=owed,
            reason=Reason.MERGE,
            at=at,
        )
        await ledger_store.add_move(tx, taken)
