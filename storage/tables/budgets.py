"""How often rules with a limit for everybody have given something, and how much."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Table, Text

from storage.tables.columns import METADATA

BUDGETS = Table(
    "budgets",
    METADATA,
    Column("rule", Text, primary_key=True),
    Column("period", Text, primary_key=True),  # Like day:739577, or ever.
    Column("times", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),
    CheckConstraint("times >= 0 AND points >= 0", name="not_negative"),
    sqlite_with_rowid=False,
)
