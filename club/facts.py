"""Facts that wait in the database for their words: typed values as JSON and back.

Whole numbers, texts, truth values and None stand for themselves; money, moments, lists and nested
facts are tagged, so that what comes out is equal to what went in.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from club.money import Money

Json = Any
Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text that is private: it waits encrypted, and is opened when the words are made."""

    value: bytes


def encode(value: object) -> Json:
    """The value as JSON; asserts on a type that no message may carry."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Money):
        return {"money": [value.minor, value.currency]}
    if isinstance(value, datetime):
        assert value.tzinfo is not None, "times carry their zone"
        return {"at": int(value.timestamp() * 1000)}
    if isinstance(value, Sealed):
        return {"sealed": b64encode(value.value).decode()}
    if isinstance(value, tuple | list):
        return [encode(part) for part in value]
    assert isinstance(value, Mapping), f"no message carries a {type(value).__name__}"
    return {"facts": {str(name): encode(part) for name, part in value.items()}}


def decode(value: Json) -> Any:
    """What encode() was given; lists come back as tuples, moments in UTC to the millisecond."""
    if isinstance(value, list):
        return tuple(decode(part) for part in value)
    if not isinstance(value, dict):
        return value
    ((tag, inner),) = value.items()
    if tag == "money":
        return Money(inner[0], inner[1])
    if tag == "at":
        return datetime.fromtimestamp(inner / 1000, UTC)
    if tag == "sealed":
        return Sealed(b64decode(inner))
    return {name: decode(part) for name, part in inner.items()}


def encode_all(facts: Facts) -> dict[str, Json]:
    """A message's facts as one JSON object."""
    return {name: encode(value) for name, value in facts.items()}


def decode_all(stored: Mapping[str, Json]) -> dict[str, Any]:
    """A message's facts, back from JSON."""
    return {name: decode(value) for name, value in stored.items()}
