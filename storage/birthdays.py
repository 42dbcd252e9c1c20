"""Birthdays on disk: sealed as they were told, and as days that SQL may look for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.birthdays import Birthday
from club.calendar import Calendar
from storage.statements import insert
from storage.tables.birthdays import BIRTHDAYS
from storage.tables.members import MEMBERS, PRIVATE

Days = Mapping[Calendar, tuple[int, range]]  # Calendar → month, and which of its days.

_OF_MEMBERS = select(BIRTHDAYS).where(
    BIRTHDAYS.c.member_id.in_(bindparam("members", expanding=True)),
    BIRTHDAYS.c.calendar.is_not(None),
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
    return (await of_members(tx, [member_id])).get(member_id)


async def of_members(tx: AsyncConnection, member_ids: Collection[int]) -> dict[int, Birthday]:
    """The days on which these members celebrate, by member; only of those who told it."""
    rows = (await tx.execute(_OF_MEMBERS, {"members": list(member_ids)})).mappings()
    found = {}
    for row in rows:
        calendar: Calendar = row["calendar"]
        month, day = row[f"{calendar}_month"], row[f"{calendar}_day"]
        found[row["member_id"]] = Birthday(calendar=calendar, month=month, day=day)
    return found


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


async def mark_greeted(tx: AsyncConnection, member_ids: Collection[int], at: datetime) -> None:
    """These members were greeted then."""
    await tx.execute(
        update(BIRTHDAYS).where(BIRTHDAYS.c.member_id.in_(member_ids)).values(greeted_at=at)
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
