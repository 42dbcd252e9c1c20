"""What a person typed or sent cannot be read; each says how it is written right."""

from club.errors import ClubError


class BadAmount(ClubError):
    """The amount of money cannot be read."""

    code = "bad_amount"


class BadAnswer(ClubError):
    """The answer to a survey's question is none of its choices."""

    code = "bad_answer"


class BadBirthday(ClubError):
    """The birthday cannot be read, or there is no such day."""

    code = "bad_birthday"


class BadCode(ClubError):
    """The code is unknown, used up or too old."""

    code = "bad_code"


class BadGenre(ClubError):
    """The programme knows no such genre."""

    code = "bad_genre"


class BadLine(ClubError):
    """A line of an order cannot be read."""

    code = "bad_line"


class BadMark(ClubError):
    """What stands behind a mark of an order (shop, payment, discount, points) cannot be read."""

    code = "bad_mark"


class BadMemberNumber(ClubError):
    """The number is no member number: a digit is wrong."""

    code = "bad_member_number"


class BadPhone(ClubError):
    """The phone number cannot be read."""

    code = "bad_phone"


class BadPoints(ClubError):
    """The number of points cannot be read."""

    code = "bad_points"


class BadReceipt(ClubError):
    """The receipt's number cannot be read, or there are two of them."""

    code = "bad_receipt"


class BadSpan(ClubError):
    """The stretch of time cannot be read, or is none to travel."""

    code = "bad_span"


class BadSurvey(ClubError):
    """The file defines no survey; its faults stand in it by line."""

    code = "bad_survey"


class BadTier(ClubError):
    """No ladder has such a tier."""

    code = "bad_tier"


class CommandIncomplete(ClubError):
    """The command lacks a part; the words show how it is done right."""

    code = "command_incomplete"


class LinesDiffer(ClubError):
    """The lines of an order make another sum than its amount."""

    code = "lines_differ"


class NoText(ClubError):
    """A text was asked for, and something else came."""

    code = "no_text"


class TooLong(ClubError):
    """The text is longer than the messenger carries."""

    code = "too_long"
