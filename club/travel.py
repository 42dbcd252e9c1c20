"""Club time moved ahead, for trials: how far a word like +30d reaches."""

import re
from datetime import timedelta

from club.misreadings import BadSpan
from club.orders import plain_line

FARTHEST = timedelta(days=3 * 366)
_SPAN = re.compile(r"\+?\s*([0-9]{1,5})\s*([^\s0-9]+)")
_UNITS = {
    **dict.fromkeys(("h", "hour", "hours", "ساعت"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days", "روز"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks", "هفته"), timedelta(weeks=1)),
}


def read_span(text: str) -> timedelta:
    """`+30d`, `12h`, `۲ هفته`: a stretch of time that lies ahead; raises BadSpan."""
    line = plain_line(text).casefold()
    found = _SPAN.fullmatch(line)
    unit = _UNITS.get(found[2]) if found else None
    span = int(found[1]) * unit if found and unit else timedelta(0)
    if not timedelta(0) < span <= FARTHEST:
        raise BadSpan(text=line, days=FARTHEST.days)
    return span
