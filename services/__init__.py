"""What the club can do: one class a subject, one method an action, one transaction each."""

from dataclasses import dataclass

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
from services.travel import Travel
from services.visits import Visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All that the doors may call."""

    adjustments: Adjustments
    birthdays: Birthdays
    campaigns: Campaigns
    dialogues: Dialogues
    disputes: Disputes
    drafts: Drafts
    events: Events
    gifts: Gifts
    holds: Holds
    joining: Joining
    members: Members
    merges: Merges
    missions: Missions
    points: Points
    profile: Profile
    purchases: Purchases
    referral: Referrals
    refunds: Refunds
    reviews: Reviews
    replies: Replies
    spending: Spending
    staff: StaffRoom
    surveys: Surveys
    tags: Tags
    ticks: Ticks
    tiers: Tiers
    travel: Travel
    visits: Visits
