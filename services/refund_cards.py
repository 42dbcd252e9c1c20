"""What staff are shown of a refund, before and after."""

from dataclasses import dataclass
from datetime import datetime

from club.money import Money
from club.parts import Words
from services.reversals import Fallen


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked:
    """What a refund would do, and the intent that makes it."""

    intent_id: int
    number: str
    name: str
    paid: Money
    at: datetime
    receipt: str | None
    amount: Money
    in_money: Money | None  # Of the amount; None: all of it.
    points: int  # That would count as earned no longer.
    returned: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A purchase that may be meant; its intent shows what its refund would do."""

    intent_id: int
    left: Money
    at: datetime
    receipt: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundChoice:
    """The member's latest purchases of which something can be given back."""

    number: str
    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundMade:
    """So much of a purchase was given back; `points` were taken out of the wallet."""

    number: str
    name: str
    amount: Money
    in_money: Money | None  # Of the amount; None: all of it.
    left: Money  # What of the purchase counts on.
    points: int
    owed: int
    returned: int
    rewards: tuple[Fallen, ...]
    balance: int
    debt: int
    tier: Words
    repeated: bool
