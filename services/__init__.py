"""What the club can do: one class a subject, one method an action, one transaction each."""

from dataclasses import dataclass

from services.birthdays import Birthdays
from services.campaigns import Campaigns
from services.dialogues import Dialogues
from services.drafts import Drafts
from services.joining import Joining
from services.members import Members
from services.merges import Merges
from services.points import Points
from services.profile import Profile
from services.purchases import Purchases
from services.referral import Referrals
from services.refunds import Refunds
from services.replies import Replies
from services.reviews import Reviews
from services.staff import StaffRoom
from services.surveys import Surveys
from services.tags import Tags
from services.ticks import Ticks
from services.travel import Travel
from services.visits import Visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All that the doors may call."""

    birthdays: Birthdays
    campaigns: Campaigns
    dialogues: Dialogues
    drafts: Drafts
    joining: Joining
    members: Members
    merges: Merges
    points: Points
    profile: Profile
    purchases: Purchases
    referral: Referrals
    refunds: Refunds
    reviews: Reviews
    replies: Replies
    staff: StaffRoom
    surveys: Surveys
    tags: Tags
    ticks: Ticks
    travel: Travel
    visits: Visits
