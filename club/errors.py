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


class AlreadyReviewed(ClubError):
    """The purchase was reviewed before; what was said then stays."""

    code = "already_reviewed"


class AlreadyAnswered(ClubError):
    """The member has answered this survey, or its question, already."""

    code = "already_answered"


class BadAmount(ClubError):
    """The amount of money cannot be read."""

    code = "bad_amount"


class BadBirthday(ClubError):
    """The birthday cannot be read, or there is no such day."""

    code = "bad_birthday"


class BadCode(ClubError):
    """The code is unknown, used up or too old."""

    code = "bad_code"


class BadGenre(ClubError):
    """The programme knows no such genre."""

    code = "bad_genre"


class BadMemberNumber(ClubError):
    """The number is no member number: a digit is wrong."""

    code = "bad_member_number"


class BadPhone(ClubError):
    """The phone number cannot be read."""

    code = "bad_phone"


class BadPoints(ClubError):
    """The number of points cannot be read."""

    code = "bad_points"


class BadSpan(ClubError):
    """The stretch of time cannot be read, or is none to travel."""

    code = "bad_span"


class BadAnswer(ClubError):
    """The answer to a survey's question is none of its choices."""

    code = "bad_answer"


class BadSurvey(ClubError):
    """The file defines no survey; its faults stand in it by line."""

    code = "bad_survey"


class CodeExpired(ClubError):
    """The claim code is too old or was tried too often."""

    code = "code_expired"


class CommandIncomplete(ClubError):
    """The command lacks a part; the words show how it is done right."""

    code = "command_incomplete"


class ForeignContact(ClubError):
    """The contact that was shared is somebody else's."""

    code = "foreign_contact"


class InvitedAlready(ClubError):
    """The person came with another friend's code; the first one counts."""

    code = "invited_already"


class InvitedInRing(ClubError):
    """The friend was brought by the very person who now comes with their code."""

    code = "invited_in_ring"


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


class NoText(ClubError):
    """A text was asked for, and something else came."""

    code = "no_text"


class AmbiguousCustomer(ClubError):
    """More than one customer is known by that number."""

    code = "ambiguous_customer"


class OwnCode(ClubError):
    """The code is the person's own: nobody invites themself."""

    code = "own_code"


class PhoneTaken(ClubError):
    """The phone number belongs to another member."""

    code = "phone_taken"


class AlreadyMember(ClubError):
    """The person is a member already; the code belongs to somebody new."""

    code = "already_member"


class PressExpired(ClubError):
    """The button is too old, was meant for somebody else, or was used already."""

    code = "press_expired"


class TooLong(ClubError):
    """The text is longer than the messenger carries."""

    code = "too_long"


class UndoTooLate(ClubError):
    """The time in which a cashier may undo a purchase is over."""

    code = "undo_too_late"


class UnknownCode(ClubError):
    """No member invites friends with this code, or no longer."""

    code = "unknown_code"


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


class BadReceipt(ClubError):
    """The receipt's number cannot be read, or there are two of them."""

    code = "bad_receipt"


class LastOwner(ClubError):
    """The club would be left without an owner."""

    code = "last_owner"


class NotAPerson(ClubError):
    """A bot, a channel or an anonymous admin cannot be staff."""

    code = "not_a_person"


class SurveyClosed(ClubError):
    """The survey's last day is over."""

    code = "survey_closed"


class TimeStandsFast(ClubError):
    """Club time moves ahead in trials only, and this club's settings name none."""

    code = "time_stands_fast"


class UnderWay(ClubError):
    """Club time is being moved already."""

    code = "under_way"
