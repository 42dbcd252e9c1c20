"""Journeys as stories: people in the sandbox, and the real program as its operator starts it."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from storage.vault import make_key
from tests.program import DEADLINE_S, Program

ROOT = Path(__file__).parents[1]
Message = dict[str, Any]


class Late(AssertionError):
    """What was awaited did not come; the transcript shows what did."""


class Person:
    """Somebody with a telephone, in one chat: their own with the bot, or the staff group."""

    def __init__(self, town: "Town", known: dict[str, Any], chat_id: int) -> None:
        self._town = town
        self.id: int = known["id"]
        self.name: str = known["first_name"]
        self.phone: str = known["phone"]
        self.chat_id = chat_id

    async def says(self, text: str, **more: Any) -> Message:
        """Type a message."""
        sent: Message = await self._post("messages", text=text, **more)
        return sent

    async def presses(self, label: str, message: Message | None = None) -> None:
        """Press the inline button with this label; the latest, if there are several."""
        found = await self._town.until(
            f"a button {label!r}", lambda: self._button(label, message), self
        )
        await self._post("press", message_id=found[0], data=found[1])

    async def sees_button(self, label: str) -> None:
        """Wait for an inline button with this label."""
        await self._town.until(f"a button {label!r}", lambda: self._button(label, None), self)

    async def number(self) -> str:
        """The member number that the club has told."""
        for message in await self.messages():
            for entity in message.get("entities", []):
                if entity["type"] == "code" and not message["mine"]:
                    start = entity["offset"]
                    units: bytes = message["text"].encode("utf-16-le")
                    told = units[2 * start : 2 * (start + entity["length"])]
                    return told.decode("utf-16-le")
        raise AssertionError(f"{self.name} was told no number")

    async def answers_with_contact(self, **more: Any) -> None:
        """Share a contact: one's own, if nothing else is said."""
        await self._post("contact", phone_number=self.phone, **more)

    async def reads(
        self, words: str, *, since: Message | None = None, within_s: float = DEADLINE_S
    ) -> Message:
        """Wait for a message of the bot's that holds these words (edited ones too)."""
        found: Message = await self._town.until(
            f"{words!r}", lambda: self._find(words, since), self, within_s
        )
        return found

    async def sees_no(self, words: str) -> None:
        """Nothing the bot wrote so far holds these words."""
        found = await self._find(words, None)
        assert found is None, f"{self.name} reads {words!r}:\n{await self._town.transcript(self)}"

    async def messages(self) -> list[Message]:
        """All of the chat, oldest first."""
        path = f"/api/people/{self.id}/chats/{self.chat_id}/messages"
        answer = await self._town.get(path, limit=1000)
        found: list[Message] = answer["messages"]
        return found

    async def reply_keyboard(self) -> list[list[str]]:
        """The labels of the keyboard below the chat, row by row."""
        path = f"/api/people/{self.id}/chats/{self.chat_id}/messages"
        shown = (await self._town.get(path))["reply_keyboard"] or {}
        return [[key["text"] for key in row] for row in shown.get("keyboard", [])]

    async def _post(self, what: str, **body: Any) -> Any:
        return await self._town.post(f"/api/people/{self.id}/chats/{self.chat_id}/{what}", **body)

    async def _find(self, words: str, since: Message | None) -> Message | None:
        after = since["message_id"] if since else 0
        for message in reversed(await self.messages()):
            if message["mine"] or message["message_id"] <= after:
                continue
            if words in plain(message):
                return message
        return None

    async def _button(self, label: str, message: Message | None) -> tuple[int, str] | None:
        for found in reversed(await self.messages()):
            if message is not None and found["message_id"] != message["message_id"]:
                continue
            for row in found.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if "callback_data" in button and _is(label, button["text"]):
                        return found["message_id"], button["callback_data"]
        return None


