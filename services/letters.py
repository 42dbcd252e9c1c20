"""A letter in our hands, and each end that an attempt to send it can have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from club.calendar import Calendar
from club.letters import LetterClass
from club.members import Reach
from club.parts import Language


class OutgoingLetter(NamedTuple):
    """A letter in our hands, with what its words need. `fence` proves that it is ours."""

    id: int
    key: str | None
    message: str
    facts: Mapping[str, Any]
    letter_class: LetterClass
    chat_id: int
    member_id: int | None  # None: a letter to a group.
    campaign_id: int | None
    language: Language
    calendar: Calendar
    name: str | None  # Where the words ask for it.
    fence: int
    attempts: int
    flagged: int  # Times it may have arrived already: its words say so.
    picture: str | None = None  # A campaign's: the messenger's name for the file.


class Sent(NamedTuple):
    """The messenger has it under this id."""

    letter: OutgoingLetter
    message_id: int


class Unreachable(NamedTuple):
    """The messenger does not let us write to the recipient."""

    letter: OutgoingLetter
    reach: Reach


class Postponed(NamedTuple):
    """It was surely not sent; after the pause it may be tried. No attempt is used up."""

    letter: OutgoingLetter
    delay_s: float


class Moved(NamedTuple):
    """The group has another id now; the letter follows it."""

    letter: OutgoingLetter
    chat_id: int


class Failed(NamedTuple):
    """It cannot be sent as it is."""

    letter: OutgoingLetter
    reason: str


class Unknown(NamedTuple):
    """It may have arrived: a campaign's letter ends here, a transactional one is repeated."""

    letter: OutgoingLetter
    reason: str = ""


Outcome = Sent | Unreachable | Postponed | Moved | Failed | Unknown


@dataclass(frozen=True, slots=True)
class Begun:
    """The letters that are booked as being sent, and until when (machine time) they are ours."""

    ids: frozenset[int]
    until: datetime
