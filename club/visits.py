"""Opening the club: once a day, and on how many days in a row."""

from datetime import datetime

from club.calendar import local_day
from club.members import JoinStep, Member
from club.programme import Programme


def day_number(at: datetime, programme: Programme) -> int:
    """The local day as a number, to be kept and compared."""
    return local_day(at, programme.zone).toordinal()


def counts(member: Member, programme: Programme, at: datetime) -> bool:
    """Whether this is the day's first visit of somebody who joined on an earlier day."""
    matters = programme.offers("visit", "streak") or "visit" in programme.expiry.extended_by
    if member.agreed_at is None or not member.joined or not matters:
        return False
    today = day_number(at, programme)
    return (
        member.join_step is JoinStep.DONE
        and day_number(member.agreed_at, programme) < today
        and (member.visited_on is None or member.visited_on < today)
    )


def streak_with(member: Member, today: int) -> int:
    """On how many local days in a row the member was here, this one included."""
    return member.streak + 1 if member.visited_on == today - 1 else 1
