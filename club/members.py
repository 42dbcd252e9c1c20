"""Who is a member, how members are numbered, and the way through joining."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import phonenumbers

from club.calendar import Calendar
from club.errors import ForeignContact
from club.misreadings import BadMemberNumber, BadPhone
from club.money import plain_digits
from club.parts import Language

FIRST_NUMBER = 10_000
NAME_LENGTH = 64


class JoinStep(StrEnum):
    """The question that a joining person has to answer next."""

    LANGUAGE = "language"
    TERMS = "terms"
    PROMOTIONS = "promotions"
    PHONE = "phone"
    GENRES = "genres"
    DONE = "done"


class Reach(StrEnum):
    """Whether the messenger lets us write to the member."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    NEVER_STARTED = "never_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A row of the club's book of members; private data lives elsewhere, encrypted."""

    id: int
    chat_user_id: int | None  # None: a customer from before the club, or one who left.
    language: Language
    calendar: Calendar
    join_step: JoinStep
    agreed_at: datetime | None  # To the terms of membership.
    promotions: bool | None  # None: not asked yet.
    tier: str
    points_earned: int  # Ever, by rules; what tiers count.
    reach: Reach
    profile_at: datetime | None  # When the profile was completed.
    left_at: datetime | None
    referral_code: str
    source: str | None  # Where a customer from before the club comes from.
    external_id: str | None
    created_at: datetime
    visited_on: int | None = None  # The last local day on which opening the club brought points.
    streak: int = 0  # On so many local days in a row, up to that one.
    referred_by_code: str | None = None  # The friend's code with which they came first.
    # Their own wishes for promotions; None: as the club has it.
    promotions_a_week: int | None = None
    quiet_start: int | None = None  # Minutes since local midnight.
    quiet_until: int | None = None

    @property
    def number(self) -> str:
        """The number that people see and type."""
        return number_of(self.id)

    @property
    def joined(self) -> bool:
        """Agreed to the terms and has not left."""
        return self.agreed_at is not None and self.left_at is None


def number_of(member_id: int) -> str:
    """The member number: its last digit is a check digit (Luhn), so one wrong digit is noticed."""
    body = str(FIRST_NUMBER + member_id)
    return body + _luhn(body)


def member_id_of(text: str) -> int:
    """The member that a typed number means; raises BadMemberNumber when a digit is wrong."""
    digits = plain_digits(text).replace(" ", "")
    if not digits.isdecimal() or not 6 <= len(digits) <= 15 or _luhn(digits[:-1]) != digits[-1]:
        raise BadMemberNumber(text=text[:32])
    member_id = int(digits[:-1]) - FIRST_NUMBER
    if member_id < 1:
        raise BadMemberNumber(text=text[:32])
    return member_id


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def parse_phone(text: str, region: str = "IR") -> str:
    """The phone as E.164, from any digits and with or without country code; raises BadPhone."""
    try:
        phone = phonenumbers.parse(plain_digits(text), region)
    except phonenumbers.NumberParseException as error:
        raise BadPhone(text=text[:32]) from error
    if not phonenumbers.is_possible_number(phone):
        raise BadPhone(text=text[:32])
    return phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)


def own_phone(phone: str, contact_user_id: int | None, user_id: int) -> str:
    """The phone of a shared contact, if it is the person's own; else raises ForeignContact."""
    if contact_user_id != user_id:
        raise ForeignContact()
    digits = plain_digits(phone)
    return parse_phone(digits if digits.startswith(("+", "0")) else f"+{digits}")


def next_step(step: JoinStep) -> JoinStep:
    """The question after this one."""
    steps = list(JoinStep)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def tidy_name(text: str) -> str:
    """A person's name on one line, without direction tricks, at most NAME_LENGTH letters."""
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter.isprintable() or letter.isspace() or letter == "\u200c"
    )
    return " ".join(kept.split())[:NAME_LENGTH] or "?"
