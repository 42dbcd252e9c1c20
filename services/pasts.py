"""Many customers' pasts at once: what rules may ask of them is read, and what came of it kept."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.bounds import Bounds
from club.ladders import ChangeReason
from club.limits import Uses
from club.members import Member
from club.needs import needs
from club.pasts import Past, Pasts
from club.programme import Programme
from club.rules import Rule
from club.tallies import Tally
from club.tiers import Standing
from club.windows import Window
from storage import birthdays as birthdays_store
from storage import budgets as budgets_store
from storage import debts as debts_store
from storage import ladders as ladders_store
from storage import members as members_store
from storage import missions as missions_store
from storage import pasts as pasts_store
from storage import tags as tags_store
from storage.ladders import Change


async def plain_customers(tx: AsyncConnection, member_ids: Collection[int]) -> dict[int, Member]:
    """Those whose purchases can be worked by load() and keep(); their rows are locked.

    Who has joined gets letters, who owes pays, who has friends or was merged counts differently.
    """
    found = await members_store.find_all(tx, member_ids)
    others = await pasts_store.entangled(tx, member_ids)
    others |= (await debts_store.owed_by(tx, member_ids)).keys()
    return {
        member_id: member
        for member_id, member in found.items()
        if member_id not in others and not member.joined
    }


def shares_limits(programme: Programme) -> bool:
    """Whether what one buys may lessen what another gets."""
    return any(limit.of == "all" for rule in _rules(programme) for limit in rule.limits)


async def load(
    tx: AsyncConnection,
    programme: Programme,
    members: dict[int, Member],
    moments: Sequence[datetime],
) -> Pasts:
    """All that has to be known to work purchases made then by these customers, locked.

    Budgets are locked here, so no member comes after.
    """
    kept = await pasts_store.standings(tx, members)
    pasts = {
        member.id: Past(
            member=member,
            points_earned=member.points_earned,
            standings=_standings(programme, member, kept),
        )
        for member in members.values()
    }
    first = Bounds(programme, min(moments))
    await _load_person(tx, programme, pasts)
    await _load_purchases(tx, programme, pasts, first)
    await _load_ladders(tx, programme, pasts, first)
    await _load_limits(tx, programme, pasts, first)
    return Pasts(programme, pasts, await _budgets(tx, programme, moments))


async def keep(tx: AsyncConnection, programme: Programme, pasts: Pasts, at: datetime) -> None:
    """Write where customers stand now, and what was given against limits for all."""
    if pasts.uses:
        await budgets_store.add(tx, pasts.uses)
    if not pasts.rises:
        return
    standings, main = pasts.standings, programme.main_ladder.key
    for key in sorted({ladder for ladder, _ in standings}):
        rows = [(member, one) for (ladder, member), one in standings.items() if ladder == key]
        await ladders_store.put(tx, key, rows, at)
        if key == main:
            tiers = [(member_id, standing.tier) for member_id, standing in rows]
            await ladders_store.put_member_tiers(tx, tiers)
    changes = [
        Change(
            member_id=rise.member_id,
            ladder=rise.ladder.key,
            tier_before=rise.before,
            tier_after=rise.standing.tier,
            reason=ChangeReason.REACHED,
            explanation={"value": rise.ladder.worth(rise.value, programme.club.currency)},
            at=rise.standing.since or at,
        )
        for rise in pasts.rises
    ]
    await ladders_store.add_changes(tx, changes)
    for tag in sorted({tag for tag, _ in pasts.retagged}):
        given = [who for (one, who), has in pasts.retagged.items() if one == tag and has]
        taken = [who for (one, who), has in pasts.retagged.items() if one == tag and not has]
        if given:
            await tags_store.give_many(tx, tag, given)
        if taken:
            await tags_store.take_many(tx, tag, taken, [])


def _rules(programme: Programme) -> tuple[Rule, ...]:
    return (*programme.rules_on("purchase"), *programme.rules_on("mission"))


def _standings(
    programme: Programme, member: Member, kept: dict[tuple[int, str], Standing]
) -> dict[str, Standing]:
    found = {}
    for ladder in programme.ladders:
        standing = kept.get((member.id, ladder.key), Standing(tier=ladder.tiers[0].key))
        if ladder.key == programme.main_ladder.key:  # Kept in the member's own row.
            standing = Standing(tier=member.tier, floor=standing.floor, since=standing.since)
        found[ladder.key] = standing
    return found


async def _load_person(tx: AsyncConnection, programme: Programme, pasts: dict[int, Past]) -> None:
    """Tags, birthdays, and who has bought before."""
    asked = needs(programme, "purchase", "mission")
    if asked.tags:
        for member_id, tag in await pasts_store.tags(tx, pasts):
            pasts[member_id].tags.add(tag)
    if asked.birthday:
        for member_id, birthday in (await birthdays_store.of_members(tx, pasts)).items():
            pasts[member_id].birthday = birthday
    if asked.first_purchase:
        for member_id in await pasts_store.buyers(tx, pasts):
            pasts[member_id].has_bought = True


async def _load_purchases(
    tx: AsyncConnection, programme: Programme, pasts: dict[int, Past], first: Bounds
) -> None:
    """Purchases that missions and ladders may count, and which missions are completed."""
    missions = programme.rules_on("mission")
    counting = [
        start
        for ladder in programme.ladders
        if {"amount", "purchases"} & set(ladder.counts)
        and (start := first.window(ladder).start) is not None
    ]
    since = [*counting, *(first.needed(rule) for rule in missions)]
    if since:
        for one in await pasts_store.purchases(tx, pasts, min(since)):
            past = pasts[one.member_id]
            past.bought.append(one.bought)
            if one.on_ladders:
                past.amounts.add(one.bought.at, one.bought.amount_minor)
    if missions:
        keys = [rule.key for rule in missions]
        for (member_id, rule), done in (await missions_store.completed_by(tx, pasts, keys)).items():
            pasts[member_id].completed[rule] = done


async def _load_ladders(
    tx: AsyncConnection, programme: Programme, pasts: dict[int, Past], first: Bounds
) -> None:
    """What ladders count over all time, and points earned where they count them in a window."""
    ever = [ladder for ladder in programme.ladders if ladder.over == "ever"]
    ever = [one for one in ever if {"amount", "purchases"} & set(one.counts)]
    if ever:
        windows = [(ladder, Window()) for ladder in ever]
        found = await ladders_store.stand(tx, programme.main_ladder, windows, list(pasts))
        for member_id, stands in found.items():
            for one in stands.values():
                for of, number in one.counts.items():
                    pasts[member_id].ever[of] = number
    starts = [
        start
        for ladder in programme.ladders
        if "points" in ladder.counts and (start := first.window(ladder).start) is not None
    ]
    if starts:
        for member_id, at, points in sorted(
            await pasts_store.earned(tx, pasts, min(starts)), key=lambda row: row[1]
        ):
            pasts[member_id].points.add(at, points)


async def _load_limits(
    tx: AsyncConnection, programme: Programme, pasts: dict[int, Past], first: Bounds
) -> None:
    """What rules have given to each, where that is limited."""
    own = [
        (rule.key, first.limit(limit.per)[0])
        for rule in _rules(programme)
        for limit in rule.limits
        if limit.of == "member"
    ]
    if not own:
        return
    starts = [start for _, start in own if start is not None]
    since = min(starts) if len(starts) == len(own) else None
    given = await budgets_store.given(tx, pasts, {key for key, _ in own}, since)
    for member_id, rule, at, points in sorted(given, key=lambda row: row[2]):
        pasts[member_id].given.setdefault(rule, Tally()).add(at, points)


async def _budgets(
    tx: AsyncConnection, programme: Programme, moments: Sequence[datetime]
) -> dict[tuple[str, str], Uses]:
    limits = [
        (rule.key, limit.per)
        for rule in _rules(programme)
        for limit in rule.limits
        if limit.of == "all"
    ]
    if not limits:
        return {}
    days = [Bounds(programme, at) for at in moments]
    return await budgets_store.lock(
        tx, {(key, day.period(per)) for key, per in limits for day in days}
    )
