"""Friends whom members bring: who counts as invited, and what both get for it."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, Literal

from club.errors import AlreadyMember, InvitedAlready, InvitedInRing, OwnCode, UnknownCode
from club.members import Member
from club.programme import Programme
from club.rules import Trigger

INVITER: Final = "inviter"
FRIEND: Final = "friend"
Happening = Literal["joined", "purchase"]
JOINED: Final = "referral_joined"
FIRST: Final = "referral_first_purchase"
TRIGGERS: Mapping[Happening, tuple[Trigger, ...]] = MappingProxyType(
    {
        "joined": (JOINED,),
        "purchase": (FIRST, "referral_each_purchase"),
    }
)
"""What a friend does, and the rules that may wait for it."""


def may_be_referred(
    guest: Member, came_with: str | None, owner: Member | None, chain: Collection[int]
) -> None:
    """Pass when the guest counts as invited by the owner of the code.

    `came_with` is the code that the guest came with first; `chain` names those who brought the
    owner: their inviter, that one's inviter, and so on. Raises UnknownCode, OwnCode,
    AlreadyMember, InvitedAlready, InvitedInRing.
    """
    if owner is None or owner.left_at is not None:
        raise UnknownCode()
    if owner.id == guest.id:
        raise OwnCode()
    if guest.joined or guest.source is not None:  # Customers from before the club are not new.
        raise AlreadyMember(member_number=guest.number)
    if came_with is not None:
        raise InvitedAlready()
    if guest.id in chain:
        raise InvitedInRing()


def is_offered(programme: Programme) -> bool:
    """Whether this club has invitations at all."""
    return any(programme.rules_on(trigger) for of in TRIGGERS.values() for trigger in of)
