"""Whatever happens, the programme's rules are asked, and what they give is booked."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from club.baskets import Order
from club.earning import Award, awards_on
from club.expiry import Activity
from club.ledger import Reason
from club.members import Member
from club.orders import MAX_POINTS
from club.programme import Programme
from club.rules import To, Trigger
from services.awards import award
from services.circumstances import circumstances, note_uses
from services.expiring import live_on

log = logging.getLogger(__name__)
REASONS: Mapping[Trigger, Reason] = MappingProxyType(
    {
        "purchase": Reason.PURCHASE,
        "profile": Reason.PROFILE,
        "review": Reason.REVIEW,
        "survey": Reason.SURVEY,
        "joined": Reason.JOINED,
        "birthday": Reason.BIRTHDAY,
        "visit": Reason.VISIT,
        "streak": Reason.STREAK,
        "event": Reason.EVENT,
        "referral_joined": Reason.REFERRAL,
        "referral_first_purchase": Reason.REFERRAL,
        "referral_each_purchase": Reason.REFERRAL,
        "mission": Reason.MISSION,
    }
)
ACTIVITIES: Mapping[Trigger, Activity] = MappingProxyType(
    {
        "profile": "profile",
        "review": "review",
        "survey": "survey",
        "visit": "visit",
        "event": "event",
        "referral_joined": "referral",
        "referral_first_purchase": "referral",
        "referral_each_purchase": "referral",
    }
)
"""What of it a member did by themself, so that their points live on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """The member afterwards, and what the rules gave them."""

    member: Member
    awards: tuple[Award, ...] = ()

    @property
    def points(self) -> int:
        """All of it."""
        return sum(part.points for part in self.awards)


async def earn(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    trigger: Trigger,
    *,
    key: str,
    at: datetime,
    to: To = "member",
    event: str | None = None,
    days: int | None = None,
    order: Order | None = None,
    active_from: datetime | None = None,
    purchase_id: int | None = None,
) -> Earned:
    """Give the member what the rules say when this happens; `key` names the happening.

    `purchase_id`: the purchase on which it rests; when that is refunded, it is worked out anew.
    What an order brings above MAX_POINTS is a mistake and is left out: the order itself must not
    fail because of what somebody else would get for it.

    The member's row is locked by the caller, who knows that it happened only once.
    """
    if activity := ACTIVITIES.get(trigger):
        await live_on(tx, programme, member.id, activity, at=at)
    rules = [rule for rule in programme.rules_on(trigger) if rule.to == to]
    if not rules:
        return Earned(member=member)
    known = await circumstances(tx, programme, member, rules, at)
    awards = awards_on(trigger, programme, known, at=at, to=to, event=event, days=days, order=order)
    if order is not None:
        awards = _within_reason(awards)
    if not awards:
        return Earned(member=member)
    after = await award(
        tx,
        programme,
        member,
        awards,
        REASONS[trigger],
        key=key,
        at=at,
        purchase_id=purchase_id,
        active_from=active_from,
    )
    await note_uses(tx, programme, rules, awards, at)
    return Earned(member=after, awards=awards)


def _within_reason(awards: tuple[Award, ...]) -> tuple[Award, ...]:
    """The awards that a figure typed wrong cannot have made."""
    for one in awards:
        if one.points > MAX_POINTS:
            facts = {"action": "reward_left_out", "rule": one.rule, "points": one.points}
            log.warning("A reward is too large to be booked.", extra=facts)
    return tuple(one for one in awards if one.points <= MAX_POINTS)
