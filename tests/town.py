"""Journeys as stories: people in the sandbox, and the real program as its operator starts it.

sara = await town.person("سارا")
await sara.says("/start")
await sara.presses("فارسی")
assert "۱۰ امتیاز" in await sara.reads()
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from club.programme import Programme, parse_programme
from services.audit import Audit, AuditReport
from storage.db import Database
from storage.migrations import version
from storage.vault import make_key
from tests.chats import Chats, Late
from tests.door import Door
from tests.forks import CONTEXT, DEADLINE_S, SANDBOX, Fork
from tests.people import Person
from tests.program import Program

ROOT = Path(__file__).parents[1]
LOG_LINES = 40


class Town:
    """The sandbox, its people, and the program that serves them."""

    def __init__(self, door: Door, chats: Chats, bot: Program, facts: dict[str, Any]) -> None:
        self._door = door
        self._chats = chats
        self._people: list[dict[str, Any]] = facts["people"]
        self._staff_chat: int = facts["staff_chat"]
        self._owner_id: int = facts["owner_id"]
        self.bot = bot

    @cached_property
    def staff(self) -> Person:
        """The owner in the staff group, who reads all that is said there."""
        return self._in_group(next(one for one in self._people if one["id"] == self._owner_id))

    async def person(self, name: str, language: str = "fa") -> Person:
        """Somebody new, in their own chat with the bot."""
        known = await self._newcomer(name, language)
        return Person(self._door, self._chats, known, known["id"])

    async def colleague(self, name: str, language: str = "fa") -> Person:
        """Somebody new in the staff group, who has no role yet."""
        known = await self._newcomer(name, language)
        group = self._chats.where(self._staff_chat)
        await self._door.post(f"/api/groups/{group}", add=[known["id"]])
        return self._in_group(known)

    async def manager(self, name: str, language: str = "fa") -> Person:
        """A colleague whom the owner has made a manager, by a reply to a message of theirs."""
        somebody = await self.colleague(name, language)
        await self.staff.says("/staff manager", to=await somebody.says("سلام"))
        await self.staff.reads(f"{name} از اکنون مدیر است")
        await somebody.reads(f"{name} از اکنون مدیر است")
        return somebody

    async def cashier(self, name: str) -> Person:
        """A colleague whom the owner has made a cashier, by a reply to a message of theirs."""
        somebody = await self.colleague(name)
        await self.staff.says("/staff cashier", to=await somebody.says("سلام"))
        await self.staff.reads(f"{name} از اکنون صندوق‌دار است")
        await somebody.reads(f"{name} از اکنون صندوق‌دار است")
        return somebody

    async def member(
        self, name: str, language: str = "fa", *, genres: tuple[str, ...] = ()
    ) -> Person:
        """Somebody new who has gone all the way in, phone, promotions and genres included."""
        fa = language == "fa"
        person = await self.person(name, language)
        await person.says("/start")
        await person.presses("فارسی" if fa else "English")
        await person.presses("می‌پذیرم" if fa else "I agree")
        await person.presses("بله" if fa else "Yes")
        await person.shares_contact()
        for genre in genres:
            await person.presses(genre)
            await person.sees(f"✅ {genre}")
        await person.presses("تمام" if fa else "Done")
        await person.reads("شمارهٔ عضویت" if fa else "member number")
        return person

    async def staff_asks_until(self, command: str, words: str) -> None:
        """The owner asks, and asks again when the answer is not yet so: what it tells about may
        still be on its way to the program."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                await self.staff.says(command)
                while words not in await self.staff.reads():
                    await self.staff.says(command)
        except TimeoutError:
            raise Late(f"{command} was never answered with {words!r}.") from None

    async def staff_group_grows(self) -> None:
        """The staff group becomes a supergroup, with another number that everybody knows then."""
        before = self._chats.where(self._staff_chat)
        await self._door.post(f"/api/groups/{before}", migrate=True)

        async def moved() -> bool | None:
            return True if self._chats.where(self._staff_chat) != before else None

        await self._chats.awaited("the group to move", moved)

    async def faults(self, *faults: dict[str, Any], **whole: Any) -> None:
        """What goes wrong at the messenger from now on, in the shape of the faults' file."""
        self._chats.struck.clear()
        await self._door.put("/api/faults", fault=list(faults), **whole)

    async def fault_strikes(self, index: int = 0) -> None:
        """Wait until this fault has struck once."""

        async def struck() -> bool | None:
            return True if index in self._chats.struck else None

        await self._chats.awaited(f"fault {index} to strike", struck)

    async def counts(self) -> dict[str, Any]:
        """What the sandbox has counted."""
        counted: dict[str, Any] = await self._door.get("/api/counts")
        return counted

    async def book(self) -> AuditReport:
        """The book as it stands now; it is in order."""
        db = Database(self.bot.settings["DATABASE_URL"])
        try:
            report = await Audit(db, self.programme).run()
        finally:
            await db.close()
        assert report.faults == (), "\n".join(map(str, report.faults))
        return report

    @property
    def programme(self) -> Programme:
        """The rules of the club that is open here."""
        return parse_programme(Path(self.bot.settings["PROGRAMME"]).read_text(encoding="utf-8"))

    async def proves_itself(self) -> None:
        """What must hold at the end of every story, whatever it told."""
        if self.bot.running:
            await self._all_presses_answered()
            await self.bot.stopped()
        if await self._has_book():
            await self.book()
        counted = await self.counts()
        assert not counted.get("unknown_parameters"), counted["unknown_parameters"]
        assert self.bot.complaints() == [], "the log of the program is clean"

    def transcript(self) -> str:
        """All that was said in the town, and the end of the program's log."""
        log = self.bot.lines()[-LOG_LINES:]
        return "\n".join([*self._chats.transcript, "", "-- the program's log --", *log])

    def _in_group(self, known: dict[str, Any]) -> Person:
        return Person(self._door, self._chats, known, self._chats.where(self._staff_chat))

    async def _newcomer(self, name: str, language: str) -> dict[str, Any]:
        known: dict[str, Any] = await self._door.post(
            "/api/people", first_name=name, language_code=language
        )
        return known

    async def _all_presses_answered(self) -> None:
        """No button is left with its circle turning."""

        async def answered() -> bool | None:
            return True if self._chats.pressed <= self._chats.answered else None

        await self._chats.awaited("all presses to be answered", answered)

    async def _has_book(self) -> bool:
        """Whether a program has made its tables here; a bad setting may have hindered it."""
        db = Database(self.bot.settings["DATABASE_URL"])
        try:
            return await version(db) is not None
        finally:
            await db.close()


