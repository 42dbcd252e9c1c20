"""What is known of a member whom rules may reward: only what the rules in question ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from club.conditions import Circumstances, fields_of
from club.earning import Award
from club.limits import Per, Uses, period_bounds, period_key
from club.members import Member
from club.programme import Programme
from club.rules import Rule
from club.tiers import benefits
from services.ladders import tiers_of
from storage import birthdays as birthdays_store
from storage import budgets as budgets_store
from storage import members as members_store
from storage import purchases as purchases_store

Used = Mapping[tuple[str, str, str], Uses]


async def circumstances(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    rules: Sequence[Rule],
    at: datetime,
    *,
    multiplied: bool = False,
) -> Circumstances:
    """What these rules must know at that moment; `multiplied`: tiers multiply what they give.

    The member's row is locked by the caller; budgets are locked here, so no member comes after.
    """
    whens = [rule.when for rule in rules if rule.when is not None]
    tiers: dict[str, str] = {}
    multipliers: dict[str, Decimal] = {}
    if multiplied or any(when.tiers for when in whens):
        tiers = await tiers_of(tx, programme, member)
        held = benefits(programme, tiers)
        if held.multiplier_tier:
            multipliers = {held.multiplier_tier: held.multiplier}
    tagged = any(when.tags for when in whens)
    tags = await members_store.tags(tx, member.id) if tagged else ()
    birthday = None
    if any(when.birthday_week for when in whens):
        birthday = await birthdays_store.of_member(tx, member.id)
    first = False
    if any(when.first_purchase for when in whens):
        first = await purchases_store.count_live(tx, member.id) == 0
    return Circumstances(
        tiers=tiers,
        multipliers=multipliers,
        tags=frozenset(tags),
        fields=fields_of(member),
        birthday=birthday,
        first_purchase=first,
        used=await _used(tx, programme, member.id, rules, at),
    )


async def note_uses(
    tx: AsyncConnection,
    programme: Programme,
    rules: Sequence[Rule],
    awards: Sequence[Award],
    at: datetime,
) -> None:
    """Count what was given against the limits that are for all; those of members stand in moves."""
    given = {award.rule: award.points for award in awards}
    uses = [
        (rule.key, period_of(programme, per, at), 1, given[rule.key])
        for rule in rules
        if rule.key in given
        for per in sorted({limit.per for limit in rule.limits if limit.of == "all"})
    ]
    if uses:
        await budgets_store.add(tx, uses)


def period_of(programme: Programme, per: Per, at: datetime) -> str:
    """The name of the club's period that holds the moment."""
    return period_key(per, at, programme.club.calendar, programme.zone)


async def _used(
    tx: AsyncConnection,
    programme: Programme,
    member_id: int,
    rules: Sequence[Rule],
    at: datetime,
) -> Used:
    used: dict[tuple[str, str, str], Uses] = {}
    own: dict[Per, set[str]] = {}
    shared: dict[tuple[str, str], Per] = {}
    for rule in rules:
        for limit in rule.limits:
            if limit.of == "member":
                own.setdefault(limit.per, set()).add(rule.key)
            else:
                shared[rule.key, period_of(programme, limit.per, at)] = limit.per
    for per, keys in own.items():
        bounds = period_bounds(per, at, programme.club.calendar, programme.zone)
        for key, uses in (await budgets_store.of_member(tx, member_id, keys, *bounds)).items():
            used[key, "member", per] = uses
    if shared:
        for pair, uses in (await budgets_store.lock(tx, shared)).items():
            used[pair[0], "all", shared[pair]] = uses
    return used
