"""Keeping where members stand on the ladders, with the reason, and telling them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.facts import Facts
from club.ladders import ChangeReason, Ladder
from club.letters import Letter
from club.members import Member
from club.programme import Programme
from club.tiers import Standing
from club.windows import Window
from storage import ladders as ladders_store
from storage import outbox as outbox_store
from storage import tags as tags_store
from storage.ladders import Change, Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A member who comes to stand on another tier of a ladder."""

    member_id: int
    before: Standing
    after: str
    told: bool
    explanation: Facts = field(default_factory=dict)


async def stand(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    windows: Sequence[tuple[Ladder, Window]],
) -> dict[str, Found]:
    """The member on these ladders, with what counts in each ladder's window."""
    found = await ladders_store.stand(tx, programme.main_ladder, windows, [member.id])
    return found[member.id]


async def move_one(
    tx: AsyncConnection,
    programme: Programme,
    ladder: Ladder,
    member: Member,
    move: Move,
    reason: ChangeReason,
    at: datetime,
) -> Member:
    """Keep and tell that the member stands elsewhere; the member afterwards."""
    await move_many(tx, programme, ladder, [move], reason, at)
    return replace(member, tier=move.after) if ladder.key == programme.main_ladder.key else member


async def move_many(
    tx: AsyncConnection,
    programme: Programme,
    ladder: Ladder,
    moves: Sequence[Move],
    reason: ChangeReason,
    at: datetime,
) -> None:
    """Keep and tell that members stand elsewhere on this ladder; their rows are locked."""
    if not moves:
        return
    rows = [
        (move.member_id, Standing(tier=move.after, floor=move.before.floor, since=at))
        for move in moves
    ]
    await ladders_store.put(tx, ladder.key, rows, at)
    if ladder.key == programme.main_ladder.key:
        await ladders_store.put_member_tiers(tx, [(move.member_id, move.after) for move in moves])
    changes = [
        Change(
            member_id=move.member_id,
            ladder=ladder.key,
            tier_before=move.before.tier,
            tier_after=move.after,
            reason=reason,
            explanation=move.explanation,
            at=at,
        )
        for move in moves
    ]
    ids = await ladders_store.add_changes(tx, changes)
    await _retag(tx, programme, ladder, moves)
    letters = [
        _letter(programme, ladder, number, move, reason)
        for number, move in zip(ids, moves, strict=True)
        if move.told
    ]
    if letters:
        await outbox_store.add(tx, letters, at)


async def _retag(
    tx: AsyncConnection, programme: Programme, ladder: Ladder, moves: Sequence[Move]
) -> None:
    """The tags of a tier come and go with it; one that another ladder's tier gives stays."""
    given: dict[str, list[int]] = {}
    taken: dict[str, list[int]] = {}
    for move in moves:
        before, after = ladder.tier(move.before.tier).tags, ladder.tier(move.after).tags
        for tag in set(after) - set(before):
            given.setdefault(tag, []).append(move.member_id)
        for tag in set(before) - set(after):
            taken.setdefault(tag, []).append(move.member_id)
    for tag, members in sorted(given.items()):
        await tags_store.give_many(tx, tag, members)
    for tag, members in sorted(taken.items()):
        others = [
            (other.key, tier.key)
            for other in programme.ladders
            for tier in other.tiers
            if other.key != ladder.key and tag in tier.tags
        ]
        await tags_store.take_many(tx, tag, members, others)


def _letter(
    programme: Programme, ladder: Ladder, number: int, move: Move, reason: ChangeReason
) -> Letter:
    rose = ladder.place(move.after) > ladder.place(move.before.tier)
    tier = ladder.tier(move.after)
    facts: dict[str, object] = {
        "tier": tier.name.model_dump(),
        "ladder": ladder.name.model_dump() if len(programme.ladders) > 1 else None,
    }
    if rose:
        facts["benefit"] = tier.text.model_dump() if tier.text else None
    else:
        facts["tier_before"] = ladder.tier(move.before.tier).name.model_dump()
        facts["change"] = reason.value
    return Letter(
        key=f"tier:{number}",
        member_id=move.member_id,
        message="letters/tier_reached" if rose else "letters/tier_fell",
        facts=facts,
    )
