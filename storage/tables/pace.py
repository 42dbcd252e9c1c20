"""One pace for one token, whoever sends; and who of several processes does what one alone may."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Table, Text

from storage.tables.columns import METADATA, Moment

PACE = Table(
    "pace",
    METADATA,
    Column("id", Integer, primary_key=True),
    # Where several processes send, in microseconds of the database's own clock:
    Column("next_us", BigInteger, nullable=False),  # The next place that nobody has.
    Column("letters_us", BigInteger, nullable=False),  # No letter's place is before this.
    Column("spare_us", BigInteger, nullable=False),  # So long what stayed free may be made up for.
    Column("halted_since", Moment),  # Machine time, as the two below.
    Column("halted_until", Moment),
    Column("recovers_from", Moment),  # From then on the permille grows again.
    Column("permille", Integer, nullable=False),  # Of the rate, after the messenger said no.
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
