"""What the club can do: one class a subject, one method an action, one transaction each."""

from dataclasses import dataclass

from services.campaigns import Campaigns
from services.dialogues import Dialogues
from services.joining import Joining
from services.members import Members
from services.points import Points
from services.profile import Profile
from services.purchases import Purchases
from services.refunds import Refunds
from services.staff import StaffRoom
from services.ticks import Ticks
from services.travel import Travel


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All that the doors may call."""

    campaigns: Campaigns
    dialogues: Dialogues
    joining: Joining
    members: Members
    points: Points
    profile: Profile
    purchases: Purchases
    refunds: Refunds
    staff: StaffRoom
    ticks: Ticks
    travel: Travel
