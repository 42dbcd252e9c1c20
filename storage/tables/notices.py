"""What was announced of points about to expire: one row a member and threshold."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table

from storage.tables.columns import METADATA, Moment

EXPIRY_NOTICES = Table(
    "expiry_notices",
    METADATA,
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("days", Integer, primary_key=True, autoincrement=False),  # The threshold.
    Column("covered_until", Moment, nullable=False),  # All that ends by then was announced …
    Column("newest_lot", BigInteger, nullable=False),  # … unless it was granted later than this.
    Column("day", Integer, nullable=False),  # The local day of the letter, as an ordinal.
    sqlite_with_rowid=False,
)
