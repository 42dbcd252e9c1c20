"""The town for chaos: a crowd in it, and several processes of the program on one database."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from sandbox.people import phone_for
from storage.db import Database
from storage.vault import make_key
from tests.chaos.bots import Bot
from tests.chaos.crowd import enroll, settle
from tests.chaos.truth import Booked, Row, Taken, taken_in
from tests.chats import Chats, Late
from tests.door import Door
from tests.forks import CONTEXT, DEADLINE_S, SANDBOX, Fork
from tests.people import Person
from tests.town import ROOT, Town

LONGEST_S = 3600.0
LOOK_S = 0.02


class Arrivals(Chats):
    """Counts the bot's messages to people, besides following all that is said."""

    def __init__(self, bot_id: int) -> None:
        super().__init__(bot_id)
        self.letters = 0

    def take(self, event: dict[str, Any]) -> None:
        if event["type"] == "message" and event["chat"] > 0:
            by_bot = event["message"].get("from", {}).get("is_bot", False)
            self.letters += by_bot
        super().take(event)


class Field:
    """A town with a crowd, whose `bots` are processes of the program on one database."""

    def __init__(
        self,
        town: Town,
        door: Door,
        arrivals: Arrivals,
        chats: list[int],
        bots: list[Bot],
        sandbox: Fork,
    ) -> None:
        self.town = town
        self.door = door
        self.arrivals = arrivals
        self.chats = chats
        self.bots = bots
        self.db = Database(bots[0].settings["DATABASE_URL"])
        self._sandbox = sandbox

    @property
    def family(self) -> str:
        """The kind of database."""
        return "SQLite" if self.db.is_sqlite else "PostgreSQL"

    def person(self, chat: int) -> Person:
        """One of the crowd."""
        known = {"id": chat, "first_name": f"P{chat}", "phone": phone_for(chat, "en")}
        return Person(self.door, self.arrivals, known, chat)

    def member_of(self, chat: int) -> int:
        """The member's number of this chat."""
        return chat - self.chats[0] + 1

    async def sends_off(self, words: str) -> None:
        """Staff send a promotion to everybody, by the buttons of their group."""
        staff = self.town.staff
        await staff.says("/promo")
        draft = await staff.reads("پیش‌نویس")
        await staff.presses("متن انگلیسی", under=draft)
        question = await staff.reads("متن انگلیسی را")
        await staff.says(words, to=question)
        await staff.reads("پیش از ارسال، پیش‌نمایش را ببینید")
        await staff.presses("پیش‌نمایش")
        await staff.reads("هنوز چیزی فرستاده نشده است")
        await staff.presses(f"ارسال به {persian(len(self.chats))} نفر")

        async def written() -> bool:
            (found,) = await self.asked(
                "SELECT count(*) AS letters FROM outbox WHERE campaign_id ="
                " (SELECT max(id) FROM campaigns)"
            )
            return bool(found["letters"] == len(self.chats))

        await self.until("the letters to be written", written, DEADLINE_S)

    async def asked(self, statement: str, **values: Any) -> list[Row]:
        """Rows of the club's database as they stand now."""
        async with self.db.read() as tx:
            return [dict(row) for row in (await tx.execute(text(statement), values)).mappings()]

    async def change(self, statement: str, **values: Any) -> None:
        """Write into the club's database, behind its back."""
        async with self.db.write() as tx:
            await tx.execute(text(statement), values)

    async def booked(self, which: str) -> Booked:
        """These rows of the outbox, with the chats of their members, and all campaigns."""
        return Booked(
            await self.asked(
                "SELECT outbox.*, members.chat_user_id AS chat FROM outbox"
                f" JOIN members ON members.id = outbox.member_id WHERE {which} ORDER BY chat"
            ),
            await self.asked("SELECT * FROM campaigns"),
        )

    async def open_letters(self, which: str = "member_id IS NOT NULL") -> int:
        """How many letters to members, or these, have no end yet."""
        (found,) = await self.asked(
            "SELECT count(*) AS letters FROM outbox"
            f" WHERE state IN ('pending', 'claimed', 'sending') AND {which}"
        )
        return int(found["letters"])

    async def letter_arrives(self) -> bool:
        """Wait for the next letter to a member; False when all have come to their end before."""
        seen = self.arrivals.letters

        async def come() -> bool:
            return self.arrivals.letters > seen or not await self.open_letters()

        await self.until("a letter", come)
        return self.arrivals.letters > seen

    async def until(
        self, what: str, reached: Callable[[], Awaitable[bool]], within_s: float = LONGEST_S
    ) -> None:
        """Look again and again; breaks off when a process has ended by itself."""
        try:
            async with asyncio.timeout(within_s):
                while not await reached():
                    for bot in self.bots:
                        assert bot.broken is None, "\n".join([bot.broken, *bot.lines()[-20:]])
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise Late(f"Waited {within_s:.0f} s for {what} in vain.") from None

    async def all_ended(
        self, which: str = "member_id IS NOT NULL", within_s: float = LONGEST_S
    ) -> None:
        """Wait until no letter to a member, or none of these, is open."""

        async def ended() -> bool:
            return not await self.open_letters(which)

        await self.until("all letters to end", ended, within_s)

    async def over(self) -> Taken:
        """End all that runs as its user ends it; what the messenger had taken in by then."""
        for bot in self.bots:
            if bot.running:
                await bot.stopped()
            assert bot.complaints() == [], "the log of the program is clean"
        assert await self._sandbox.stopped() == 0
        return taken_in(self.bots[0].folder / "town.sqlite")

    async def end(self) -> None:
        """Leave nothing running, however the story went."""
        for bot in self.bots:
            if bot.running:
                await bot.killed()
        await self.db.close()
        if self._sandbox.running:
            await self._sandbox.stopped()


