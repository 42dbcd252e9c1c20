"""A letter in our hands, and each end that an attempt to send it can have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from club.calendar import Calendar
from club.letters import LetterClass
from club.members import Reach
from club.parts import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingLetter:
    """A letter in our hands, with what its words need. `fence` proves that it is ours."""

    id: int
    key: str
    message: str
    facts: Mapping[str, Any]
    letter_class: LetterClass
    chat_id: int
    member_id: int | None  # None: a letter to a group.
    campaign_id: int | None
    language: Language
    calendar: Calendar
    name: str | None
    fence: int
    attempts: int
    flagged: int  # Times it may have arrived already: its words say so.
    picture: str | None = None  # A campaign's: the messenger's name for the file.


@dataclass(frozen=True, slots=True)
class Sent:
    """The messenger has it under this id."""

    letter: OutgoingLetter
    message_id: int


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The messenger does not let us write to the recipient."""

    letter: OutgoingLetter
    reach: Reach


@dataclass(frozen=True, slots=True)
class Postponed:
    """It was surely not sent; after the pause it may be tried. No attempt is used up."""

    letter: OutgoingLetter
    delay_s: float


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has another id now; the letter follows it."""

    letter: OutgoingLetter
    chat_id: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot be sent as it is."""

    letter: OutgoingLetter
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived: a campaign's letter ends here, a transactional one is repeated."""

    letter: OutgoingLetter


Outcome = Sent | Unreachable | Postponed | Moved | Failed | Unknown
