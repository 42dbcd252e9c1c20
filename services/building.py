"""The rooms of the club's services, each built on one database."""

from collections.abc import Callable
from datetime import datetime

from club.programme import Programme
from services import Services
from services.adjustments import Adjustments
from services.birthdays import Birthdays
from services.campaigns import Campaigns
from services.dialogues import Dialogues
from services.disputes import Disputes
from services.drafts import Drafts
from services.events import Events
from services.gifts import Gifts
from services.holds import Holds
from services.joining import Joining
from services.members import Members
from services.merges import Merges
from services.missions import Missions
from services.points import Points
from services.profile import Profile
from services.purchases import Purchases
from services.referral import Referrals
from services.refunds import Refunds
from services.replies import Replies
from services.reviews import Reviews
from services.spending import Spending
from services.staff import StaffRoom
from services.surveys import Surveys
from services.tags import Tags
from services.ticks import Ticks
from services.tiers import Tiers
from services.travel import Travel, TravellingClock
from services.visits import Visits
from storage.db import Database
from storage.vault import Vault


def build(
    db: Database,
    vault: Vault,
    programme: Programme,
    clock: TravellingClock,
    machine_time: Callable[[], datetime],
    *,
    time_travel: bool,
    sends_per_second: int,
) -> Services:
    """All that the doors may call."""
    four = (db, vault, programme, clock.club_time)
    surveys = Surveys(*four, sends_per_second=sends_per_second)
    ticks = Ticks(db, programme, clock.club_time, machine_time)
    return Services(
        adjustments=Adjustments(*four),
        birthdays=Birthdays(*four),
        campaigns=Campaigns(*four, sends_per_second=sends_per_second),
        dialogues=Dialogues(db, vault, machine_time),
        disputes=Disputes(*four),
        drafts=Drafts(*four, sends_per_second=sends_per_second),
        events=Events(*four),
        gifts=Gifts(*four),
        holds=Holds(*four),
        joining=Joining(*four),
        members=Members(*four, machine_time),
        merges=Merges(*four),
        missions=Missions(db, programme, clock.club_time),
        points=Points(*four),
        profile=Profile(*four),
        purchases=Purchases(*four),
        referral=Referrals(*four),
        refunds=Refunds(*four),
        reviews=Reviews(*four),
        replies=Replies(*four, surveys.touch),
        spending=Spending(*four),
        staff=StaffRoom(db, vault, clock.club_time, machine_time),
        surveys=surveys,
        tags=Tags(*four),
        ticks=ticks,
        tiers=Tiers(*four),
        travel=Travel(db, ticks, clock, machine_time, allowed=time_travel),
        visits=Visits(db, programme, clock.club_time),
    )
