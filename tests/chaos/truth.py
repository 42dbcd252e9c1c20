"""What became of the letters, from two sides: what the messenger took in, what the club booked.

The first is read from the sandbox's file when it has ended, the second from the tables: nothing
here is asked of the program that is proven.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]
ENDS = ("sent", "unreachable", "failed", "unknown", "expired", "skipped")


@dataclass(frozen=True, slots=True)
class Taken:
    """What the messenger took in from the bot: texts by chat, in their order."""

    texts: dict[int, list[str]]

    def times(self, words: str) -> Counter[int]:
        """How often each chat has these words."""
        return Counter(
            {
                chat: sum(words in text for text in texts)
                for chat, texts in self.texts.items()
                if chat > 0
            }
        )


def taken_in(state: Path) -> Taken:
    """Read the file of a sandbox that has ended."""
    texts: dict[int, list[str]] = defaultdict(list)
    with sqlite3.connect(state) as file:
        bodies = file.execute("SELECT chat_id, body FROM messages ORDER BY message_id")
        for chat, body in bodies:
            message = json.loads(body) if body else {}
            if message.get("from", {}).get("is_bot"):
                texts[chat].append(message.get("text") or message.get("caption") or "")
    return Taken(dict(texts))


@dataclass(frozen=True, slots=True)
class Booked:
    """What the club says of one kind of letter, by chat; and of their campaign."""

    rows: list[Row]
    campaigns: list[Row]

    @property
    def states(self) -> Counter[str]:
        return Counter(row["state"] for row in self.rows)

    def of_campaign(self, number: int) -> "Booked":
        """Its letters alone."""
        return Booked(
            [row for row in self.rows if row["campaign_id"] == number],
            [campaign for campaign in self.campaigns if campaign["id"] == number],
        )

    def each_has_one_end(self, chats: list[int]) -> None:
        """Nobody is lost, nobody is skipped, nobody stands there twice."""
        assert sorted(row["chat"] for row in self.rows) == chats
        assert set(self.states) <= set(ENDS), self.states

    def counters_are_rows(self) -> None:
        """The campaign's own figures are those of its letters."""
        for campaign in self.campaigns:
            mine = [row for row in self.rows if row["campaign_id"] == campaign["id"]]
            counted = Counter(row["state"] for row in mine)
            assert {end: campaign[end] for end in ENDS} == {end: counted[end] for end in ENDS}
            assert campaign["letters"] == len(mine)
            assert campaign["state"] == "done"

    def is_what_arrived(self, taken: Taken, words: str) -> None:
        """Who is said to have it has it; who is said to have none has none."""
        times = taken.times(words)
        for row in self.rows:
            if row["state"] == "sent":
                assert times[row["chat"]] >= 1, f"said to be sent, and lost: {row}"
            elif row["state"] != "unknown":
                assert times[row["chat"]] == 0, f"said not to be sent, and it was: {row}"


def repeats(taken: Taken, words: str) -> int:
    """How many were said again."""
    return sum(times - 1 for times in taken.times(words).values() if times)