class Town:
    """The sandbox, its people, and the program that serves them."""

    def __init__(self, http: httpx.AsyncClient, program: Program, facts: dict[str, Any]) -> None:
        self._http = http
        self.program = program
        self.staff_chat: int = facts["staff_chat"]
        self.owner_id: int = facts["owner_id"]
        self._stirred = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    async def person(self, name: str, language: str = "fa", role: str = "customer") -> Person:
        """Somebody new, in their own chat with the bot."""
        known = await self.post("/api/people", first_name=name, language_code=language, role=role)
        return Person(self, known, known["id"])

    async def known(self, username: str, *, in_group: bool = False) -> Person:
        """One of the people who live here from the start."""
        people = (await self.get("/api/town"))["people"]
        found = next(person for person in people if person["username"] == username)
        return Person(self, found, self.staff_chat if in_group else found["id"])

    async def joined(
        self, name: str, language: str = "fa", genres: tuple[str, ...] = (), *, offers: bool = True
    ) -> Person:
        """Somebody new who has gone all the way in, phone and genres included."""
        fa = language == "fa"
        person = await self.person(name, language)
        await person.says("/start")
        await person.presses("فارسی" if fa else "English")
        await person.presses("می‌پذیرم" if fa else "I agree")
        await person.presses(("بله" if fa else "Yes") if offers else ("نه" if fa else "No"))
        await self.until("the phone question", person.reply_keyboard, person)
        await person.answers_with_contact()
        for genre in genres:
            await person.presses(genre)
            await person.sees_button(f"✅ {genre}")
        await person.presses("تمام" if fa else "Done")
        await person.reads("شمارهٔ عضویت" if fa else "member number")
        return person

    async def until(
        self,
        what: str,
        look: Callable[[], Any],
        person: Person | None = None,
        within_s: float = DEADLINE_S,
    ) -> Any:
        """Look after every event until there is something to see; Late names what was awaited."""
        deadline = asyncio.get_running_loop().time() + within_s
        while True:
            self._stirred.clear()
            if found := await look():
                return found
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                who = person.name if person else "The town"
                raise Late(f"{who} waited for {what} in vain.\n{await self.transcript(person)}")
            try:
                await asyncio.wait_for(self._stirred.wait(), min(left, 1.0))
            except TimeoutError:
                continue

    async def quiet(self) -> None:
        """Every update has been fetched and acknowledged."""

        async def empty() -> bool:
            counts = await self.get("/api/counts")
            return bool(counts["pending_updates"] == 0 and counts["polling"])

        await self.until("all updates to be fetched", empty)

    async def transcript(self, person: Person | None) -> str:
        """What stands in the chat, and the end of the program's log."""
        lines = []
        if person is not None:
            for message in await person.messages():
                side = ">" if message["mine"] else "<"
                lines.append(f"{side} {plain(message)}")
                rows = message.get("reply_markup", {}).get("inline_keyboard", [])
                lines.extend("    " + " ".join(f"[{key['text']}]" for key in row) for row in rows)
        log = self.program.log.read_text().splitlines() if self.program.log.exists() else []
        return "\n".join([*lines, "-- the program's log --", *log[-30:]])

    async def get(self, path: str, **params: Any) -> Any:
        """Ask the sandbox."""
        answer = await self._http.get(path, params=params)
        answer.raise_for_status()
        return answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        """Do something in the sandbox."""
        answer = await self._http.post(path, json=body)
        assert answer.status_code < 400, answer.text
        return answer.json()

    async def close(self) -> None:
        """Hear no more."""
        self._listening.cancel()

    async def _listen(self) -> None:
        async with self._http.stream("GET", "/api/events", timeout=None) as events:
            async for _ in events.aiter_lines():
                self._stirred.set()


def _is(label: str, shown: str) -> bool:
    """Whether a button says this, with or without the sign before its words."""
    return label in (shown, re.sub(r"^\W+", "", shown))


def plain(message: Message) -> str:
    """What a message says, without the isolates that only direct the eye."""
    text = str(message.get("text") or message.get("caption") or "")
    return text.replace("\u2068", "").replace("\u2069", "")


@asynccontextmanager
async def open_town(
    folder: Path, database_url: str, *, start: bool = True, **settings: str
) -> AsyncIterator[Town]:
    """A sandbox of its own with the program running in it; both end with the story."""
    sandbox = subprocess.Popen(  # noqa: ASYNC220 (once, before the story begins)
        [sys.executable, "-m", "sandbox", "--port=0", f"--state={folder / 'town.sqlite'}"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sandbox.stdout is not None, "asked for above"
    facts = json.loads(await asyncio.to_thread(sandbox.stdout.readline))
    given = {
        "BOT_TOKEN": facts["token"],
        "BOT_API_URL": facts["address"],
        "DATABASE_URL": database_url,
        "DATA_KEY": make_key(),
        "PROGRAMME": str(ROOT / "programme.toml"),
        "STAFF_CHAT_ID": str(facts["staff_chat"]),
        "OWNER_IDS": str(facts["owner_id"]),
    }
    program = Program(given | settings, folder)
    async with httpx.AsyncClient(base_url=facts["address"], timeout=DEADLINE_S) as http:
        town = Town(http, program, facts)
        try:
            if start:
                program.start()
            yield town
        finally:
            if program.running:
                program.kill()
            await town.close()
            sandbox.terminate()
            sandbox.wait(DEADLINE_S)
            sandbox.stdout.close()
