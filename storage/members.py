"""How members are kept and found."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.calendar import Calendar
from club.errors import UnknownMember
from club.ledger import Account, wallet
from club.members import JoinStep, Member, Reach
from club.parts import Language
from storage import birthdays as birthdays_store
from storage import reviews as reviews_store
from storage.statements import insert as insert_or
from storage.statements import insert_new
from storage.tables.book import ACCOUNTS
from storage.tables.members import MEMBERS, PRIVATE, TAGS

_FIELDS = tuple(MEMBERS.c[name] for name in Member.__dataclass_fields__)
_FIND = select(*_FIELDS).where(MEMBERS.c.id == bindparam("member_id"))
_LOCK = _FIND.with_for_update()
_ALIVE = and_(MEMBERS.c.id == bindparam("member_id"), MEMBERS.c.left_at.is_(None))
_CAME_WITH = select(MEMBERS.c.referred_by_code).where(_ALIVE).correlate(None).scalar_subquery()
_NAMED = (
    select(*_FIELDS, PRIVATE.c.name.label("sealed_name"))
    .outerjoin(PRIVATE, PRIVATE.c.member_id == MEMBERS.c.id)
    .order_by(MEMBERS.c.id)
    .with_for_update(of=MEMBERS)
)
_LOCK_NAMED = _NAMED.where(_ALIVE)
_LOCK_BOTH = _NAMED.where(or_(_ALIVE, MEMBERS.c.referral_code == _CAME_WITH))
_LOCK_MANY = (
    select(*_FIELDS)
    .where(MEMBERS.c.id.in_(bindparam("member_ids", expanding=True)))
    .order_by(MEMBERS.c.id)
    .with_for_update()
)
_CHANGE = update(MEMBERS).where(MEMBERS.c.id == bindparam("of_member"))
_PRIVATE = select(PRIVATE.c.name, PRIVATE.c.phone).where(
    PRIVATE.c.member_id == bindparam("of_member")
)


async def create(
    tx: AsyncConnection,
    *,
    chat_user_id: int,
    language: Language,
    calendar: Calendar,
    tier: str,
    referral_code: str,
    referred_by_code: str | None,
    at: datetime,
) -> Member | None:
    """A person who has begun to join, with a wallet; None when this chat has a row already."""
    statement = (
        insert_or(tx, MEMBERS)
        .values(
            chat_user_id=chat_user_id,
            language=language,
            calendar=calendar,
            join_step=JoinStep.LANGUAGE,
            tier=tier,
            points_earned=0,
            reach=Reach.ACTIVE,
            referral_code=referral_code,
            referred_by_code=referred_by_code,
            created_at=at,
        )
        .on_conflict_do_nothing(index_elements=["chat_user_id"])
        .returning(*_FIELDS)
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    if row is None:
        return None
    member = _member(row)
    await tx.execute(
        insert(ACCOUNTS).values(id=wallet(member.id), kind=Account.WALLET, member_id=member.id)
    )
    return member


async def lock(tx: AsyncConnection, member_id: int) -> Member:
    """The member, whose row nobody else changes until this transaction ends.

    Raises UnknownMember. On SQLite the transaction holds the whole file already.
    """
    row = (await tx.execute(_LOCK, {"member_id": member_id})).mappings().one_or_none()
    if row is None:
        raise UnknownMember()
    return _member(row)


async def lock_many(tx: AsyncConnection, member_ids: Sequence[int]) -> list[Member]:
    """These members, locked in order of their ids."""
    rows = await tx.execute(_LOCK_MANY, {"member_ids": member_ids})
    return [_member(row) for row in rows.mappings()]


async def lock_named(
    tx: AsyncConnection, member_id: int, *, inviter: bool
) -> tuple[Member, bytes | None] | None:
    """A member who has not left, locked, and their sealed name; None, and no lock, for others.

    With `inviter` who brought the member is locked as well, in the order of their ids.
    """
    statement = _LOCK_BOTH if inviter else _LOCK_NAMED
    for row in (await tx.execute(statement, {"member_id": member_id})).mappings():
        if row["id"] == member_id:
            return _member(row), row["sealed_name"]
    return None


async def find(tx: AsyncConnection, member_id: int) -> Member | None:
    """The member of that id."""
    found = (await tx.execute(_FIND, {"member_id": member_id})).mappings().one_or_none()
    return None if found is None else _member(found)


async def find_all(tx: AsyncConnection, member_ids: Collection[int]) -> dict[int, Member]:
    """The members of those ids, by id."""
    statement = select(*_FIELDS).where(MEMBERS.c.id.in_(member_ids))
    return {row["id"]: _member(row) for row in (await tx.execute(statement)).mappings()}


async def find_by_chat(tx: AsyncConnection, chat_user_id: int) -> Member | None:
    """The member who writes to us from that account."""
    statement = select(*_FIELDS).where(MEMBERS.c.chat_user_id == chat_user_id)
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _member(row)


async def find_by_phone(tx: AsyncConnection, phone_hash: bytes) -> Member | None:
    """The member whose phone has that keyed hash."""
    statement = (
        select(*_FIELDS)
        .join(PRIVATE, PRIVATE.c.member_id == MEMBERS.c.id)
        .where(PRIVATE.c.phone_hash == phone_hash)
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _member(row)


async def find_by_external_id(tx: AsyncConnection, external_id: str) -> list[Member]:
    """Customers from before the club under that id, of any source."""
    statement = select(*_FIELDS).where(MEMBERS.c.external_id == external_id)
    return [_member(row) for row in (await tx.execute(statement)).mappings()]


async def change(tx: AsyncConnection, member_id: int, **values: Any) -> None:
    """Write these columns of the member's row."""
    if values:
        await tx.execute(_CHANGE, {"of_member": member_id, **values})


