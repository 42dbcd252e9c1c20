"""The life of a campaign, and what it may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from club.errors import ClubError
from club.letters import LetterState
from club.misreadings import NoText, TooLong
from club.parts import Language

TEXT_LENGTH = 3500  # Leaves room for the line beneath it, and for what escaping adds.
CAPTION_LENGTH = 1024  # What the messenger carries under a picture.
LABEL_LENGTH = 40
URL_LENGTH = 512
_PERSIAN = re.compile("[\u0600-\u06ff]")
_LATIN = re.compile("[A-Za-z]")
_URL = re.compile(r"(?:https?|tg)://\S+|\bt\.me/\S+")


class BadLink(ClubError):
    """A button needs words and an address, and these are none."""

    code = "bad_link"


class NoPicture(ClubError):
    """A picture was asked for, and something else came."""

    code = "no_picture"


class CampaignState(StrEnum):
    """From the first word to one of the three ends; a running one has letters in the outbox."""

    DRAFT = "draft"
    PREVIEWED = "previewed"  # Staff have seen it as members will.
    SUBMITTED = "submitted"  # It waits for a second person, where the programme wants one.
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"  # The club was down until its time was over.


class Stop(StrEnum):
    """Why a campaign is paused."""

    STAFF = "staff"
    BLOCKED = "blocked"  # Too many cannot be reached.
    FAILED = "failed"  # The messenger refuses too many.


@dataclass(frozen=True, slots=True)
class Link:
    """A button under a promotion that opens an address."""

    label: str
    url: str


def ends(counts: Mapping[LetterState, int]) -> dict[str, int]:
    """How many letters came to which end, by the names that messages give them."""
    return {
        "sent": counts.get(LetterState.SENT, 0),
        "unreachable": counts.get(LetterState.UNREACHABLE, 0),
        "failed": counts.get(LetterState.FAILED, 0) + counts.get(LetterState.EXPIRED, 0),
        "unknown": counts.get(LetterState.UNKNOWN, 0),
    }


def language_of(text: str) -> Language:
    """The language in which a text is written, by most of its letters."""
    return "fa" if len(_PERSIAN.findall(text)) >= len(_LATIN.findall(text)) else "en"


def check_text(text: str, *, with_picture: bool) -> str:
    """The text as it will be sent; raises NoText, TooLong. Under a picture there is less room."""
    if not text.strip():
        raise NoText()
    limit = CAPTION_LENGTH if with_picture else TEXT_LENGTH
    if (length := _units(text)) > limit:
        raise TooLong(limit=limit, count=length)
    return text


def read_link(text: str) -> Link:
    """`Words of the button https://…`, the address anywhere in it; raises BadLink."""
    found = _URL.search(text)
    if found is None:
        raise BadLink(text=text[:64], limit=LABEL_LENGTH)
    url = found.group()
    if url.startswith("t.me/"):
        url = f"https://{url}"
    label = " ".join((text[: found.start()] + text[found.end() :]).replace("|", " ").split())
    try:
        known = bool(urlsplit(url).netloc) and len(url) <= URL_LENGTH
    except ValueError:
        known = False
    if not known or not 0 < _units(label) <= LABEL_LENGTH:
        raise BadLink(text=text[:64], limit=LABEL_LENGTH)
    return Link(label, url)


def _units(text: str) -> int:
    """The length as the messenger counts it."""
    return len(text.encode("utf-16-le")) // 2
