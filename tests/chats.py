"""What has been said in all chats of the town, as its events told it; nothing is read twice."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from tests.forks import DEADLINE_S

Message = dict[str, Any]
Found = TypeVar("Found")


class Late(AssertionError):
    """What was awaited did not come."""


class Said(str):
    """The words of a message, without the isolates that only direct the eye; `message` is all."""

    message: Message

    def __new__(cls, message: Message) -> "Said":
        text = str(message.get("text") or message.get("caption") or "")
        said = super().__new__(cls, plain(text))
        said.message = message
        return said

    @property
    def id(self) -> int:
        """Its number in the chat."""
        return int(self.message["message_id"])

    @property
    def labels(self) -> list[list[str]]:
        """The inline buttons under it, row by row."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return [[plain(button["text"]) for button in row] for row in rows]

    @property
    def substance(self) -> tuple[str, str | None]:
        """Words and picture: what a reader takes in."""
        picture = self.message.get("photo", [{}])[-1].get("file_unique_id")
        return str(self), picture

    def spoken(self) -> str:
        """As a transcript shows it."""
        kinds = ("photo", "document", "contact", "new_chat_members", "migrate_to_chat_id")
        shown = "".join(f"({kind}) " for kind in kinds if kind in self.message) + str(self)
        rows = ["    " + " ".join(f"[{label}]" for label in row) for row in self.labels]
        return "\n".join([shown, *rows])


def plain(text: str) -> str:
    """Without the isolates that only direct the eye."""
    return text.replace("\u2068", "").replace("\u2069", "")


class Chats:
    """Follows the town's events; those who wait look again after each."""

    def __init__(self, bot_id: int) -> None:
        self.transcript: list[str] = []
        self.pressed: set[str] = set()
        self.answered: set[str] = set()  # Presses whose circle has stopped turning.
        self.struck: list[int] = []  # Faults by their index, in the order in which they came.
        self._bot_id = bot_id
        self._messages: dict[int, dict[int, Said]] = defaultdict(dict)
        self._news: dict[int, list[tuple[int | None, Said]]] = defaultdict(list)
        self._moved: dict[int, int] = {}
        self._events = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._broken: str | None = None

    def where(self, chat_id: int) -> int:
        """The chat's number now: a group that becomes a supergroup gets another."""
        return self._moved.get(chat_id, chat_id)

    def news(self, chat_id: int, person_id: int) -> list[Said]:
        """All that the bot has said to a person in a chat, as it came: also corrections, toasts."""
        news = self._news[self.where(chat_id)]
        return [said for only, said in news if only in (None, person_id)]

    def told(self, chat_id: int) -> list[Said]:
        """What stands in a chat now and is the bot's, oldest first."""
        return [said for said in self.messages(chat_id) if self._by_bot(said)]

    def messages(self, chat_id: int) -> list[Said]:
        """What stands in a chat now, oldest first."""
        return list(self._messages[self.where(chat_id)].values())

    async def awaited(
        self, what: str, look: Callable[[], Awaitable[Found | None]], within_s: float = DEADLINE_S
    ) -> Found:
        """Look now and after every event, until there is something to see."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    seen = self._events
                    if (found := await look()) is not None:
                        return found
                    if self._broken:
                        raise Late(f"Waited for {what} in vain: {self._broken}.")
                    if seen == self._events:
                        await self._next()
        except TimeoutError:
            raise Late(f"Waited {within_s:.0f} s for {what} in vain.") from None

    def break_off(self, reason: str | None) -> None:
        """Let nobody wait any longer: what they wait for cannot come. None: it can again."""
        self._broken = reason
        self._stir()

    async def follow(self, http: httpx.AsyncClient, begun: asyncio.Event) -> None:
        """Take in the town's events until cancelled; `begun` tells that none is missed now."""
        try:
            async with http.stream("GET", "/api/events", timeout=None) as events:
                async for line in events.aiter_lines():
                    begun.set()
                    name, _, told = line.partition(": ")
                    if name == "data":
                        self.take(json.loads(told))
        finally:
            begun.set()
            self.break_off("the sandbox tells no more")

    def take(self, event: dict[str, Any]) -> None:
        """Take in one event, as the sandbox tells it."""
        match event:
            case {"type": "message" | "edited", "chat": int(chat), "message": message}:
                self._put(chat, Said(message))
            case {"type": "deleted", "chat": int(chat), "message": {"message_id": number}}:
                self.note(chat, f"(gone) {self._messages[chat].pop(number, '')}")
            case {"type": "callback", "chat": int(chat), "callback_query_id": press}:
                self.answered.add(press)
                if event.get("text"):
                    self._news[chat].append((event["person"], Said(event)))
                    self.note(chat, f"(toast) {event['text']}")
            case {"type": "fault", "index": int(index)}:
                self.struck.append(index)
                self.transcript.append(f"-- fault {index} strikes --")
        self._stir()

    def _put(self, chat: int, said: Said) -> None:
        if moved := said.message.get("migrate_to_chat_id"):
            self._moved[chat] = moved
        before = self._messages[chat].get(said.id)
        self._messages[chat][said.id] = said
        who = said.message.get("from", {}).get("first_name", "")
        self.note(chat, f"{who}{' (edited)' if before is not None else ''}: {said.spoken()}")
        # Who has read a question need not read it again because its buttons changed.
        changed = before is None or said.substance != before.substance
        if self._by_bot(said) and changed and any(said.substance):
            self._news[chat].append((None, said))

    def note(self, chat_id: int, line: str) -> None:
        """Write something down for the transcript."""
        known = next(iter(self._messages[chat_id].values()), None)
        chat = known.message["chat"] if known is not None else {}
        self.transcript.append(f"[{chat.get('first_name') or chat.get('title') or chat_id}] {line}")

    def _by_bot(self, said: Said) -> bool:
        return bool(said.message.get("from", {}).get("id") == self._bot_id)

    async def _next(self) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await waiting
        finally:
            self._waiting.discard(waiting)

    def _stir(self) -> None:
        self._events += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
