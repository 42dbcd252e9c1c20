"""Letters by Telegram: sends what is written, and tells the engine what an answer means."""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from bot.delivery.faults import Ambiguous, Blocked, DeliveryFault, Migrated, Refused, TryLater
from bot.delivery.rendered import Rendered, Words, written
from bot.delivery.transport import ClubRequest, ConnectionLost, NoAnswer, NotSent, retry_after_s
from club.members import Reach

UNREACHED_PAUSE_S = 5
BAD_TOKEN_PAUSE_S = 60
OK = 200
MESSAGE_ID = re.compile(rb'\{"ok":true,"result":\{"message_id":(\d+),')  # As most answers begin.

# What follows "Bad Request: ". Compared as a whole: other refusals quote what we wrote, and that
# may say anything. The server passes some of them on as a code in capitals instead of words.
BAD_CHATS: Mapping[str, Reach] = {
    "chat not found": Reach.NEVER_STARTED,
    "private chat not found": Reach.NEVER_STARTED,
    "peer_id_invalid": Reach.NEVER_STARTED,
    "user_is_blocked": Reach.BLOCKED,
    "chat_write_forbidden": Reach.BLOCKED,
    "input_user_deactivated": Reach.DEACTIVATED,
    "user_deactivated": Reach.DEACTIVATED,
}
# A 403 is about the chat alone: whoever is not meant by these is blocked.
FORBIDDEN: Mapping[str, Reach] = {
    "user is deactivated": Reach.DEACTIVATED,
    "bot can't initiate conversation": Reach.NEVER_STARTED,
}


class TelegramMessenger:
    """The engine's Messenger over the Bot API."""

    def __init__(self, request: ClubRequest) -> None:
        self._request = request

    async def send(self, chat_id: int, words: Words) -> int:
        """The message's id; raises a DeliveryFault."""
        method, body = written(chat_id, words) if isinstance(words, Rendered) else words
        try:
            status, payload = await self._request.send(method, body)
        except NotSent as fault:
            raise TryLater(UNREACHED_PAUSE_S, f"not sent: {fault}") from None
        except (ConnectionLost, NoAnswer) as fault:
            raise Ambiguous(str(fault)) from None
        if status != OK:
            raise fault_of(status, _said(payload))
        if begins := MESSAGE_ID.match(payload):
            return int(begins[1])
        try:
            return int(orjson.loads(payload)["result"]["message_id"])
        except (KeyError, TypeError, ValueError):
            raise Ambiguous("an answer without a message id") from None


def fault_of(status: int, answer: Mapping[str, Any]) -> DeliveryFault:
    """What an answer that is no success means for the letter."""
    if answer.get("ok") is not False:
        return _of_a_gateway(status, answer)
    description = str(answer.get("description") or f"status {status}")
    parameters = answer.get("parameters") or {}
    if new_chat_id := parameters.get("migrate_to_chat_id"):
        return Migrated(int(new_chat_id))
    match status:
        case 400:
            reach = BAD_CHATS.get(description.casefold().removeprefix("bad request: "))
            return Refused(description) if reach is None else Blocked(reach, description)
        case 403:
            words = description.casefold().removeprefix("forbidden: ")
            meant = (reach for sign, reach in FORBIDDEN.items() if words.startswith(sign))
            return Blocked(next(meant, Reach.BLOCKED), description)
        case 401 | 404:
            return TryLater(BAD_TOKEN_PAUSE_S, "the messenger does not know the token any more")
        case 429:
            return TryLater(retry_after_s(answer), description)
        case 408:  # It waited for something that may have come.
            return Ambiguous(description)
    return Ambiguous(description) if status >= 500 else Refused(description)


def _of_a_gateway(status: int, answer: Mapping[str, Any]) -> DeliveryFault:
    """The messenger words its refusals; somebody between it and us has answered.

    Who refuses or sends us elsewhere has not passed the letter on, and but for its size the next
    would fare no better. To end letters by it would lose a campaign in a minute.
    """
    if status == 429:
        return TryLater(retry_after_s(answer), "a gateway wants fewer requests")
    if status == 413:
        return Refused("a gateway finds the letter too large")
    if 300 <= status < 500 and status != 408:
        return TryLater(UNREACHED_PAUSE_S, f"refused by a gateway with status {status}")
    return Ambiguous(f"a gateway answers with status {status}")


def _said(payload: bytes) -> dict[str, Any]:
    """The answer as JSON, even where it holds halves of characters; nothing when it is none."""
    try:
        answer = json.loads(payload.decode("utf-8", "replace"))
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