@asynccontextmanager
async def open_field(
    folder: Path, database_url: str, people: int, *, rate: int, bots: int = 1
) -> AsyncIterator[Field]:
    """A sandbox with a crowd whom the club knows as members; no process has been started yet."""
    chats = settle(folder / "town.sqlite", people)
    hearing, saying = CONTEXT.Pipe(duplex=False)
    options = ["--port=0", f"--state={folder / 'town.sqlite'}"]
    sandbox = Fork(SANDBOX, options, folder, saying, folder / "sandbox.log")
    saying.close()
    facts = await asyncio.to_thread(_first_line, hearing)
    given = {
        "BOT_TOKEN": facts["token"],
        "BOT_API_URL": facts["address"],
        "DATABASE_URL": database_url,
        "DATA_KEY": make_key(),
        "PROGRAMME": str(_programme(folder)),
        "STAFF_CHAT_ID": str(facts["staff_chat"]),
        "OWNER_IDS": str(facts["owner_id"]),
        "SENDS_PER_SECOND": str(rate),
    }
    processes = [Bot(given, folder / f"bot{n}" if n else folder) for n in range(bots)]
    arrivals = Arrivals(facts["bot_id"])
    begun = asyncio.Event()
    async with httpx.AsyncClient(base_url=facts["address"], timeout=DEADLINE_S) as http:
        following = asyncio.create_task(arrivals.follow(http, begun))
        await begun.wait()
        door = Door(http)
        town = Town(door, arrivals, processes[0], facts | await door.get("/api/town"))
        field = Field(town, door, arrivals, chats, processes, sandbox)
        await enroll(field.db, given["DATA_KEY"], chats)
        try:
            yield field
        finally:
            await field.end()
            following.cancel()


def _programme(folder: Path) -> Path:
    """The bookshop's rules, but at any hour, and as often as we like."""
    rules = (ROOT / "programme.toml").read_text(encoding="utf-8")
    file = folder / "programme.toml"
    file.write_text(re.sub(r"(?m)^(quiet|a_week) = .*$", "", rules), encoding="utf-8")
    return file


def _first_line(said: Any) -> dict[str, Any]:
    with open(said.fileno(), closefd=False) as lines:
        told: dict[str, Any] = json.loads(lines.readline())
        return told


def persian(number: int) -> str:
    """As the group reads it."""
    return f"{number:,}".translate(str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬"))
