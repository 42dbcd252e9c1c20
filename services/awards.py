"""Points that rules give or take back, and the tier that follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.earning import Award
from club.ledger import Reason
from club.members import Member
from club.programme import Programme
from services import debts
from services.ladders import after_points, lifted_by
from storage import debts as debts_store
from storage import grants as grants_store
from storage import ledger as ledger_store
from storage import members as members_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What rules gave to one of many members, and the key of what it was given for."""

    member: Member
    awards: Sequence[Award]
    key: str

    @property
    def points(self) -> int:
        """All of it."""
        return sum(part.points for part in self.awards)


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
    given = Given(member=member, awards=awards, key=key)
    grants = _grants(given, reason, programme, at=at, active_from=active_from)
    await grants_store.add(tx, [(granted, member.id, purchase_id) for granted in grants])
    earned = sum(part.points for part in awards)
    await members_store.change(tx, member.id, points_earned=member.points_earned + earned)
    most = max(awards, key=lambda part: part.points).rule
    await debts.pay(tx, member.id, earned, key=key, at=at, earned_by=most)
    after = replace(member, points_earned=member.points_earned + earned)
    return await after_points(tx, programme, after, at) if climb else after


async def award_many(
    tx: AsyncConnection,
    programme: Programme,
    given: Sequence[Given],
    reason: Reason,
    *,
    at: datetime,
) -> list[Member]:
    """Book for each of these members what award() books for one; the members afterwards.

    Who owes something, or may be lifted by the points, goes through award() alone; all others
    together, a statement for each table. The members' rows are locked by the caller.
    """
    earned = {one.member.id: (one.member, one.points) for one in given if one.awards}
    if not earned:
        return [one.member for one in given]
    alone = await lifted_by(tx, programme, earned, at)
    alone |= (await debts_store.owed_by(tx, earned)).keys()
    grants = [
        (granted, one.member.id, None)
        for one in given
        if one.member.id not in alone
        for granted in _grants(one, reason, programme, at=at)
    ]
    if grants:
        await grants_store.add(tx, grants)
        more = {id_: points for id_, (_, points) in earned.items() if id_ not in alone}
        await grants_store.count(tx, more)
    members = []
    for one in given:
        if one.member.id in alone:
            after = await award(tx, programme, one.member, one.awards, reason, key=one.key, at=at)
        else:
            after = replace(one.member, points_earned=one.member.points_earned + one.points)
        members.append(after)
    return members


def _grants(
    given: Given,
    reason: Reason,
    programme: Programme,
    *,
    at: datetime,
    active_from: datetime | None = None,
) -> list[ledger.Grant]:
    return [
        ledger.grant(
            given.member.id,
            part.points,
            reason,
            programme,
            key=f"{given.key}:{part.rule}",
            at=at,
            explanation=part.explanation,
            active_from=active_from,
            rule=part.rule,
        )
        for part in given.awards
    ]


async def balance(tx: AsyncConnection, member_id: int, at: datetime) -> int:
    """What the member can spend at that moment."""
    return ledger.holdings(await ledger_store.lots(tx, member_id), at).balance
