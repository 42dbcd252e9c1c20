"""Ticks: which messages of people the bot has fetched, and which it is never given."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.door.answers import answer, path_number, town_of
from sandbox.hearing import hears
from sandbox.town import Town

LOOKED_AT = 200  # A page shows the ticks of what can be seen, not of years.


async def show_ticks(request: Request) -> JSONResponse:
    """Of a chat's newest messages: those that wait for the bot, and those it does not hear."""
    town = town_of(request)
    chat_id = path_number(request, "chat")
    newest = town.messages.last(chat_id, LOOKED_AT)
    spoken = [record for record in newest if record.author_id != town.bot.id]
    unheard = [record.message_id for record in spoken if not hears(town, record)]
    return await answer(request, {"waiting": _waiting(town, chat_id), "unheard": unheard})


def _waiting(town: Town, chat_id: int) -> list[int]:
    """Messages of this chat whose updates are still in the bot's queue."""
    messages = (update.get("message") for update in town.updates.waiting())
    # An update that was put in raw may be anything.
    return [
        one["message_id"]
        for one in messages
        if isinstance(one, dict) and "message_id" in one and _chat_id(one) == chat_id
    ]


def _chat_id(message: dict[str, Any]) -> Any:
    chat = message.get("chat")
    return chat.get("id") if isinstance(chat, dict) else None


ROUTES = (Route("/api/ticks/{chat}", show_ticks),)
