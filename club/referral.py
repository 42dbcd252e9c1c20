"""Friends whom members bring: who counts as invited, and what both get for it."""

from collections.abc import Collection

from club.earning import Award
from club.errors import AlreadyMember, InvitedAlready, InvitedInRing, OwnCode, UnknownCode
from club.members import Member
from club.programme import Programme, RewardAt

INVITER, FRIEND = "inviter", "friend"


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


def rewards(programme: Programme, event: RewardAt) -> dict[str, Award]:
    """What inviter and friend get when this happens; nobody gets nothing."""
    rules = programme.referral
    if rules is None or rules.reward_at != event:
        return {}
    points = {FRIEND: rules.points_friend, INVITER: rules.points_inviter}
    return {
        who: Award(rule=who, points=given, explanation={}) for who, given in points.items() if given
    }
