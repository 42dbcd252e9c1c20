"""Log lines for people: one plain sentence, its facts behind it, on stderr; no secrets, no phones.

2026-03-21T08:30:00Z INFO     The club is open.  action=started chats=2
"""

import json
import logging
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

# They print addresses that hold the token, or each statement with its values.
CHATTY = ("aiohttp", "aiosqlite", "alembic", "apscheduler", "httpcore", "httpx", "telegram")
ROOMS = ("api", "bot", "club", "handlers", "services", "storage", "templates")
HOUSE = Path(__file__).parent.parent

SECRETS = (
    (re.compile(r"\d{6,}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE), "[token]"),
    (re.compile(r"\+\d(?:[ -]?\d){9,14}|\d{10,15}"), "[number]"),
)
ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Lines(logging.Formatter):
    """A record as one line, its traceback below; what is secret or private is taken out of both."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:8} {message}", "%Y-%m-%dT%H:%M:%SZ", style="{")
        self.converter = time.gmtime

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """The sentence and its facts, in one line whatever they hold."""
        line = " ".join(super().formatMessage(record).splitlines())
        return "  ".join((line, " ".join(_facts(record)))).rstrip()

    def format(self, record: logging.LogRecord) -> str:
        """The whole record, redacted at the end so that nothing goes past it."""
        return redact(super().format(record))


def set_up(level: str) -> None:
    """Log from this level on to stderr, as Lines; libraries only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(text: str) -> str:
    """The text without bot tokens and without numbers that could be a phone's."""
    for pattern, word in SECRETS:
        text = pattern.sub(word, text)
    return text


def place_of(fault: BaseException) -> str:
    """What went wrong and where in our house, without the values it went wrong with."""
    place = ""
    trace = fault.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(HOUSE) and path.relative_to(HOUSE).parts[0] in ROOMS:
            place = f" at {path.relative_to(HOUSE)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(fault).__name__}{place}"


def _facts(record: logging.LogRecord) -> Iterator[str]:
    for name, value in vars(record).items():
        if name not in ORDINARY:
            text = str(value)
            plain = text.isprintable() and not any(mark in text for mark in ' "=')
            yield f"{name}={text if plain else json.dumps(text, ensure_ascii=False)}"