async def keep_first_code(tx: AsyncConnection, member_id: int, code: str) -> None:
    """Keep the friend's code that the person came with, unless an earlier one is kept."""
    await tx.execute(
        update(MEMBERS)
        .where(MEMBERS.c.id == member_id, MEMBERS.c.referred_by_code.is_(None))
        .values(referred_by_code=code)
    )


async def codes(tx: AsyncConnection, member_id: int) -> tuple[str, str | None]:
    """The member's own referral code, and the one they came with."""
    statement = select(MEMBERS.c.referral_code, MEMBERS.c.referred_by_code)
    row = (await tx.execute(statement.where(MEMBERS.c.id == member_id))).one()
    return row.referral_code, row.referred_by_code


async def keep_private(tx: AsyncConnection, member_id: int, **values: bytes | None) -> None:
    """Write sealed private data: name, phone, phone_hash, birthday."""
    await tx.execute(
        insert_or(tx, PRIVATE)
        .values(member_id=member_id, **values)
        .on_conflict_do_update(index_elements=["member_id"], set_=values)
    )


async def private(tx: AsyncConnection, member_id: int) -> RowMapping | None:
    """The sealed name and phone."""
    return (await tx.execute(_PRIVATE, {"of_member": member_id})).mappings().one_or_none()


async def forget_private(tx: AsyncConnection, member_id: int) -> None:
    """Delete name, phone and birthday, what the member likes, and what they wrote in reviews."""
    await birthdays_store.forget(tx, member_id)
    await reviews_store.forget_words(tx, member_id)
    await tx.execute(delete(PRIVATE).where(PRIVATE.c.member_id == member_id))
    await tx.execute(delete(TAGS).where(TAGS.c.member_id == member_id))


async def tags(tx: AsyncConnection, member_id: int) -> tuple[str, ...]:
    """What the member likes, in order."""
    statement = select(TAGS.c.tag).where(TAGS.c.member_id == member_id).order_by(TAGS.c.tag)
    return tuple((await tx.execute(statement)).scalars())


async def tag(
    tx: AsyncConnection, member_id: int, names: Collection[str], purchase_id: int | None = None
) -> None:
    """Add tags that are not there yet."""
    if names:
        rows = [
            {"tag": name, "member_id": member_id, "purchase_id": purchase_id}
            for name in sorted(set(names))
        ]
        await tx.execute(insert_new(tx, TAGS), rows)


async def untag(tx: AsyncConnection, member_id: int, name: str) -> bool:
    """Take a tag away; whether it was there."""
    done = await tx.execute(delete(TAGS).where(TAGS.c.tag == name, TAGS.c.member_id == member_id))
    return done.rowcount > 0


def _member(row: RowMapping) -> Member:
    values = {name: row[name] for name in Member.__dataclass_fields__}
    values["join_step"] = JoinStep(values["join_step"])
    values["reach"] = Reach(values["reach"])
    return Member(**values)
