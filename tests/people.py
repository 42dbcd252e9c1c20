"""Somebody with a telephone, in one chat: their own with the bot, or the staff group."""

import re
from collections import defaultdict
from typing import Any

from tests.chats import Chats, Message, Said, plain
from tests.door import Door
from tests.forks import DEADLINE_S


class Person:
    """Types, presses and reads. What they read is read once, in the order in which it came."""

    def __init__(self, door: Door, chats: Chats, known: dict[str, Any], chat_id: int) -> None:
        self.id: int = known["id"]
        self.name: str = known["first_name"]
        self.phone: str = known["phone"]
        self._door = door
        self._chats = chats
        self._first_chat_id = chat_id
        self._read: dict[int, int] = defaultdict(int)
        self._read[chat_id] = len(chats.news(chat_id, self.id))  # Before they came in.

    @property
    def chat_id(self) -> int:
        """The number of the chat they are in, also after the group has moved."""
        return self._chats.where(self._first_chat_id)

    async def says(self, text: str, *, to: Said | None = None) -> Said:
        """Type a message; `to` is what it replies to."""
        reply = {"reply_to_message_id": to.id} if to is not None else {}
        return Said(await self._post("messages", text=text, **reply))

    async def sends_file(self, name: str, content: str, caption: str = "") -> Said:
        """Send a document."""
        path = f"/api/people/{self.id}/chats/{self.chat_id}/messages"
        return Said(await self._door.send_file(path, name, content.encode(), caption=caption))

    async def sends_photo(self, content: bytes, caption: str, *, to: Said) -> Said:
        """Send a picture as a reply."""
        path = f"/api/people/{self.id}/chats/{self.chat_id}/messages"
        fields = {"caption": caption, "reply_to_message_id": str(to.id)}
        return Said(
            await self._door.send_file(path, "picture.png", content, kind="photo", **fields)
        )

    async def reads(self, words: str | None = None, *, within_s: float = DEADLINE_S) -> Said:
        """The next thing the bot says to them that they have not read yet; waits for it.

        With words: they read on, past everything else, until one thing holds the words. A message
        whose words or picture change is news again, and so is a toast; changed buttons are not.
        In a group they read what the bot says to anybody.
        """

        async def unread() -> Said | None:
            news = self._chats.news(self.chat_id, self.id)
            while self._read[self.chat_id] < len(news):
                said = news[self._read[self.chat_id]]
                self._read[self.chat_id] += 1
                if words is None or words in said:
                    return said
            return None

        what = "anything" if words is None else repr(words)
        return await self._chats.awaited(f"{self.name} to read {what}", unread, within_s)

    def heard(self, words: str) -> list[Said]:
        """Messages of the bot's with these words, read or not, as they stand in the chat by now.

        All is known that happened before the last thing anybody waited for.
        """
        return [said for said in self._chats.told(self.chat_id) if words in said]

    async def presses(self, label: str, under: Said | None = None) -> None:
        """Press the inline button with this label, once it is there; the latest of several."""
        message, data = await self._button(label, under)
        self._chats.note(self.chat_id, f"{self.name} presses [{label}]")
        pressed = await self._post("press", message_id=message, data=data)
        self._chats.pressed.add(pressed["callback_query_id"])

    async def sees(self, label: str) -> None:
        """Wait for an inline button with this label."""
        await self._button(label, None)

    async def taps(self, key: str) -> Said:
        """Type by the keyboard below the chat, once it has this key."""
        await self._key(key)
        return await self.says(key)

    async def opens(self, said: Said) -> bytes:
        """Look into the picture or the document that was sent."""
        shown = said.message.get("document") or said.message["photo"][-1]
        return await self._door.fetch(f"/api/files/{shown['file_id']}")

    async def shares_contact(self, of: "Person | None" = None) -> None:
        """Give a contact where one is asked for: one's own, if nobody else's is named."""
        await self._key("request_contact")
        whose = of or self
        await self._post("contact", phone_number=whose.phone, user_id=whose.id)

    async def keyboard(self) -> list[list[str]]:
        """The labels of the keyboard below the chat, row by row."""
        return [[key["text"] for key in row] for row in await self._keys()]

    async def keyboard_goes(self) -> None:
        """Wait until there is no keyboard below the chat."""

        async def gone() -> bool | None:
            return True if not await self._keys() else None

        await self._chats.awaited(f"the keyboard of {self.name} to go", gone)

    def number(self) -> str:
        """The member number that the club has told."""
        for said in self._chats.told(self.chat_id):
            for entity in said.message.get("entities", []):
                if entity["type"] == "code":
                    start = entity["offset"]
                    units: bytes = said.message["text"].encode("utf-16-le")
                    told = units[2 * start : 2 * (start + entity["length"])]
                    return told.decode("utf-16-le")
        raise AssertionError(f"{self.name} was told no number")

    async def blocks(self) -> None:
        """Block the bot."""
        await self._door.post(f"/api/people/{self.id}", blocked=True)

    async def unblocks(self) -> None:
        """Let the bot write again."""
        await self._door.post(f"/api/people/{self.id}", blocked=False)

    async def _post(self, what: str, **body: Any) -> Message:
        path = f"/api/people/{self.id}/chats/{self.chat_id}/{what}"
        answer: Message = await self._door.post(path, **body)
        return answer

    async def _button(self, label: str, under: Said | None) -> tuple[int, str]:
        async def shown() -> tuple[int, str] | None:
            for said in reversed(self._chats.messages(self.chat_id)):
                if under is not None and said.id != under.id:
                    continue
                for row in said.message.get("reply_markup", {}).get("inline_keyboard", []):
                    for button in row:
                        if "callback_data" in button and _is(label, plain(button["text"])):
                            return said.id, button["callback_data"]
            return None

        return await self._chats.awaited(f"{self.name} to see a button [{label}]", shown)

    async def _key(self, wanted: str) -> None:
        """Wait for a key below the chat, by its label or by what it asks for."""

        async def shown() -> bool | None:
            keys = [key for row in await self._keys() for key in row]
            return True if any(wanted in (key["text"], *key) for key in keys) else None

        await self._chats.awaited(f"{self.name} to see a key [{wanted}]", shown)

    async def _keys(self) -> list[list[dict[str, Any]]]:
        path = f"/api/people/{self.id}/chats/{self.chat_id}/messages"
        shown = (await self._door.get(path, limit=1))["reply_keyboard"] or {}
        rows: list[list[dict[str, Any]]] = shown.get("keyboard", [])
        return rows


def _is(label: str, shown: str) -> bool:
    """Whether a button says this, with or without the sign before its words."""
    return label in (shown, re.sub(r"^\W+", "", shown))
