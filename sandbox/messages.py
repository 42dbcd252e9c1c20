"""Messages of all chats, in the form the Bot API gives them."""

import json
from collections import OrderedDict
from dataclasses import dataclass

from sandbox.groups import SUPERGROUP_BASE
from sandbox.state import Journal, Json, encode

RECENT = 20_000  # Messages held in memory; older ones are read from disk.
EVERYWHERE_ELSE = 0


@dataclass(slots=True)
class Record:
    """A message and what only the sandbox knows about it."""

    message: Json
    author_id: int  # Who really wrote it: an anonymous admin's message hides that.
    fixed: bool = False  # It came with a reply keyboard, so it can never be edited.
    encoded: str = ""

    @property
    def chat_id(self) -> int:
        return int(self.message["chat"]["id"])

    @property
    def message_id(self) -> int:
        return int(self.message["message_id"])


class Messages:
    """Messages by chat and number; numbers are never given twice."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._recent: OrderedDict[tuple[int, int], Record] = OrderedDict()
        self._last_ids: dict[int, int] = {}
        rows = journal.select("SELECT chat_id, max(message_id) FROM messages GROUP BY chat_id")
        for chat_id, message_id in rows:
            numbering = self._numbering(chat_id)
            self._last_ids[numbering] = max(message_id, self._last_ids.get(numbering, 0))

    @staticmethod
    def _numbering(chat_id: int) -> int:
        """Supergroups count their own messages, all other chats share the bot's counter."""
        return chat_id if chat_id < SUPERGROUP_BASE else EVERYWHERE_ELSE

    def next_id(self, chat_id: int) -> int:
        numbering = self._numbering(chat_id)
        message_id = self._last_ids.get(numbering, 0) + 1
        self._last_ids[numbering] = message_id
        return message_id

    def keep(self, record: Record) -> Record:
        """Store a new or changed message."""
        record.encoded = encode(record.message)
        chat_id, message_id = record.chat_id, record.message_id
        self._journal.put_message(
            (chat_id, message_id, record.author_id, record.fixed, record.encoded)
        )
        self._recent[chat_id, message_id] = record
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)
        return record

    def get(self, chat_id: int, message_id: int) -> Record | None:
        if record := self._recent.get((chat_id, message_id)):
            return record
        if message_id > self._last_ids.get(self._numbering(chat_id), 0):
            return None
        found = self.after(chat_id, message_id - 1, 1)
        return found[0] if found and found[0].message_id == message_id else None

    def delete(self, record: Record) -> None:
        """Forget a message; its number stays used."""
        chat_id, message_id = record.chat_id, record.message_id
        self._journal.put_message((chat_id, message_id, record.author_id, record.fixed, None))
        self._recent.pop((chat_id, message_id), None)

    def after(self, chat_id: int, message_id: int, limit: int) -> list[Record]:
        """The messages that follow one, oldest first."""
        return self._read(
            "SELECT body, author_id, fixed FROM messages WHERE body IS NOT NULL"
            " AND chat_id = ? AND message_id > ? ORDER BY message_id LIMIT ?",
            *(chat_id, message_id, limit),
        )

    def last(self, chat_id: int, limit: int) -> list[Record]:
        """The newest messages, oldest first."""
        newest_first = self._read(
            "SELECT body, author_id, fixed FROM messages WHERE body IS NOT NULL"
            " AND chat_id = ? ORDER BY message_id DESC LIMIT ?",
            *(chat_id, limit),
        )
        return newest_first[::-1]

    def _read(self, query: str, *values: int) -> list[Record]:
        rows = self._journal.select(query, *values)
        return [Record(json.loads(body), author, bool(fixed), body) for body, author, fixed in rows]

    def unread(self, chat_id: int, person_id: int, read_up_to: int) -> int:
        """How many messages of others this person has not read."""
        ((count,),) = self._journal.select(
            "SELECT count(*) FROM messages WHERE chat_id = ? AND message_id > ?"
            " AND author_id != ? AND body IS NOT NULL",
            *(chat_id, read_up_to, person_id),
        )
        return int(count)

    def sent_by(self, author_id: int) -> dict[int, int]:
        """How many messages somebody has in each chat."""
        rows = self._journal.select(
            "SELECT chat_id, count(*) FROM messages WHERE author_id = ? GROUP BY chat_id",
            author_id,
        )
        return dict(rows)
