"""Who counts as invited, and what that brings to whom."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from club.errors import (
    AlreadyMember,
    ClubError,
    InvitedAlready,
    InvitedInRing,
    OwnCode,
    UnknownCode,
)
from club.members import JoinStep, Member, Reach
from club.referral import is_offered, may_be_referred
from club.rules import REFERRALS, Trigger
from tests.rules import inviting
from tests.services.bookkeeping import PROGRAMME

NOON = datetime(2025, 10, 4, 12, 0, tzinfo=UTC)


def somebody(member_id: int) -> Member:
    """A person who has begun to join."""
    return Member(
        id=member_id,
        chat_user_id=member_id,
        language="fa",
        calendar="jalali",
        join_step=JoinStep.TERMS,
        agreed_at=None,
        promotions=None,
        tier="member",
        points_earned=0,
        reach=Reach.ACTIVE,
        profile_at=None,
        left_at=None,
        referral_code=f"r_{member_id}",
        source=None,
        external_id=None,
        created_at=NOON,
    )


GUEST = somebody(1)
OWNER = replace(somebody(2), agreed_at=NOON)


def test_a_newcomer_with_a_members_code_counts() -> None:
    may_be_referred(GUEST, None, OWNER, [3, 4])


@pytest.mark.parametrize(
    ("guest", "came_with", "owner", "chain", "refusal"),
    [
        (GUEST, None, None, [], UnknownCode),
        (GUEST, None, replace(OWNER, left_at=NOON), [], UnknownCode),
        (GUEST, None, GUEST, [], OwnCode),
        (replace(GUEST, agreed_at=NOON), None, OWNER, [], AlreadyMember),
        (replace(GUEST, source="till"), None, OWNER, [], AlreadyMember),
        (GUEST, "r_9", OWNER, [], InvitedAlready),
        (GUEST, None, OWNER, [1], InvitedInRing),
        (GUEST, None, OWNER, [3, 1], InvitedInRing),
    ],
)
def test_others_are_refused_with_the_reason(
    guest: Member,
    came_with: str | None,
    owner: Member | None,
    chain: Sequence[int],
    refusal: type[ClubError],
) -> None:
    with pytest.raises(refusal):
        may_be_referred(guest, came_with, owner, chain)


@pytest.mark.parametrize("on", REFERRALS)
def test_invitations_are_offered_where_a_rule_waits_for_friends(on: Trigger) -> None:
    assert not is_offered(PROGRAMME)
    offering = inviting(PROGRAMME, 5, 0, on)
    assert is_offered(offering)
    assert offering.friends == on
    assert (offering.brings(on, "inviter"), offering.brings(on, "friend")) == (5, 0)
