"""The life of a campaign, and what it may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from club.errors import ClubError
from club.letters import ENDS, LetterState
from club.members import NAME_LENGTH
from club.misreadings import NoText, TooLong
from club.parts import Language

TEXT_LENGTH = 3500  # Leaves room for the line beneath it, and for what escaping adds.
CAPTION_LENGTH = 970  # Of 1,024 under a picture: a letter may say above it that it comes again.
LABEL_LENGTH = 40
URL_LENGTH = 512
# As the messenger counts it: some characters count twice, and a mark may stand on either side.
LONGEST_NAME = 2 * NAME_LENGTH + 2
_PERSIAN = re.compile("[\u0600-\u06ff]")
_LATIN = re.compile("[A-Za-z]")
_URL = re.compile(r"(?:https?|tg)://\S+|\bt\.me/\S+")
_NAME = re.compile(r"\{\s*(?:name|نام)\s*\}", re.IGNORECASE)


class BadLink(ClubError):
    """A button needs words and an address, and these are none."""

    code = "bad_link"


class BadLabel(ClubError):
    """A button needs a few words, and these are none or too many."""

    code = "bad_label"


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


_DRAFT, _CANCELLED = CampaignState.DRAFT, CampaignState.CANCELLED
_STARTED = (CampaignState.RUNNING, CampaignState.DONE, CampaignState.MISSED)
MOVES: Mapping[CampaignState, tuple[CampaignState, ...]] = MappingProxyType(
    {
        CampaignState.DRAFT: (CampaignState.PREVIEWED, _CANCELLED),
        CampaignState.PREVIEWED: (
            _DRAFT,
            CampaignState.SUBMITTED,
            CampaignState.SCHEDULED,
            CampaignState.RUNNING,
            _CANCELLED,
        ),
        CampaignState.SUBMITTED: (
            _DRAFT,
            CampaignState.SCHEDULED,
            CampaignState.RUNNING,
            _CANCELLED,
        ),
        CampaignState.SCHEDULED: (CampaignState.RUNNING, CampaignState.MISSED, _CANCELLED),
        CampaignState.RUNNING: (
            CampaignState.PAUSED,
            CampaignState.DONE,
            CampaignState.MISSED,
            _CANCELLED,
        ),
        CampaignState.PAUSED: (*_STARTED, _CANCELLED),
        CampaignState.DONE: (),
        CampaignState.CANCELLED: (),
        CampaignState.MISSED: (),
    }
)
"""Where a campaign may go from where it stands; it never comes back from its end."""

EDITABLE = (CampaignState.DRAFT, CampaignState.PREVIEWED, CampaignState.SUBMITTED)
BEFORE_START = (*EDITABLE, CampaignState.SCHEDULED)
UNDER_WAY = (CampaignState.RUNNING, CampaignState.PAUSED)
ENDED = tuple(state for state, following in MOVES.items() if not following)
OVER = (CampaignState.DONE, CampaignState.MISSED)  # By itself.


def may_go(state: CampaignState, to: CampaignState) -> bool:
    """Whether a campaign that stands there may go there next."""
    return to in MOVES[state]


@dataclass(frozen=True, slots=True)
class Link:
    """A button under a promotion that opens an address."""

    label: str
    url: str


def ends(counts: Mapping[LetterState, int]) -> dict[str, int]:
    """How many letters came to which end, by the names that messages give them."""
    named = {end.value: counts.get(end, 0) for end in ENDS}
    named["missed"] = named.pop(LetterState.EXPIRED.value)
    return named


def end_of(letters: int, counts: Mapping[LetterState, int]) -> CampaignState | None:
    """The end of a campaign with so many letters, once each of them has come to its own."""
    if sum(counts.values()) < letters:
        return None
    none_left = 0 < letters == counts.get(LetterState.EXPIRED, 0)
    return CampaignState.MISSED if none_left else CampaignState.DONE


def language_of(text: str) -> Language:
    """The language in which a text is written, by most of its letters."""
    return "fa" if len(_PERSIAN.findall(text)) >= len(_LATIN.findall(text)) else "en"


def check_text(text: str, *, with_picture: bool) -> str:
    """The text as it was written; raises NoText, TooLong. Under a picture there is less room.

    It is measured with the longest name in each place where a name will stand.
    """
    if not text.strip():
        raise NoText()
    limit = CAPTION_LENGTH if with_picture else TEXT_LENGTH
    pieces = addressed(text)
    names = (len(pieces) - 1) * LONGEST_NAME
    if (length := sum(_units(piece) for piece in pieces) + names) > limit:
        raise TooLong(limit=limit, count=length)
    return text


def addressed(text: str) -> tuple[str, ...]:
    """The pieces between which the member's name stands, in place of each `{name}` or `{نام}`.

    One piece: nobody is addressed by name.
    """
    return tuple(_NAME.split(text))


def read_label(text: str) -> str:
    """The words of a button that members may press; raises BadLabel."""
    label = " ".join(text.split())
    if not 0 < _units(label) <= LABEL_LENGTH:
        raise BadLabel(text=text[:64], limit=LABEL_LENGTH)
    return label


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
