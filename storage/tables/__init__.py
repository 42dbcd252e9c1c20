"""The tables, a file a subject. Importing this package fills METADATA with all of them."""

from storage.tables import book, campaigns, chats, intake, members, outbox, programme, staff
from storage.tables.columns import METADATA

__all__ = [
    "METADATA",
    "book",
    "campaigns",
    "chats",
    "intake",
    "members",
    "outbox",
    "programme",
    "staff",
]