@asynccontextmanager
async def open_town(folder: Path, database_url: str) -> AsyncIterator[Town]:
    """A sandbox of its own, and a program that can be started in it; both end with the story."""
    hearing, saying = CONTEXT.Pipe(duplex=False)
    options = ["--port=0", f"--state={folder / 'town.sqlite'}"]
    sandbox = Fork(SANDBOX, options, folder, saying, folder / "sandbox.log")
    saying.close()
    told = await asyncio.to_thread(_first_line, hearing)
    assert told, (folder / "sandbox.log").read_text()
    facts = json.loads(told)
    settings = {
        "BOT_TOKEN": facts["token"],
        "BOT_API_URL": facts["address"],
        "DATABASE_URL": database_url,
        "DATA_KEY": make_key(),
        "PROGRAMME": str(ROOT / "programme.toml"),
        "STAFF_CHAT_ID": str(facts["staff_chat"]),
        "OWNER_IDS": str(facts["owner_id"]),
        "CLOCK_START": noon().isoformat(),
    }
    chats = Chats(facts["bot_id"])
    bot = Program(settings, folder, chats.break_off)
    begun = asyncio.Event()
    async with httpx.AsyncClient(base_url=facts["address"], timeout=DEADLINE_S) as http:
        following = asyncio.create_task(chats.follow(http, begun))
        try:
            await begun.wait()
            door = Door(http)
            yield Town(door, chats, bot, facts | await door.get("/api/town"))
        finally:
            if bot.running:
                await bot.killed()
            following.cancel()
            await sandbox.stopped()


def noon() -> datetime:
    """The club's noon today: no story is told over midnight, when a day or a month begins."""
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Tehran"))
    return today.replace(hour=12, minute=0, second=0, microsecond=0)


def _first_line(said: Connection) -> str:
    """The line in which the sandbox tells where it is."""
    with open(said.fileno(), closefd=False) as lines:
        return lines.readline()
