"""The one way to the messenger: the library's `Bot` and the engine both pass through here."""

import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.delivery.pace import ChatId, Halted, Pace

CONNECTIONS = 128
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 20.0
UPLOAD_TIMEOUT_S = 60.0
KEEP_ALIVE_S = 15.0  # Shorter than the messenger's: a connection it closes may swallow a message.
REFUSALS = 10  # So often an answer may be refused for haste before it is given up.
RETRY_AFTER_S = 5  # When a 429 does not say how long.
FORM = "application/x-www-form-urlencoded"

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


class NotSent(NetworkError):
    """The request never left: nothing has happened, and it may be repeated."""


class ConnectionLost(NetworkError):
    """The connection broke after the request may have left: it may have been carried out."""


class NoAnswer(TimedOut):
    """No answer in time after the request may have left: it may have been carried out."""


class ClubRequest(BaseRequest):
    """Requests to the Bot API on aiohttp. What the library sends is charged to the pace as live.

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
        """`api_url` ends with the token, as in `https://api.telegram.org/bot<token>`."""
        if proxy is not None and urlsplit(proxy).scheme not in ("http", "https"):
            raise ValueError("the proxy's address begins with http:// or https://")
        self._api_url = api_url
        self._pace = pace
        self._proxy = proxy
        self._connections = connections
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long an answer may take, in seconds."""
        return self._read_timeout_s

    async def initialize(self) -> None:
        """Open the pool of connections; again changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, keepalive_timeout=KEEP_ALIVE_S
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "bashgah"},
            )

    async def shutdown(self) -> None:
        """Close all connections; again changes nothing."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

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
        limits = self._limits(
            _seconds(connect_timeout, self._connect_timeout_s),
            _seconds(read_timeout, self._read_timeout_s),
            UPLOAD_TIMEOUT_S if files else 0,
        )
        for _ in range(REFUSALS):
            if self._pace is not None and method == "POST":
                await self._take_turn(self._pace, url.rpartition("/")[2], request_data)
            status, payload = await self._exchange(method, url, _body(request_data), limits)
            # What was refused for haste has not happened: it goes on from here once that is
            # over. Given back, the whole update would be handled, and answered, once more.
            if status != 429 or self._pace is None or files:
                break
        return status, payload

    async def call(
        self, method: str, params: Mapping[str, Any], read_timeout_s: float | None = None
    ) -> tuple[int, dict[str, Any]]:
        """One method of the Bot API: status and answer. The caller has asked the pace itself."""
        limits = self._limits(
            self._connect_timeout_s,
            self._read_timeout_s if read_timeout_s is None else read_timeout_s,
        )
        status, payload = await self._exchange(
            "POST", f"{self._api_url}/{method}", urlencode(params).encode(), limits
        )
        return status, _parsed(payload)

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

    def _limits(
        self, connect_s: float | None, read_s: float | None, upload_s: float = 0
    ) -> aiohttp.ClientTimeout:
        whole = None if connect_s is None or read_s is None else connect_s + read_s + upload_s
        return aiohttp.ClientTimeout(
            total=whole, connect=connect_s, sock_connect=connect_s, sock_read=read_s
        )

    async def _exchange(
        self,
        verb: str,
        url: str,
        body: aiohttp.FormData | bytes | None,
        limits: aiohttp.ClientTimeout,
    ) -> tuple[int, bytes]:
        """Send and read. Faults are named without the address: it holds the token."""
        if self._session is None:
            raise NotSent("the connections are closed")
        try:
            async with self._session.request(
                verb,
                url,
                data=body,
                headers={"Content-Type": FORM} if isinstance(body, bytes) else None,
                timeout=limits,
                proxy=self._proxy,
                allow_redirects=False,
            ) as response:
                payload = await response.read()
        except (
            aiohttp.ClientConnectorError,
            aiohttp.ClientHttpProxyError,
            aiohttp.ConnectionTimeoutError,
            aiohttp.InvalidURL,
        ) as error:
            raise NotSent(type(error).__name__) from None
        except TimeoutError as error:
            raise NoAnswer(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:
            raise ConnectionLost(type(error).__name__) from None
        if response.status == 429 and self._pace is not None:
            self._pace.halt(retry_after_s(_parsed(payload)))
        return response.status, payload


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


def _body(data: RequestData | None) -> aiohttp.FormData | bytes | None:
    if data is None:
        return None
    if not data.contains_files:
        return urlencode(data.json_parameters).encode()
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime_type) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return form


def _chat_id(value: object) -> ChatId:
    text = str(value)
    return int(text) if text.removeprefix("-").isdecimal() else text


def _seconds(given: ODVInput[float], default: float) -> float | None:
    return default if isinstance(given, DefaultValue) else given
