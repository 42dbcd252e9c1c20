"""Letters by Telegram: sends what is written, and tells the engine what an answer means."""

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

# The server passes some refusals on as 400, with a code in capitals instead of words.
REACHES: Mapping[str, Reach] = {
    "deactivated": Reach.DEACTIVATED,
    "user_is_blocked": Reach.BLOCKED,
    "blocked": Reach.BLOCKED,
    "chat_write_forbidden": Reach.BLOCKED,
    "chat not found": Reach.NEVER_STARTED,
    "peer_id_invalid": Reach.NEVER_STARTED,
    "can't initiate conversation": Reach.NEVER_STARTED,
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
        try:
            answer = orjson.loads(payload)
            if status == OK:
                return int(answer["result"]["message_id"])
        except (KeyError, TypeError, ValueError):
            if status == OK:
                raise Ambiguous("an answer without a message id") from None
            answer = {}
        raise fault_of(status, answer if isinstance(answer, dict) else {})


def fault_of(status: int, answer: Mapping[str, Any]) -> DeliveryFault:
    """What an answer that is no success means for the letter."""
    description = str(answer.get("description") or f"status {status}")
    parameters = answer.get("parameters") or {}
    if status == 429:
        return TryLater(retry_after_s(answer), description)
    if new_chat_id := parameters.get("migrate_to_chat_id"):
        return Migrated(int(new_chat_id))
    if status in (400, 403):
        words = description.casefold()
        reach = next((reach for sign, reach in REACHES.items() if sign in words), None)
        if reach is None and status == 403:
            reach = Reach.BLOCKED
        return Refused(description) if reach is None else Blocked(reach, description)
    if status in (401, 404):
        return TryLater(BAD_TOKEN_PAUSE_S, "the messenger does not know the token any more")
    return Ambiguous(description) if status >= 500 else Refused(description)
