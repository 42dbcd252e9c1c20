"""Updates as the messenger gave them, kept until each has been handled."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.tables.columns import METADATA, Moment, identity, one_of, word


class UpdateState(StrEnum):
    """How far an update has come; `parked` waits for a person to look at it."""

    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"


UPDATES = Table(
    "updates",
    METADATA,
    identity(),
    Column("bot_id", BigInteger, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("person", BigInteger, nullable=False),  # One update at a time per person.
    Column("payload", LargeBinary),  # Encrypted; emptied when done.
    word("state"),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("fault", Text),
    UniqueConstraint("bot_id", "update_id"),
    one_of("state", UpdateState),
    Index(
        "ix_updates_pending",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_updates_person",
        "person",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)
