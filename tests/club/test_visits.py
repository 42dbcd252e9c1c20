"""The day's first visit, on the edges of the local day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from club.members import JoinStep, Member
from club.programme import Visit
from club.visits import brings_point, day_number, points_today
from tests.club.test_referral import somebody
from tests.services.bookkeeping import PROGRAMME

MIDNIGHT = datetime(2025, 10, 4, 20, 30, tzinfo=UTC)  # In Tehran.
SECOND = timedelta(seconds=1)
OPEN = PROGRAMME.model_copy(update={"visit": Visit(points=1)})
TODAY = day_number(MIDNIGHT, OPEN)
SARA = replace(somebody(1), agreed_at=MIDNIGHT - SECOND, join_step=JoinStep.DONE)


@pytest.mark.parametrize(
    ("member", "at", "brings"),
    [
        (SARA, MIDNIGHT - SECOND, False),  # The day of joining has its own reward.
        (SARA, MIDNIGHT, True),
        (replace(SARA, visited_on=TODAY), MIDNIGHT + timedelta(hours=23, minutes=59), False),
        (replace(SARA, visited_on=TODAY), MIDNIGHT + timedelta(days=1), True),
        (replace(SARA, join_step=JoinStep.PHONE), MIDNIGHT, False),
        (replace(SARA, left_at=MIDNIGHT), MIDNIGHT, False),
    ],
)
def test_the_first_visit_of_a_later_day_brings_a_point(
    member: Member, at: datetime, brings: bool
) -> None:
    assert brings_point(member, OPEN, at) is brings
    assert not brings_point(member, PROGRAMME, at), "left out it is off"


def test_what_today_brought_is_told_today() -> None:
    assert points_today(SARA, OPEN, MIDNIGHT) == 0
    came = replace(SARA, visited_on=TODAY)
    assert points_today(came, OPEN, MIDNIGHT) == 1
    assert points_today(came, OPEN, MIDNIGHT + timedelta(days=1)) == 0
