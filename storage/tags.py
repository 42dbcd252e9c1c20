"""Tags by hand and by tier: staff's word stands, whatever purchase brought the same tag before."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert
from storage.tables.ladders import STANDINGS
from storage.tables.members import MEMBERS, TAGS


async def of_members(tx: AsyncConnection, member_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """What these members like, by member; who has no tag is not in it."""
    statement = select(TAGS.c.member_id, TAGS.c.tag).where(TAGS.c.member_id.in_(member_ids))
    found: dict[int, set[str]] = {}
    for row in await tx.execute(statement):
        found.setdefault(row.member_id, set()).add(row.tag)
    return {member_id: frozenset(tags) for member_id, tags in found.items()}


async def give(tx: AsyncConnection, member_id: int, tag: str) -> None:
    """The member has this tag, and keeps it when the purchase that brought it is undone."""
    await give_many(tx, tag, [member_id])


async def give_many(tx: AsyncConnection, tag: str, member_ids: Sequence[int]) -> None:
    """These members have this tag, and keep it when a purchase that brought it is undone."""
    statement = insert(tx, TAGS).on_conflict_do_update(
        index_elements=["tag", "member_id"], set_={"purchase_id": None}
    )
    rows = [{"tag": tag, "member_id": id_, "purchase_id": None} for id_ in member_ids]
    await tx.execute(statement, rows)


async def take_many(
    tx: AsyncConnection, tag: str, member_ids: Sequence[int], unless: Sequence[tuple[str, str]]
) -> None:
    """These members lose this tag, but who stands on one of these tiers (ladder, tier)."""
    statement = delete(TAGS).where(TAGS.c.tag == tag, TAGS.c.member_id == bindparam("member"))
    if unless:
        standing = select(STANDINGS.c.member_id).where(
            tuple_(STANDINGS.c.ladder, STANDINGS.c.tier).in_(list(unless))
        )
        statement = statement.where(TAGS.c.member_id.not_in(standing))
    await tx.execute(statement, [{"member": id_} for id_ in member_ids])


async def give_tier(tx: AsyncConnection, tag: str, ladder: str | None, tier: str) -> None:
    """Who stands on that tier has this tag; `ladder` None is the main one."""
    if ladder is None:
        held = select(MEMBERS.c.id).where(MEMBERS.c.tier == tier, MEMBERS.c.left_at.is_(None))
    else:
        held = select(STANDINGS.c.member_id).where(
            STANDINGS.c.ladder == ladder, STANDINGS.c.tier == tier
        )
    rows = select(literal(tag), held.subquery().columns[0])
    statement = insert(tx, TAGS).from_select(["tag", "member_id"], rows.where(literal(1) == 1))
    await tx.execute(statement.on_conflict_do_nothing())
