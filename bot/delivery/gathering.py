"""Several letters to one group as one message: what a minute has no room for."""

import re
from collections.abc import Sequence

from bot.delivery.rendered import Rendered
from templates.render import plain

MOST_UNITS = 4096  # As the messenger counts a text, once its tags are read.
MOST_ENTITIES = 100
MOST_BUTTONS = 100
SEPARATOR = "\n\n⸻\n\n"
_OPENING = re.compile(r"<[a-z]")


def gathered(parts: Sequence[Rendered]) -> tuple[Rendered, int]:
    """One message of the first of these, each whole, and of how many; one at the least."""
    texts = [parts[0].text]
    rows = _rows(parts[0])
    for part in parts[1:]:
        more_rows = [*rows, *_rows(part)]
        if part.picture or parts[0].picture or not _fits([*texts, part.text], more_rows):
            break
        texts.append(part.text)
        rows = more_rows
    if len(texts) == 1:
        return parts[0], 1
    keyboard = {"inline_keyboard": rows} if rows else None
    return Rendered(SEPARATOR.join(texts), keyboard), len(texts)


def _rows(part: Rendered) -> list[object]:
    return [] if part.keyboard is None else list(part.keyboard.get("inline_keyboard", ()))


def _fits(texts: Sequence[str], rows: Sequence[object]) -> bool:
    text = SEPARATOR.join(texts)
    buttons = sum(len(row) for row in rows if isinstance(row, list | tuple))
    return (
        len(plain(text).encode("utf-16-le")) // 2 <= MOST_UNITS
        and len(_OPENING.findall(text)) <= MOST_ENTITIES
        and buttons <= MOST_BUTTONS
    )
