"""Points that rules give or take back, and the tier that follows from them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.earning import Award
from club.ledger import Reason
from club.members import Member
from club.programme import Programme
from services import debts
from services.ladders import after_points
from storage import grants as grants_store
from storage import ledger as ledger_store
from storage import members as members_store


async def award(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    awards: Sequence[Award],
    reason: Reason,
    *,
    key: str,
    at: datetime,
    purchase_id: int | None = None,
    active_from: datetime | None = None,
    climb: bool = True,
) -> Member:
    """Book what rules gave and move the member up where it lifts them; the member afterwards.

    `active_from`: the points wait until then. What the member owes is paid of it first. Without
    `climb` the caller moves them up when all is booked. The member's row is locked by the caller.
    """
    if not awards:
        return member
    grants = [
        ledger.grant(
            member.id,
            part.points,
            reason,
            programme,
            key=f"{key}:{part.rule}",
            at=at,
            explanation=part.explanation,
            active_from=active_from,
            rule=part.rule,
        )
        for part in awards
    ]
    await grants_store.add(tx, [(granted, member.id, purchase_id) for granted in grants])
    earned = sum(part.points for part in awards)
    await members_store.change(tx, member.id, points_earned=member.points_earned + earned)
    await debts.pay(tx, member.id, earned, key=key, at=at)
    after = replace(member, points_earned=member.points_earned + earned)
    return await after_points(tx, programme, after, at) if climb else after


async def balance(tx: AsyncConnection, member_id: int, at: datetime) -> int:
    """What the member can spend at that moment."""
    return ledger.holdings(await ledger_store.lots(tx, member_id), at).balance
