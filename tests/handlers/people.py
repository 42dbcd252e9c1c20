"""The club with its real services, and people who write to it and press its buttons."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, ContextTypes, Defaults

from bot.clock import Clock
from bot.wiring import build_services
from club.programme import Programme, parse_programme
from handlers.context import ClubApplication, ClubContext, House
from handlers.routes import add_routes, handle
from handlers.signing import Signer
from services import Services
from storage.db import Database
from storage.vault import Vault, make_key
from tests.handlers.telegram import BOT, RecordingTelegram, Shown

ROOT = Path(__file__).parents[2]
BOOKSHOP = parse_programme((ROOT / "programme.toml").read_text(encoding="utf-8"))
NOON = datetime(2025, 10, 4, 9, tzinfo=UTC)  # 12 Mehr 1404.
STAFF_CHAT, OWNER = -1_000_777, 77


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with the messenger's app."""

    id: int
    first_name: str = "Sara"
    last_name: str = ""
    language_code: str = "fa"

    def as_json(self) -> dict[str, Any]:
        """As updates carry them."""
        last = {"last_name": self.last_name} if self.last_name else {}
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
            **last,
        }


@dataclass(slots=True)
class Club:
    """The whole club behind a messenger in memory. Each action is one update, handled."""

    application: ClubApplication
    telegram: RecordingTelegram
    services: Services
    programme: Programme
    now: datetime = NOON
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(9000))

    async def say(self, who: Person, text: str, *, chat_id: int = 0, **more: object) -> int:
        """Write a text; the update's id. A command is marked as one, as the messenger does."""
        message: dict[str, Any] = {"text": text, **more}
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return await self.send(who, message, chat_id=chat_id)

    async def share(self, who: Person, phone: str, owner: int | None = None) -> int:
        """Share a contact: one's own, or somebody else's."""
        contact = {"phone_number": phone, "first_name": "x", "user_id": owner or who.id}
        return await self.send(who, {"contact": contact})

    async def send(self, who: Person, message: dict[str, Any], *, chat_id: int = 0) -> int:
        """A message of any kind, in private or in a group."""
        return await self.receive(
            {"message": _message(next(self._ids), who, chat_id or who.id) | message}
        )

    async def press(self, who: Person, label: str, *, chat_id: int = 0) -> str:
        """Press the newest button of that label; the toast that answers it."""
        chat = self.telegram.in_chat(chat_id or who.id)
        shown = next(message for message in reversed(chat) if label in message.buttons)
        return await self.press_again(who, shown.id, shown.buttons[label], chat_id=chat_id)

    async def press_again(
        self, who: Person, message_id: int, data: str, *, chat_id: int = 0
    ) -> str:
        """Press a button as it once was, whether it still is there or not."""
        query_id = f"q{next(self._ids)}"
        query = {
            "id": query_id,
            "from": who.as_json(),
            "chat_instance": "x",
            "message": _message(message_id, None, chat_id or who.id),
            "data": data,
        }
        await self.receive({"callback_query": query})
        return self.telegram.toasts[query_id]

    async def receive(self, update: dict[str, Any], update_id: int = 0) -> int:
        """Handle an update; a fault that intake would try again fails the test."""
        update_id = update_id or next(self._ids)
        fault = await handle(self.application, {"update_id": update_id, **update})
        if fault is not None:
            raise fault
        return update_id

    def seen(self, who: Person) -> list[Shown]:
        """What stands in a person's chat now, oldest first."""
        return self.telegram.in_chat(who.id)

    def said(self, who: Person) -> list[str]:
        """The words in a person's chat, without tags."""
        return [message.plain for message in self.seen(who)]

    def last(self, who: Person) -> Shown:
        """The newest message in a person's chat."""
        return self.seen(who)[-1]

    def wait(self, **time: int) -> None:
        """Club time goes on."""
        self.now += timedelta(**time)


@asynccontextmanager
async def open_club(db: Database, programme: Programme = BOOKSHOP) -> AsyncIterator[Club]:
    """A club on this database, its staff group owned by OWNER."""
    telegram, vault = RecordingTelegram(), Vault(make_key())
    application: Any = (
        ApplicationBuilder()
        .token("1:x")
        .request(telegram)
        .get_updates_request(telegram)
        .context_types(ContextTypes(context=ClubContext))
        .defaults(Defaults(parse_mode=ParseMode.HTML))
        .updater(None)
        .job_queue(None)
        .build()
    )
    clock = Clock(timedelta(0), lambda: club.now)
    services = build_services(db, vault, programme, clock, time_travel=True)
    club = Club(application, telegram, services, programme)
    await services.staff.seed(STAFF_CHAT, [OWNER])
    async with application:
        application.bot_data["house"] = House(
            services=services,
            programme=programme,
            signer=Signer(vault.signing_key),
            bot_username=str(BOT["username"]),
        )
        add_routes(application)
        yield club


def _message(message_id: int, who: Person | None, chat_id: int) -> dict[str, Any]:
    chat = {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup", "title": "x"}
    sender = who.as_json() if who else BOT
    return {"message_id": message_id, "date": 1_760_000_000, "chat": chat, "from": sender}
