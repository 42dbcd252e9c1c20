"""Messages of all chats, in the form the Bot API gives them."""

import json
from collections import OrderedDict
from dataclasses import dataclass

from sandbox.groups import SUPERGROUP_BASE
from sandbox.state import Journal, Json, MessageRow, encode

RECENT = 20_000  # Messages held in memory; older ones are read from disk.
EVERYWHERE_ELSE = 0
NO_END = 2**62


@dataclass(slots=True)
class Record:
    """A message and what only the sandbox knows about it."""

    message: Json
    author_id: int  # Who really wrote it: an anonymous admin's message hides that.
    fixed: bool = False  # It came with a reply keyboard, so it can never be edited.
    encoded: str = ""
    club_offset_ms: int = 0  # How far the club's time was ahead when this was posted.

    @property
    def chat_id(self) -> int:
        return int(self.message["chat"]["id"])

    @property
    def message_id(self) -> int:
        return int(self.message["message_id"])

    @property
    def thread_id(self) -> int:
        """The topic it stands in; zero is the General one, and where there are no topics."""
        return int(self.message.get("message_thread_id", 0))

    def row(self, body: str | None) -> MessageRow:
        """What is stored; without a body only that the number was used."""
        ids = (self.chat_id, self.message_id, self.author_id, int(self.fixed))
        return (*ids, body, self.thread_id, self.club_offset_ms)


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
        row = record.row(record.encoded)
        self._journal.put_message(row)
        self._recent[row[0], row[1]] = record
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)
        return record

    def get(self, chat_id: int, message_id: int) -> Record | None:
        if record := self._recent.get((chat_id, message_id)):
            return record
        if not 0 < message_id <= self._last_ids.get(self._numbering(chat_id), 0):
            return None
        found = self.after(chat_id, message_id - 1, 1)
        return found[0] if found and found[0].message_id == message_id else None

    def delete(self, record: Record) -> None:
        """Forget a message; its number stays used."""
        row = record.row(None)
        self._journal.put_message(row)
        self._recent.pop((row[0], row[1]), None)

    def after(
        self, chat_id: int, message_id: int, limit: int, thread_id: int | None = None
    ) -> list[Record]:
        """The messages that follow one, oldest first; with a thread only those of the topic."""
        return self._read("message_id > ?", "message_id", chat_id, message_id, thread_id, limit)

    def before(
        self, chat_id: int, message_id: int, limit: int, thread_id: int | None = None
    ) -> list[Record]:
        """The messages that stand over one, oldest first."""
        order = "message_id DESC"
        return self._read("message_id < ?", order, chat_id, message_id, thread_id, limit)[::-1]

    def last(self, chat_id: int, limit: int, thread_id: int | None = None) -> list[Record]:
        """The newest messages, oldest first."""
        return self.before(chat_id, NO_END, limit, thread_id)

    def _read(
        self, bound: str, order: str, chat_id: int, message_id: int, thread: int | None, limit: int
    ) -> list[Record]:
        of_thread = "" if thread is None else f" AND thread_id = {int(thread)}"
        rows = self._journal.select(
            "SELECT body, author_id, fixed, club_offset_ms FROM messages"  # noqa: S608
            f" WHERE body IS NOT NULL AND chat_id = ? AND {bound}{of_thread}"
            f" ORDER BY {order} LIMIT ?",
            *(chat_id, message_id, limit),
        )
        return [
            Record(json.loads(body), author, bool(fixed), body, offset_ms)
            for body, author, fixed, offset_ms in rows
        ]

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
