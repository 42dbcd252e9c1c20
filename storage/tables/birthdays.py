"""Days of birthdays that SQL may read, and when somebody was greeted last."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from storage.tables.columns import METADATA, Moment

BIRTHDAYS = Table(
    "birthdays",
    METADATA,
    Column("member_id", ForeignKey("members.id"), primary_key=True, autoincrement=False),
    Column("calendar", Text),  # In which it is celebrated; NULL: taken back, the greeting stays.
    Column("jalali_month", Integer),
    Column("jalali_day", Integer),
    Column("gregorian_month", Integer),
    Column("gregorian_day", Integer),
    Column("greeted_at", Moment),
    CheckConstraint("calendar IN ('jalali', 'gregorian')", name="calendar_known"),
    CheckConstraint(
        "(calendar IS NULL) = (jalali_month IS NULL)"
        " AND (calendar IS NULL) = (jalali_day IS NULL)"
        " AND (calendar IS NULL) = (gregorian_month IS NULL)"
        " AND (calendar IS NULL) = (gregorian_day IS NULL)",
        name="day_whole",
    ),
    Index("ix_birthdays_jalali", "jalali_month", "jalali_day"),
    Index("ix_birthdays_gregorian", "gregorian_month", "gregorian_day"),
)
