"""The day's first visit, on the edges of the local day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from club.members import JoinStep, Member
from club.visits import counts, day_number, streak_with
from tests.club.test_referral import somebody
from tests.rules import rule, with_rules
from tests.services.bookkeeping import PROGRAMME

MIDNIGHT = datetime(2025, 10, 4, 20, 30, tzinfo=UTC)  # In Tehran.
SECOND = timedelta(seconds=1)
OPEN = with_rules(PROGRAMME, rule("visit", "visit", points=1), instead_of=("visit",))
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
    assert counts(member, OPEN, at) is brings
    assert not counts(member, PROGRAMME, at), "left out it is off"


@pytest.mark.parametrize(("last", "streak"), [(-1, 4), (-2, 1), (-7, 1), (None, 1)])
def test_a_streak_is_of_days_in_a_row(last: int | None, streak: int) -> None:
    came = replace(SARA, streak=3, visited_on=None if last is None else TODAY + last)
    assert streak_with(came, TODAY) == streak
