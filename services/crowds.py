"""What the rules give to many members to whom the same happens at one moment.

As services/circumstances.py and club/earning.py say it of one, but what the rules ask is read once
for all of them, and nothing is read where the rules ask nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.birthdays import Birthday
from club.conditions import Circumstances, fields_of
from club.earning import Award, awards_on
from club.limits import Per, Uses, period_bounds
from club.members import Member
from club.programme import Programme
from club.rules import Rule, Trigger
from services.circumstances import period_of
from services.ladders import tiers_of_many
from storage import birthdays as birthdays_store
from storage import budgets as budgets_store
from storage import tags as tags_store

UsesByLimit = dict[tuple[str, str, str], Uses]  # (rule key, of, per), as Circumstances.used.


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What these rules ask of the members, by their id; who is not named has none of it."""

    tiers: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    tags: Mapping[int, frozenset[str]] = field(default_factory=dict)
    birthdays: Mapping[int, Birthday] = field(default_factory=dict)
    used: Mapping[int, UsesByLimit] = field(default_factory=dict)

    def circumstances(self, member: Member, used_by_all: UsesByLimit) -> Circumstances:
        """Those of one of the members."""
        return Circumstances(
            tiers=self.tiers.get(member.id, {}),
            tags=self.tags.get(member.id, frozenset()),
            fields=fields_of(member),
            birthday=self.birthdays.get(member.id),
            used=used_by_all | self.used.get(member.id, {}),
        )


async def awards_of_many(
    tx: AsyncConnection,
    programme: Programme,
    members: Sequence[Member],
    trigger: Trigger,
    *,
    at: datetime,
) -> list[tuple[Award, ...]]:
    """What the rules give each of the members, in their order; limits for all count it.

    Every member whom the transaction locks is locked by the caller: budgets are locked here.
    """
    rules = [rule for rule in programme.rules_on(trigger) if rule.to == "member"]
    if not any(rule.when or rule.limits for rule in rules):
        awards = awards_on(trigger, programme, Circumstances(), at=at)
        return [awards] * len(members)
    crowd = await _read(tx, programme, members, rules, at)
    pairs = {
        (rule.key, limit.per): period_of(programme, limit.per, at)
        for rule in rules
        for limit in rule.limits
        if limit.of == "all"
    }
    used = await _lock(tx, pairs)
    before, given = dict(used), list[tuple[Award, ...]]()
    for member in members:
        awards = awards_on(trigger, programme, crowd.circumstances(member, used), at=at)
        points = {award.rule: award.points for award in awards}
        for key, per in pairs:
            if key in points:
                used[key, "all", per] = _plus(used.get((key, "all", per)), points[key])
        given.append(awards)
    await _count(tx, pairs, before, used)
    return given


async def _read(
    tx: AsyncConnection,
    programme: Programme,
    members: Sequence[Member],
    rules: Sequence[Rule],
    at: datetime,
) -> Crowd:
    whens = [rule.when for rule in rules if rule.when is not None]
    ids = [member.id for member in members]
    tiers = any(when.tiers for when in whens)
    tags = any(when.tags for when in whens)
    birthdays = any(when.birthday_week for when in whens)
    return Crowd(
        tiers=await tiers_of_many(tx, programme, members) if tiers else {},
        tags=await tags_store.of_members(tx, ids) if tags else {},
        birthdays=await birthdays_store.of_members(tx, ids) if birthdays else {},
        used=await _used(tx, programme, ids, rules, at),
    )


async def _used(
    tx: AsyncConnection,
    programme: Programme,
    member_ids: Sequence[int],
    rules: Sequence[Rule],
    at: datetime,
) -> Mapping[int, UsesByLimit]:
    """How often rules with a limit for a member have given to each in the periods of now."""
    pers: dict[str, set[Per]] = defaultdict(set)
    for rule in rules:
        for limit in rule.limits:
            if limit.of == "member":
                pers[rule.key].add(limit.per)
    used: dict[int, UsesByLimit] = defaultdict(dict)
    if not pers:
        return used
    bounds = {
        per: period_bounds(per, at, programme.club.calendar, programme.zone)
        for per in set().union(*pers.values())
    }
    starts = [start for start, _ in bounds.values() if start is not None]
    since = min(starts) if len(starts) == len(bounds) else None
    for member_id, rule_key, when, points in await budgets_store.given(tx, member_ids, pers, since):
        own = used[member_id]
        for per in pers[rule_key]:
            start, end = bounds[per]
            if (start is None or when >= start) and (end is None or when < end):
                own[rule_key, "member", per] = _plus(own.get((rule_key, "member", per)), points)
    return used


async def _lock(tx: AsyncConnection, pairs: Mapping[tuple[str, Per], str]) -> UsesByLimit:
    """What stands against the limits for all, which nobody else changes until the end."""
    if not pairs:
        return {}
    found = await budgets_store.lock(tx, [(key, period) for (key, _), period in pairs.items()])
    return {(key, "all", per): found[key, period] for (key, per), period in pairs.items()}


async def _count(
    tx: AsyncConnection,
    pairs: Mapping[tuple[str, Per], str],
    before: UsesByLimit,
    after: UsesByLimit,
) -> None:
    """Write what was given against the limits for all."""
    more = []
    for (key, per), period in pairs.items():
        old, new = before[key, "all", per], after[key, "all", per]
        if new != old:
            more.append((key, period, new.times - old.times, new.points - old.points))
    if more:
        await budgets_store.add(tx, more)


def _plus(uses: Uses | None, points: int) -> Uses:
    known = uses or Uses()
    return Uses(times=known.times + 1, points=known.points + points)
