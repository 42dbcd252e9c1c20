"""How members move on the ladders: up at once, down when what they stood on is gone.

Whoever changes what ladders count calls one of the `after_…` functions in the same transaction,
with the member's row locked, when all is booked: so the order that crosses a threshold earns at
the tier before. Each change is kept with its reason and told by a letter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.calendar import local_day
from club.ladders import ChangeReason, Counted, Ladder
from club.members import Member
from club.programme import Programme
from club.tiers import Standing, measured, risen, settled
from club.windows import Window, window_on
from services.standings import Move, move_many, move_one, stand
from storage import ladders as ladders_store

MOMENT = timedelta(milliseconds=1)


async def tiers_of(tx: AsyncConnection, programme: Programme, member: Member) -> dict[str, str]:
    """Ladder → the tier on which the member stands there."""
    kept = await ladders_store.tiers_of(tx, member.id) if len(programme.ladders) > 1 else {}
    tiers = {ladder.key: ladder.tier(kept.get(ladder.key)).key for ladder in programme.ladders}
    return tiers | {programme.main_ladder.key: member.tier}


async def tiers_of_many(
    tx: AsyncConnection, programme: Programme, members: Sequence[Member]
) -> dict[int, dict[str, str]]:
    """By member what tiers_of says of one."""
    main, kept = programme.main_ladder.key, dict[int, dict[str, str]]()
    if len(programme.ladders) > 1:
        kept = await ladders_store.tiers_of_many(tx, [member.id for member in members])
    lowest = {ladder.key: ladder.tiers[0].key for ladder in programme.ladders}
    known = {ladder.key: {tier.key for tier in ladder.tiers} for ladder in programme.ladders}
    tiers = {}
    for member in members:
        here = {
            ladder: tier
            for ladder, tier in kept.get(member.id, {}).items()
            if tier in known.get(ladder, ())
        }
        tiers[member.id] = lowest | here | {main: member.tier}
    return tiers


async def lifted_by(
    tx: AsyncConnection,
    programme: Programme,
    earned: Mapping[int, tuple[Member, int]],
    at: datetime,
) -> set[int]:
    """Of members, locked, who earn so many points now, all whom these may lift, and few others."""
    lifted, read = set[int](), list[Ladder]()
    for ladder in programme.ladders:
        if "points" not in ladder.counts:
            continue
        if ladder.key != programme.main_ladder.key or not ladder.by_points_ever:
            read.append(ladder)
            continue
        for member, points in earned.values():
            if _rises(ladder, member, points):
                lifted.add(member.id)
    if not read or not earned:
        return lifted
    windows = windows_at(programme, at, read)
    found = await ladders_store.stand(tx, programme.main_ladder, windows, list(earned))
    for member_id, stands in found.items():
        for ladder in read:
            counts, standing = stands[ladder.key].counts, stands[ladder.key].standing
            points = counts["points"] + earned[member_id][1]
            value = measured(ladder, {**counts, "points": points})
            if risen(ladder, standing.tier, standing.floor, value) != standing.tier:
                lifted.add(member_id)
    return lifted


async def after_points(
    tx: AsyncConnection, programme: Programme, member: Member, at: datetime
) -> Member:
    """More points count as earned: move the member up where these lift them."""
    return await _climb(tx, programme, member, at, {"points"})


async def after_purchase(
    tx: AsyncConnection, programme: Programme, member: Member, at: datetime
) -> Member:
    """A purchase counts: move the member up where it lifts them."""
    return await _climb(tx, programme, member, at, {"amount", "purchases"})


async def after_friend(
    tx: AsyncConnection, programme: Programme, inviter: Member, at: datetime
) -> Member:
    """A friend of theirs counts: move who invited up where it lifts them."""
    return await _climb(tx, programme, inviter, at, {"referrals"})


async def after_refund(
    tx: AsyncConnection, programme: Programme, member: Member, at: datetime
) -> Member:
    """Something counts less than before: a tier that rested on it is lost at once.

    One that was reached without it stays, until time takes it as it takes others.
    """
    found = await stand(tx, programme, member, windows_at(programme, at, programme.ladders))
    for ladder in programme.ladders:
        now, standing = measured(ladder, found[ladder.key].counts), found[ladder.key].standing
        if not _below(ladder, standing, now):
            continue
        then = await value_then(tx, programme, ladder, member, standing)
        if _below(ladder, standing, max(now, then)):
            after = settled(ladder, standing.floor, max(now, then))
            move = _move(programme, ladder, member, standing, after, now)
            member = await move_one(tx, programme, ladder, member, move, ChangeReason.REFUNDED, at)
    return member


async def after_merge(
    tx: AsyncConnection, programme: Programme, source: Member, target: Member, at: datetime
) -> Member:
    """All that counted for the source counts for the target, who keeps the better tiers and floors.

    Both rows are locked, purchases and points handed over, the merge is kept. Nothing is told: who
    was merged has asked for it.
    """
    windows = windows_at(programme, at, programme.ladders)
    theirs = await stand(tx, programme, source, windows)
    found = await stand(tx, programme, target, windows)
    for ladder in programme.ladders:
        had, standing = theirs[ladder.key].standing, found[ladder.key].standing
        value = measured(ladder, found[ladder.key].counts)
        floor = max(had.floor, standing.floor, key=ladder.place)
        if floor != standing.floor:
            standing = replace(standing, floor=floor)
            await ladders_store.put(tx, ladder.key, [(target.id, standing)], at)
        after = risen(ladder, max(had.tier, standing.tier, key=ladder.place), floor, value)
        if after != standing.tier:
            move = _move(programme, ladder, target, standing, after, value, told=False)
            target = await move_one(tx, programme, ladder, target, move, ChangeReason.MERGED, at)
    await ladders_store.forget(tx, source.id)
    await ladders_store.put_member_tiers(tx, [(source.id, programme.tiers[0].key)])
    return target


async def after_import(
    tx: AsyncConnection, programme: Programme, member_ids: Sequence[int], at: datetime
) -> None:
    """Much counts that was long ago: members, locked, move up where it lifts them, untold."""
    windows = windows_at(programme, at, programme.ladders)
    found = await ladders_store.stand(tx, programme.main_ladder, windows, member_ids)
    for ladder in programme.ladders:
        moves = []
        for member_id, stands in found.items():
            one = stands[ladder.key]
            value = measured(ladder, one.counts)
            after = risen(ladder, one.standing.tier, one.standing.floor, value)
            if after != one.standing.tier:
                facts = {"value": ladder.worth(value, programme.club.currency)}
                moves.append(
                    Move(
                        member_id=member_id,
                        before=one.standing,
                        after=after,
                        told=False,
                        explanation=facts,
                    )
                )
        await move_many(tx, programme, ladder, moves, ChangeReason.REACHED, at)


async def _climb(
    tx: AsyncConnection, programme: Programme, member: Member, at: datetime, counted: set[Counted]
) -> Member:
    asked = [
        ladder
        for ladder in programme.ladders
        if counted & set(ladder.counts) and not _plainly_stays(programme, ladder, member)
    ]
    if not asked:
        return member
    found = await stand(tx, programme, member, windows_at(programme, at, asked))
    for ladder in asked:
        value, standing = measured(ladder, found[ladder.key].counts), found[ladder.key].standing
        after = risen(ladder, standing.tier, standing.floor, value)
        if after != standing.tier:
            move = _move(programme, ladder, member, standing, after, value)
            member = await move_one(tx, programme, ladder, member, move, ChangeReason.REACHED, at)
    return member


def _plainly_stays(programme: Programme, ladder: Ladder, member: Member) -> bool:
    """Whether the member's own row says that they do not rise: then nothing has to be read."""
    if ladder.key != programme.main_ladder.key or not ladder.by_points_ever:
        return False
    return not _rises(ladder, member)


