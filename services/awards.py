"""Points that rules give or take back, and the tier that follows from them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger, tiers
from club.earning import Award
from club.ledger import Reason
from club.letters import Letter
from club.members import Member
from club.programme import Programme
from storage import ledger as ledger_store
from storage import members as members_store
from storage import outbox as outbox_store


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
) -> Member:
    """Book what rules gave and move the member up where it lifts them; the member afterwards.

    The member's row is locked by the caller; a step up is told by a letter.
    """
    for part in awards:
        granted = ledger.grant(
            member.id,
            part.points,
            reason,
            programme,
            key=f"{key}:{part.rule}",
            at=at,
            explanation=part.explanation,
        )
        await ledger_store.add_grant(tx, member.id, granted, purchase_id)
    earned = sum(part.points for part in awards)
    after = await change_earned(tx, programme, member, earned)
    if after.tier != member.tier:
        letter = Letter(
            key=f"tier:{member.id}:{key}:{after.tier}",
            member_id=member.id,
            message="letters/tier_reached",
            facts={"tier": programme.tier(after.tier).name.model_dump()},
        )
        await outbox_store.add(tx, [letter], at)
    return after


async def change_earned(
    tx: AsyncConnection, programme: Programme, member: Member, points: int
) -> Member:
    """Count points as earned, or no longer (below zero); the member afterwards."""
    if points == 0:
        return member
    earned = member.points_earned + points
    tier = tiers.standing(earned, programme).tier.key
    await members_store.change(tx, member.id, points_earned=earned, tier=tier)
    return replace(member, points_earned=earned, tier=tier)


async def balance(tx: AsyncConnection, member_id: int, at: datetime) -> int:
    """What the member can spend at that moment."""
    return ledger.holdings(await ledger_store.lots(tx, member_id), at).balance
