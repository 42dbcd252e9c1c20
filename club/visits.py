"""The point for opening the club, once a day."""

from datetime import datetime

from club.calendar import local_day
from club.members import JoinStep, Member
from club.programme import Programme


def day_number(at: datetime, programme: Programme) -> int:
    """The local day as a number, to be kept and compared."""
    return local_day(at, programme.zone).toordinal()


def brings_point(member: Member, programme: Programme, at: datetime) -> bool:
    """Whether this is the day's first visit of somebody who joined on an earlier day."""
    if programme.visit is None or member.agreed_at is None or not member.joined:
        return False
    today = day_number(at, programme)
    return (
        member.join_step is JoinStep.DONE
        and day_number(member.agreed_at, programme) < today
        and (member.visited_on is None or member.visited_on < today)
    )


def points_today(member: Member, programme: Programme, at: datetime) -> int:
    """What today's visit brought."""
    if programme.visit is None or member.visited_on != day_number(at, programme):
        return 0
    return programme.visit.points
