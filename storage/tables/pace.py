"""One pace for one token, whoever sends; and who of several processes does what one alone may."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Table, Text

from storage.tables.columns import METADATA, Moment

PACE = Table(
    "pace",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("next_us", BigInteger, nullable=False),  # Machine time: the next slot nobody has.
    Column("halted_until", Moment),  # Machine time: until then nothing is sent.
    Column("permille", Integer, nullable=False),  # Of the rate, after the messenger said no.
    Column("slowed_at", Moment),
    CheckConstraint("id = 1", name="one_row"),
    CheckConstraint("permille BETWEEN 1 AND 1000", name="permille_of_rate"),
)

LEASES = Table(
    "leases",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Moment, nullable=False),  # Machine time.
)
