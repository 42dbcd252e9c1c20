"""What the club knows of itself, and the ticks it has booked."""

from sqlalchemy import Column, Table, Text

from storage.tables.columns import METADATA, Moment

CLUB = Table(
    "club",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

TICKS = Table(
    "ticks",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("at", Moment, primary_key=True, autoincrement=False),
    Column("booked_at", Moment, nullable=False),
)
