"""JSON that comes in from outside: what no answer could tell again is not let in."""

import json
import math
import re
from typing import Any, NoReturn

DEPTH_LIMIT = 100  # As the real server reads; far less than what a program can climb.
BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|[\]}]')
HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]")


class HalfLetter(ValueError):
    """Half of a letter that is written in two parts, or bytes that are no UTF-8."""


def read_json(body: bytes) -> Any:
    """What a body of JSON says; raises ValueError, a HalfLetter for what is no text."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise HalfLetter("not UTF-8") from error
    check_depth(text)
    read = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    if HALF_LETTER.search(text):
        try:
            json.dumps(read, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise HalfLetter("half a letter") from error
    return read


def check_depth(text: str) -> None:
    """Raise ValueError for JSON that is nested deeper than anybody needs."""
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return
    depth = 0
    for found in BRACKETS.finditer(text):
        if found[1]:
            depth += 1
        elif found[0] in ("]", "}"):
            depth -= 1
        if depth > DEPTH_LIMIT:
            raise ValueError("nested too deeply")


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits} is too large")
    return number
