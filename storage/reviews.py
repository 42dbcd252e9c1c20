"""Reviews on disk; their words are sealed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.facts import decode_all, encode_all
from storage.statements import insert
from storage.tables.book import PURCHASES
from storage.tables.outbox import OUTBOX
from storage.tables.reviews import REVIEWS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A review as it is kept; the text is sealed."""

    purchase_id: int
    member_id: int
    stars: int
    text: bytes | None
    at: datetime


async def add(tx: AsyncConnection, row: ReviewRow) -> bool:
    """Keep a review; False when the purchase has one already."""
    values = {name: getattr(row, name) for name in ReviewRow.__dataclass_fields__}
    statement = insert(tx, REVIEWS).values(**values).on_conflict_do_nothing()
    return (await tx.execute(statement)).rowcount > 0


async def find(tx: AsyncConnection, purchase_id: int) -> ReviewRow | None:
    """The review of a purchase."""
    statement = select(REVIEWS).where(REVIEWS.c.purchase_id == purchase_id)
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _review(row)


async def of_member(tx: AsyncConnection, member_id: int) -> list[ReviewRow]:
    """All reviews of a member, oldest first."""
    statement = (
        select(REVIEWS)
        .where(REVIEWS.c.member_id == member_id)
        .order_by(REVIEWS.c.at, REVIEWS.c.purchase_id)
    )
    return [_review(row) for row in (await tx.execute(statement)).mappings()]


async def newest_open(tx: AsyncConnection, member_id: int, since: datetime) -> int | None:
    """The member's latest purchase since then that counts and has no review."""
    statement = (
        select(PURCHASES.c.id)
        .join(REVIEWS, REVIEWS.c.purchase_id == PURCHASES.c.id, isouter=True)
        .where(
            PURCHASES.c.member_id == member_id,
            PURCHASES.c.at >= since,
            PURCHASES.c.undone_at.is_(None),
            REVIEWS.c.purchase_id.is_(None),
        )
        .order_by(PURCHASES.c.at.desc(), PURCHASES.c.id.desc())
        .limit(1)
    )
    return (await tx.execute(statement)).scalar_one_or_none()


async def forget_words(tx: AsyncConnection, member_id: int) -> None:
    """Stars stay without a name; what the member wrote goes, also from the letters to staff."""
    reviews = [row for row in await of_member(tx, member_id) if row.text is not None]
    keys = [letter_key(row.purchase_id) for row in reviews]
    statement = select(OUTBOX.c.id, OUTBOX.c.facts).where(OUTBOX.c.key.in_(keys))
    for letter in (await tx.execute(statement)).all():
        facts = encode_all({**decode_all(letter.facts), "review": None})
        await tx.execute(update(OUTBOX).where(OUTBOX.c.id == letter.id).values(facts=facts))
    await tx.execute(update(REVIEWS).where(REVIEWS.c.member_id == member_id).values(text=None))


def letter_key(purchase_id: int) -> str:
    """The key of the letter that tells staff."""
    return f"review:{purchase_id}"


def _review(row: RowMapping) -> ReviewRow:
    return ReviewRow(**row)