def _rises(ladder: Ladder, member: Member, more: int = 0) -> bool:
    """Whether so many points more lift the member on a ladder that their own row tells."""
    return risen(ladder, member.tier, None, member.points_earned + more) != member.tier


def _below(ladder: Ladder, standing: Standing, value: int) -> bool:
    return ladder.place(settled(ladder, standing.floor, value)) < ladder.place(standing.tier)


async def value_then(
    tx: AsyncConnection, programme: Programme, ladder: Ladder, member: Member, standing: Standing
) -> int:
    """What was measured when the tier was reached, of all that counts still."""
    if standing.since is None or ladder.over == "ever":
        return 0
    day = local_day(standing.since, programme.zone)
    window = replace(window_on(day, ladder, programme), end=standing.since + MOMENT)
    found = await stand(tx, programme, member, [(ladder, window)])
    return measured(ladder, found[ladder.key].counts)


def windows_at(
    programme: Programme, at: datetime, ladders: Sequence[Ladder]
) -> list[tuple[Ladder, Window]]:
    """These ladders with what each counts at that moment."""
    day = local_day(at, programme.zone)
    return [(ladder, window_on(day, ladder, programme)) for ladder in ladders]


def _move(
    programme: Programme,
    ladder: Ladder,
    member: Member,
    standing: Standing,
    after: str,
    value: int,
    *,
    told: bool = True,
) -> Move:
    return Move(
        member_id=member.id,
        before=standing,
        after=after,
        told=told and member.joined,
        explanation={"value": ladder.worth(value, programme.club.currency)},
    )
