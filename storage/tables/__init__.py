"""The tables, a file a subject. Importing this package fills METADATA with all of them."""

from storage.tables import (
    birthdays,
    book,
    campaigns,
    chats,
    intake,
    members,
    merges,
    notices,
    outbox,
    programme,
    reviews,
    staff,
    surveys,
)
from storage.tables.columns import METADATA

__all__ = [
    "METADATA",
    "birthdays",
    "book",
    "campaigns",
    "chats",
    "intake",
    "members",
    "merges",
    "notices",
    "outbox",
    "programme",
    "reviews",
    "staff",
    "surveys",
]
