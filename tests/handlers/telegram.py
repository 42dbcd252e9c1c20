"""A messenger that answers from memory: what people in front of the bot see, and what they do."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, RequestData

from templates.render import plain

BOT = {"id": 1, "is_bot": True, "first_name": "Club", "username": "club_bot"}
REFUSALS = {
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "same": (
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are "
        "exactly the same as a current content and reply markup of the message",
    ),
    "gone": (400, "Bad Request: message to edit not found"),
}


@dataclass(slots=True)
class Shown:
    """A message of the bot's as its chat shows it now."""

    id: int
    chat_id: int
    text: str
    markup: dict[str, Any]
    kind: str  # The method that sent it.
    file: bytes = b""

    @property
    def plain(self) -> str:
        """The words without tags and isolates."""
        return plain(self.text).replace("\u2068", "").replace("\u2069", "").replace("\u200e", "")

    @property
    def buttons(self) -> dict[str, str]:
        """The buttons under it: label → what a press sends."""
        rows = self.markup.get("inline_keyboard", [])
        return {
            _bare(button["text"]): button.get("callback_data", "") for row in rows for button in row
        }


@dataclass(slots=True)
class RecordingTelegram(BaseRequest):
    """Answers like the Bot API and keeps the calls. `blocked`: chats that refuse us."""

    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    messages: dict[int, Shown] = field(default_factory=dict)
    toasts: dict[str, str] = field(default_factory=dict)  # By the id of the press.
    blocked: set[int] = field(default_factory=set)
    hasty: int = 0  # So many requests from now on are refused for haste.
    files: dict[str, bytes] = field(default_factory=dict)  # What people have sent, by its id.
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(500))

    @property
    def read_timeout(self) -> float | None:
        """The library asks."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = None,
        write_timeout: ODVInput[float] = None,
        connect_timeout: ODVInput[float] = None,
        pool_timeout: ODVInput[float] = None,
    ) -> tuple[int, bytes]:
        """One method of the Bot API."""
        name = url.rpartition("/")[2]
        if method == "GET":
            return 200, self.files[name]
        params = dict(request_data.parameters) if request_data else {}
        parts = request_data.multipart_data if request_data and request_data.contains_files else {}
        files = [part[1] for part in parts.values() if isinstance(part[1], bytes)]
        self.calls.append((name, params))
        if self.hasty:
            self.hasty -= 1
            return 429, _json(ok=False, error_code=429, parameters={"retry_after": 60})
        result = self._answer(name, params, files[0] if files else b"")
        if isinstance(result, tuple):
            status, description = result
            return status, _json(ok=False, error_code=status, description=description)
        return 200, _json(ok=True, result=result)

    def in_chat(self, chat_id: int) -> list[Shown]:
        """What stands in a chat, oldest first."""
        return [message for message in self.messages.values() if message.chat_id == chat_id]

    def sent(self, method: str) -> list[Mapping[str, Any]]:
        """The parameters of every call of a method."""
        return [params for name, params in self.calls if name == method]

    def _answer(self, name: str, params: dict[str, Any], file: bytes) -> object:
        chat_id = int(params.get("chat_id", 0))
        if chat_id in self.blocked:
            return REFUSALS["blocked"]
        if name == "getMe":
            return BOT
        if name == "getFile":
            file_id = params["file_id"]
            return {"file_id": file_id, "file_unique_id": file_id, "file_path": file_id}
        if name == "answerCallbackQuery":
            self.toasts[params["callback_query_id"]] = params.get("text", "")
        elif name.startswith("send"):
            return self._post(name, chat_id, params, file)
        elif name.startswith("editMessage"):
            return self._edit(params)
        return True

    def _post(self, name: str, chat_id: int, params: dict[str, Any], file: bytes) -> object:
        text = params.get("text") or params.get("caption", "")
        markup = params.get("reply_markup") or {}
        message = Shown(next(self._ids), chat_id, text, markup, name, file)
        self.messages[message.id] = message
        return _told(message)

    def _edit(self, params: dict[str, Any]) -> object:
        message = self.messages.get(int(params["message_id"]))
        if message is None:
            return REFUSALS["gone"]
        caption = params.get("media", params).get("caption", "")
        text = params.get("text") or caption
        markup = params.get("reply_markup") or {}
        if (text, markup) == (message.text, message.markup):
            return REFUSALS["same"]
        message.text, message.markup = text, markup
        return _told(message)


def _told(message: Shown) -> dict[str, Any]:
    kind = "private" if message.chat_id > 0 else "supergroup"
    return {"message_id": message.id, "date": 1, "chat": {"id": message.chat_id, "type": kind}}


def _json(**answer: object) -> bytes:
    return json.dumps(answer).encode()


def _bare(label: str) -> str:
    return label.replace("\u2068", "").replace("\u2069", "")
