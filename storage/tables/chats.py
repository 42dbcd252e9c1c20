"""Where a person stands in a dialogue: a row with a version and an expiry, never memory."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from storage.tables.columns import METADATA, Moment

DIALOGUES = Table(
    "dialogues",
    METADATA,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Column("facts", LargeBinary, nullable=False),  # Encrypted: people type private things.
    Column("version", Integer, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
