"""A letter in words, and as the bytes in which it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in words, the buttons under it, and the picture above it."""

    text: str
    keyboard: Mapping[str, Any] | None = None
    picture: str | None = None  # The messenger's name for the file.


class Written(NamedTuple):
    """A call of the messenger's, all of it."""

    method: str
    body: bytes


Words = Rendered | Written


def written(chat_id: int, words: Rendered) -> Written:
    """The letter as it leaves. Under a picture the text is its caption."""
    call: dict[str, Any] = {"chat_id": chat_id, "parse_mode": "HTML"}
    if words.picture is None:
        method = "sendMessage"
        call["text"] = words.text
    else:
        method = "sendPhoto"
        call |= {"photo": words.picture, "caption": words.text}
    if words.keyboard is not None:
        call["reply_markup"] = words.keyboard
    return Written(method, orjson.dumps(call))
