"""Every refusal of the club: what a person can cause, with the facts that explain it."""

from typing import ClassVar


class ClubError(Exception):
    """The club refuses, and says why."""

    code: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(f"{type(self).__doc__} {facts or ''}".strip())


class AmountTooLarge(ClubError):
    """The amount would bring more points than one purchase may: a zero too many."""

    code = "amount_too_large"


class AlreadyRefunded(ClubError):
    """All of the purchase was given back before."""

    code = "already_refunded"


class AlreadyReviewed(ClubError):
    """The purchase was reviewed before; what was said then stays."""

    code = "already_reviewed"


class AlreadyAnswered(ClubError):
    """The member has answered this survey, or its question, already."""

    code = "already_answered"


class CodeExpired(ClubError):
    """The claim code is too old or was tried too often."""

    code = "code_expired"


class ForeignContact(ClubError):
    """The contact that was shared is somebody else's."""

    code = "foreign_contact"


class InvitedAlready(ClubError):
    """The person came with another friend's code; the first one counts."""

    code = "invited_already"


class InvitedInRing(ClubError):
    """The friend was brought by the very person who now comes with their code."""

    code = "invited_in_ring"


class GiftTooLarge(ClubError):
    """Nobody gives away so many points in one day."""

    code = "gift_too_large"


class GiftTooSmall(ClubError):
    """The gift is smaller than the programme allows."""

    code = "gift_too_small"


class KeyReused(ClubError):
    """The key was used before with other facts; what was booked stays."""

    code = "key_reused"


class MemberHasLeft(ClubError):
    """The member has left the club."""

    code = "member_has_left"


class NotAMember(ClubError):
    """The person has not joined yet."""

    code = "not_a_member"


class NotAllowed(ClubError):
    """The person's role does not allow this."""

    code = "not_allowed"


class NotEnoughPoints(ClubError):
    """The member has fewer points than this costs."""

    code = "not_enough_points"


class NothingToReview(ClubError):
    """The member has no purchase that waits for a review."""

    code = "nothing_to_review"


class NotOffered(ClubError):
    """The programme of this club does not have this."""

    code = "not_offered"


class NotStaff(ClubError):
    """The person has no role in the staff group."""

    code = "not_staff"


class AmbiguousCustomer(ClubError):
    """More than one customer is known by that number."""

    code = "ambiguous_customer"


class OwnNumber(ClubError):
    """The number is the person's own: nobody gives points to themself."""

    code = "own_number"


class OwnCode(ClubError):
    """The code is the person's own: nobody invites themself."""

    code = "own_code"


class PhoneTaken(ClubError):
    """The phone number belongs to another member."""

    code = "phone_taken"


class AlreadyMember(ClubError):
    """The person is a member already; the code belongs to somebody new."""

    code = "already_member"


class PaidTooMuch(ClubError):
    """The points are worth more than the order that they should pay."""

    code = "paid_too_much"


class PressExpired(ClubError):
    """The button is too old, was meant for somebody else, or was used already."""

    code = "press_expired"


class UnknownReceipt(ClubError):
    """No purchase has this receipt."""

    code = "unknown_receipt"


class NothingToRefund(ClubError):
    """The member has no purchase of which anything could be given back."""

    code = "nothing_to_refund"


class RefundTooLarge(ClubError):
    """More is to be given back than is left of the purchase."""

    code = "refund_too_large"


class UndoTooLate(ClubError):
    """The time in which a cashier may undo a purchase is over."""

    code = "undo_too_late"


class UnknownCode(ClubError):
    """No member invites friends with this code, or no longer."""

    code = "unknown_code"


class UnknownEvent(ClubError):
    """The programme knows no such event."""

    code = "unknown_event"


class UnknownMember(ClubError):
    """No member has this number or phone."""

    code = "unknown_member"


class AnonymousSender(ClubError):
    """The message hides who wrote it: an anonymous admin or a channel."""

    code = "anonymous_sender"


class EditedMessage(ClubError):
    """A command that was edited; only what is sent anew counts."""

    code = "edited_message"


class ForwardedMessage(ClubError):
    """A command that was forwarded; it counts only from who types it."""

    code = "forwarded_message"


class OtherGroup(ClubError):
    """This is not the club's staff group."""

    code = "other_group"


class LastOwner(ClubError):
    """The club would be left without an owner."""

    code = "last_owner"


class NotAPerson(ClubError):
    """A bot, a channel or an anonymous admin cannot be staff."""

    code = "not_a_person"


class SecondPersonNeeded(ClubError):
    """Whoever asked for something that takes two cannot be the one who confirms it."""

    code = "second_person_needed"


class SurveyClosed(ClubError):
    """The survey's last day is over."""

    code = "survey_closed"


class TimeStandsFast(ClubError):
    """Club time moves ahead in trials only, and this club's settings name none."""

    code = "time_stands_fast"


class UnderWay(ClubError):
    """Club time is being moved already."""

    code = "under_way"
