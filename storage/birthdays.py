"""Birthdays on disk: sealed as they were told, and as days that SQL may look for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.birthdays import Birthday
from club.calendar import Calendar
from storage.statements import insert
from storage.tables.birthdays import BIRTHDAYS
from storage.tables.members import MEMBERS, PRIVATE

Days = Mapping[Calendar, tuple[int, range]]  # Calendar → month, and which of its days.

_OF_MEMBER = select(BIRTHDAYS).where(
    BIRTHDAYS.c.member_id == bindparam("of_member"), BIRTHDAYS.c.calendar.is_not(None)
)


async def put(
    tx: AsyncConnection,
    member_id: int,
    calendar: Calendar | None,
    days: Mapping[Calendar, tuple[int, int]],
) -> None:
    """Keep these days, or none; when the member was greeted stays."""
    jalali, gregorian = (days.get(which, (None, None)) for which in ("jalali", "gregorian"))
    values = {
        "calendar": calendar,
        "jalali_month": jalali[0],
        "jalali_day": jalali[1],
        "gregorian_month": gregorian[0],
        "gregorian_day": gregorian[1],
    }
    statement = insert(tx, BIRTHDAYS).values(member_id=member_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=values))


async def sealed(tx: AsyncConnection, member_id: int) -> bytes | None:
    """The birthday as the member told it."""
    statement = select(PRIVATE.c.birthday).where(PRIVATE.c.member_id == member_id)
    return (await tx.execute(statement)).scalar_one_or_none()


async def of_member(tx: AsyncConnection, member_id: int) -> Birthday | None:
    """The day on which the member celebrates, without its year."""
    row = (await tx.execute(_OF_MEMBER, {"of_member": member_id})).mappings().one_or_none()
    if row is None:
        return None
    calendar: Calendar = row["calendar"]
    return Birthday(calendar=calendar, month=row[f"{calendar}_month"], day=row[f"{calendar}_day"])


async def celebrating(tx: AsyncConnection, days: Days, greeted_before: datetime) -> Sequence[int]:
    """Members who have their birthday, in order, and were not greeted since then."""
    statement = (
        select(BIRTHDAYS.c.member_id)
        .join(MEMBERS, MEMBERS.c.id == BIRTHDAYS.c.member_id)
        .where(
            or_(*(_falls(calendar, *of) for calendar, of in days.items())),
            or_(BIRTHDAYS.c.greeted_at.is_(None), BIRTHDAYS.c.greeted_at <= greeted_before),
            MEMBERS.c.agreed_at.is_not(None),
            MEMBERS.c.left_at.is_(None),
        )
        .order_by(BIRTHDAYS.c.member_id)
    )
    found: Sequence[int] = (await tx.execute(statement)).scalars().all()
    return found


async def mark_greeted(tx: AsyncConnection, member_id: int, at: datetime) -> None:
    """The member was greeted then."""
    await tx.execute(
        update(BIRTHDAYS).where(BIRTHDAYS.c.member_id == member_id).values(greeted_at=at)
    )


async def forget(tx: AsyncConnection, member_id: int) -> None:
    """Delete what is kept of the member's birthday beside the sealed word."""
    await tx.execute(delete(BIRTHDAYS).where(BIRTHDAYS.c.member_id == member_id))


def _falls(calendar: Calendar, month: int, days: range) -> ColumnElement[bool]:
    columns = BIRTHDAYS.c
    return and_(
        columns.calendar == calendar,
        columns[f"{calendar}_month"] == month,
        columns[f"{calendar}_day"].between(days.start, days.stop - 1),
    )
