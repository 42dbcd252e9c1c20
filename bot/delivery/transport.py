"""The one way to the messenger: the library's `Bot` and the engine both pass through here."""

import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pyreqwest.multipart import FormBuilder, PartBuilder
from pyreqwest.request import ConsumedRequest, RequestBody, RequestBuilder
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import RetryAfter
from telegram.request import BaseRequest, RequestData

from bot.delivery.chats import ChatId
from bot.delivery.connections import (
    CONNECT_TIMEOUT_S,
    CONNECTIONS,
    ConnectionLost,
    Connections,
    NoAnswer,
    NotSent,
)
from bot.delivery.pace import Halted, Pace

__all__ = ["MESSAGES", "ClubRequest", "ConnectionLost", "NoAnswer", "NotSent", "retry_after_s"]

READ_TIMEOUT_S = 20.0
UPLOAD_TIMEOUT_S = 60.0
REFUSALS = 10  # So often an answer may be refused for haste before it is given up.
RETRY_AFTER_S = 5  # When a 429 does not say how long.
TOO_MANY_REQUESTS = 429
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

# Methods that put a message into a chat, and the list in them that says how many.
MESSAGES: Mapping[str, str | None] = {
    **dict.fromkeys(
        (
            "copyMessage",
            "forwardMessage",
            "sendAnimation",
            "sendAudio",
            "sendChecklist",
            "sendContact",
            "sendDice",
            "sendDocument",
            "sendGame",
            "sendInvoice",
            "sendLocation",
            "sendMessage",
            "sendPaidMedia",
            "sendPhoto",
            "sendPoll",
            "sendSticker",
            "sendVenue",
            "sendVideo",
            "sendVideoNote",
            "sendVoice",
        )
    ),
    "copyMessages": "message_ids",
    "forwardMessages": "message_ids",
    "sendMediaGroup": "media",
}


class ClubRequest(BaseRequest):
    """Requests to the Bot API. What the library sends is charged to the pace as live.

    Long polls get an instance of their own, without a pace, so that they never hold a connection
    that a message needs.
    """

    def __init__(
        self,
        api_url: str,
        *,
        pace: Pace | None = None,
        proxy: str | None = None,
        connections: int = CONNECTIONS,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        """`api_url` ends with the token, as in `https://api.telegram.org/bot<token>`.

        Where connecting may take as long as an answer, what was not sent may look like a doubt.
        """
        self._api_url = api_url
        self._pace = pace
        self._read_timeout_s = read_timeout_s
        self._connections = Connections(
            api_url, proxy=proxy, limit=connections, connect_timeout_s=connect_timeout_s
        )
        self._ready: dict[str, ConsumedRequest] = {}  # By method, all but the body.

    @property
    def read_timeout(self) -> float:
        """How long an answer may take, in seconds, connecting included."""
        return self._read_timeout_s

    async def initialize(self) -> None:
        """Open the pool of connections; again changes nothing."""
        self._connections.open()

    async def shutdown(self) -> None:
        """Close all connections; again changes nothing."""
        self._ready.clear()
        await self._connections.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request of the library's, in its turn; an answer of any status."""
        files = request_data is not None and request_data.contains_files
        limit_s = _seconds(read_timeout, self._read_timeout_s)
        if files and limit_s is not None:
            limit_s += UPLOAD_TIMEOUT_S
        for _ in range(REFUSALS):
            if self._pace is not None and method == "POST":
                await self._take_turn(self._pace, url.rpartition("/")[2], request_data)
            request = self._connections.request(method, url, limit_s)
            status, payload = await self._answer(_filled(request, request_data).build())
            # What was refused for haste has not happened: it goes on from here once that is
            # over. Given back, the whole update would be handled, and answered, once more.
            if status != TOO_MANY_REQUESTS or self._pace is None:
                break
        return status, payload

    async def call(
        self, method: str, params: Mapping[str, Any], read_timeout_s: float | None = None
    ) -> tuple[int, dict[str, Any]]:
        """One method of the Bot API: status and answer. The caller has asked the pace itself."""
        limit_s = self._read_timeout_s if read_timeout_s is None else read_timeout_s
        request = self._connections.request("POST", f"{self._api_url}/{method}", limit_s)
        form = request.header("Content-Type", FORM).body_bytes(urlencode(params).encode())
        status, payload = await self._answer(form.build())
        return status, _parsed(payload)

    async def send(self, method: str, body: bytes) -> tuple[int, bytes]:
        """The leanest call: JSON to a method, status and payload back as they came.

        The caller has asked the pace itself.
        """
        ready = self._ready.get(method)
        if ready is None:
            url = f"{self._api_url}/{method}"
            request = self._connections.request("POST", url, self._read_timeout_s)
            ready = self._ready[method] = request.header("Content-Type", JSON).build()
        return await self._answer(
            ConsumedRequest.from_request_and_body(ready, RequestBody.from_bytes(body))
        )

    async def _answer(self, request: ConsumedRequest) -> tuple[int, bytes]:
        """Whoever was refused for haste, all are silent from now on."""
        status, payload = await self._connections.answer(request)
        if status == TOO_MANY_REQUESTS and self._pace is not None:
            self._pace.halt(retry_after_s(_parsed(payload)))
        return status, payload

    async def _take_turn(self, pace: Pace, method: str, data: RequestData | None) -> None:
        try:
            if method not in MESSAGES or data is None:
                await pace.open()
                return
            params = data.parameters
            several = params.get(MESSAGES[method] or "")
            await pace.live(
                _chat_id(params.get("chat_id")), len(several) if isinstance(several, list) else 1
            )
        except Halted as halt:
            raise RetryAfter(math.ceil(halt.remaining_s)) from None


def retry_after_s(answer: Mapping[str, Any]) -> int:
    """How long the messenger wants us to be silent."""
    return int((answer.get("parameters") or {}).get("retry_after") or RETRY_AFTER_S)


def _parsed(payload: bytes) -> dict[str, Any]:
    """The answer as JSON; nothing when a gateway answered with something else."""
    try:
        answer = json.loads(payload)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _filled(request: RequestBuilder, data: RequestData | None) -> RequestBuilder:
    """With the data as a form; where there are files in it, in parts."""
    if data is None:
        return request
    if not data.contains_files:
        fields = urlencode(data.json_parameters).encode()
        return request.header("Content-Type", FORM).body_bytes(fields)
    form = FormBuilder()
    for name, value in data.json_parameters.items():
        form = form.text(name, value)
    for name, (filename, content, mime_type) in data.multipart_data.items():
        assert isinstance(content, bytes), "files are read before they are sent"
        part = PartBuilder.from_bytes(content).file_name(filename).mime(mime_type)
        form = form.part(name, part)
    return request.multipart(form)


def _chat_id(value: object) -> ChatId:
    text = str(value)
    return int(text) if text.removeprefix("-").isdecimal() else text


def _seconds(given: ODVInput[float], default: float) -> float | None:
    return default if isinstance(given, DefaultValue) else given
