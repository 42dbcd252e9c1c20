"""Where members stand on the ladders, what these count of them, and how they came there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.facts import Facts, decode_all, encode_all
from club.ladders import ChangeReason, Counted, Ladder
from club.tiers import Standing
from club.windows import Window
from storage.counts import bounds, count
from storage.statements import insert as insert_or
from storage.tables.ladders import STANDINGS, TIER_CHANGES
from storage.tables.members import MEMBERS

_KEPT = ("floor", "since", "falls_at", "warned_at")
_TIERS_OF = select(STANDINGS.c.ladder, STANDINGS.c.tier).where(
    STANDINGS.c.member_id == bindparam("of_member")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Somebody who stands on another tier since then, and why."""

    member_id: int
    ladder: str
    tier_before: str
    tier_after: str
    reason: ChangeReason
    explanation: Facts
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A member on one ladder, with what was counted of them."""

    standing: Standing
    counts: Mapping[Counted, int]


async def stand(
    tx: AsyncConnection,
    main: Ladder,
    windows: Sequence[tuple[Ladder, Window]],
    member_ids: Sequence[int],
) -> dict[int, dict[str, Found]]:
    """Members on these ladders, with what each counts in its window; by member and ladder."""
    values: dict[str, Any] = {"members": list(member_ids)}
    for place, (_, window) in enumerate(windows):
        values |= bounds(f"w{place}", window)
    shape = tuple(
        (one.key, one.counts, one.over == "ever", one.key == main.key) for one, _ in windows
    )
    rows = (await tx.execute(_standing_statement(shape), values)).mappings()
    return {
        row["member_id"]: {
            ladder.key: Found(
                standing=Standing(
                    tier=row[f"w{place}_tier"] or ladder.tiers[0].key,
                    **{name: row[f"w{place}_{name}"] for name in _KEPT},
                ),
                counts={of: row[f"w{place}_{of}"] for of in ladder.counts},
            )
            for place, (ladder, _) in enumerate(windows)
        }
        for row in rows
    }


async def tiers_of(tx: AsyncConnection, member_id: int) -> dict[str, str]:
    """Ladder → tier, where that is kept."""
    rows = await tx.execute(_TIERS_OF, {"of_member": member_id})
    return {row.ladder: row.tier for row in rows}


async def tiers_of_many(
    tx: AsyncConnection, member_ids: Collection[int]
) -> dict[int, dict[str, str]]:
    """By member: ladder → tier, where that is kept."""
    statement = select(STANDINGS.c.member_id, STANDINGS.c.ladder, STANDINGS.c.tier).where(
        STANDINGS.c.member_id.in_(member_ids)
    )
    tiers: dict[int, dict[str, str]] = {}
    for row in await tx.execute(statement):
        tiers.setdefault(row.member_id, {})[row.ladder] = row.tier
    return tiers


async def put(
    tx: AsyncConnection, ladder: str, rows: Sequence[tuple[int, Standing]], at: datetime
) -> None:
    """Keep where members stand on a ladder."""
    statement = insert_or(tx, STANDINGS)
    names = ("tier", *_KEPT)
    statement = statement.on_conflict_do_update(
        index_elements=["ladder", "member_id"],
        set_={name: statement.excluded[name] for name in names},
    )
    values = [
        {"ladder": ladder, "member_id": member_id}
        | {name: getattr(standing, name) for name in names}
        | {"since": standing.since or at}
        for member_id, standing in rows
    ]
    await tx.execute(statement, values)


async def put_member_tiers(tx: AsyncConnection, rows: Sequence[tuple[int, str]]) -> None:
    """Write the tier that members' own rows show: that of the main ladder."""
    statement = update(MEMBERS).where(MEMBERS.c.id == bindparam("member"))
    values = [{"member": member_id, "step": tier} for member_id, tier in rows]
    await tx.execute(statement.values(tier=bindparam("step")), values)


async def add_changes(tx: AsyncConnection, changes: Sequence[Change]) -> list[int]:
    """Keep what changed and why; the numbers of the changes, in the same order."""
    names = ("member_id", "ladder", "tier_before", "tier_after", "at")
    rows = [
        {name: getattr(change, name) for name in names}
        | {"reason": change.reason.value, "explanation": encode_all(change.explanation)}
        for change in changes
    ]
    statement = insert(TIER_CHANGES).returning(TIER_CHANGES.c.id, sort_by_parameter_order=True)
    return list((await tx.execute(statement, rows)).scalars())


async def changes(tx: AsyncConnection, member_id: int, limit: int) -> list[Change]:
    """The member's latest changes, latest first."""
    statement = (
        select(TIER_CHANGES)
        .where(TIER_CHANGES.c.member_id == member_id)
        .order_by(TIER_CHANGES.c.at.desc(), TIER_CHANGES.c.id.desc())
        .limit(limit)
    )
    return [
        Change(
            **{name: row[name] for name in Change.__dataclass_fields__}
            | {
                "reason": ChangeReason(row["reason"]),
                "explanation": decode_all(row["explanation"]),
            }
        )
        for row in (await tx.execute(statement)).mappings()
    ]


async def forget(tx: AsyncConnection, member_id: int) -> None:
    """The member stands nowhere any more; what happened stays written."""
    await tx.execute(STANDINGS.delete().where(STANDINGS.c.member_id == member_id))


Shape = tuple[tuple[str, tuple[Counted, ...], bool, bool], ...]


@lru_cache(maxsize=64)
def _standing_statement(shape: Shape) -> Select[Any]:
    """One row a member, with columns w0_tier, w0_floor, …, w0_purchases, w1_tier, …"""
    columns: list[Any] = [MEMBERS.c.id.label("member_id")]
    source: Any = MEMBERS
    for place, (key, counted, ever, main) in enumerate(shape):
        name, kept = f"w{place}", STANDINGS.alias(f"s{place}")
        source = source.outerjoin(
            kept, and_(kept.c.ladder == key, kept.c.member_id == MEMBERS.c.id)
        )
        columns.append((MEMBERS.c.tier if main else kept.c.tier).label(f"{name}_tier"))
        columns += [kept.c[column].label(f"{name}_{column}") for column in _KEPT]
        columns += [count(of, name, ever=ever).label(f"{name}_{of}") for of in counted]
    members: BindParameter[Any] = bindparam("members", expanding=True)
    return select(*columns).select_from(source).where(MEMBERS.c.id.in_(members))
