"""The one list of facts that messages may use: a name has one meaning in the whole house.

A new fact is one line in _SINGLE, below: its name, its meaning, a usual value, the longest allowed.
What a row of a list carries are facts too, under the same names; lists stand in _LISTS.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from club.money import MAX_MINOR, Money

HOSTILE = "<b>&\"'\u202e</code>{{ x }} 😀"  # A person may be called anything.
MAX_POINTS = 9_999_999_999
MAX_NUMBER = 9_999_999_999
NEVER: frozenset[str] = frozenset()  # It chooses sentences and is not printed.


@dataclass(frozen=True, slots=True)
class Fact:
    """What a name stands for in every message, and how it may be printed."""

    name: str
    meaning: str
    usual: object
    longest: object
    sparsest: object
    filters: frozenset[str] | None = None  # One must come first; empty: never printed; None: any.

    def or_none(self) -> "Fact":
        """The same fact where it may be missing: templates ask `{% if … %}` before they use it."""
        return replace(self, sparsest=None)


def text(name: str, meaning: str, usual: str, longest: int | str) -> Fact:
    """Words from outside: a length stands for hostile words of that length."""
    if isinstance(longest, int):
        longest = (HOSTILE + "Wq" * longest)[:longest]
    return Fact(name, meaning, usual, longest, usual)


def points(name: str, meaning: str, usual: int = 120) -> Fact:
    """Whole points; the filter names the unit."""
    return Fact(name, meaning, usual, MAX_POINTS, 0, frozenset({"points"}))


def number(name: str, meaning: str, usual: int, longest: int = MAX_NUMBER) -> Fact:
    """How many of something the sentence names."""
    return Fact(name, meaning, usual, longest, 0, frozenset({"number", "signed", "counted"}))


def money(name: str, meaning: str) -> Fact:
    """An amount with its currency."""
    usual, longest = Money(250_000, "IRT"), Money(MAX_MINOR - 1, "IRT")
    return Fact(name, meaning, usual, longest, Money(0, "IRT"), frozenset({"money"}))


def moment(name: str, meaning: str) -> Fact:
    """A day or a moment."""
    usual = datetime(2025, 10, 4, 11, 0, tzinfo=UTC)
    longest = datetime(2026, 5, 20, 20, 59, tzinfo=UTC)
    return Fact(name, meaning, usual, longest, usual, frozenset({"date", "datetime"}))


def code(name: str, meaning: str, usual: str, longest: int) -> Fact:
    """ASCII to tap and copy."""
    return Fact(name, meaning, usual, ("W-7&" * longest)[:longest], usual, frozenset({"code"}))


def written(name: str, meaning: str, usual: str, longest: int) -> Fact:
    """What staff wrote and members read as it is."""
    filled = (HOSTILE + " متن" * longest)[:longest]
    return Fact(name, meaning, usual, filled, usual, frozenset({"verbatim"}))


def truth(name: str, meaning: str) -> Fact:
    """Yes or no: it chooses sentences and is never printed."""
    return Fact(name, meaning, True, True, False, frozenset())


def names(name: str, meaning: str, usual: tuple[str, ...], longest: int, most: int) -> Fact:
    """Several words from outside."""
    each = (HOSTILE + "Wq" * longest)[:longest]
    return Fact(name, meaning, usual, (each,) * most, (), frozenset({"listed", "length"}))


def rows(name: str, meaning: str, of: tuple[Fact, ...], most: int) -> Fact:
    """A page of at most `most` rows; each carries the facts `of` and is walked with `for`."""
    samples: list[Mapping[str, object]] = [
        MappingProxyType({fact.name: getattr(fact, size) for fact in of})
        for size in ("usual", "sparsest", "longest")
    ]
    usual, longest = tuple(samples[:2]), (samples[2],) * most
    return Fact(name, meaning, usual, longest, (), frozenset({"length"}))


_SINGLE = (
    text("name", "what a person calls themself", "Sara سارا", 64),
    text("tier", "the name of a tier", "نقره‌ای", 40),
    text("next_tier", "the tier above, if there is one", "Gold", 40).or_none(),
    text("title", "the title of a book, film or record", "Toy Story (1995)", 120),
    text("reason", "why points moved, in words", "هر ۱۰۰٬۰۰۰ تومان", 120),
    text("text", "what a person typed", "۱۲الف", 64),
    text("club", "what the club is called", "باشگاه کتاب‌خوان‌ها", 40),
    text(
        "url", "an address to open", "https://t.me/bashgah_bot?start=c_9Xk2", "https://" + "w" * 248
    ),
    names("genres", "names of genres", ("فانتزی", "Sci-Fi"), 40, 40),
    names("genres_all", "tags of which all are asked", ("فانتزی", "vip"), 40, 9),
    names("genres_none", "tags of which none may be there", ("vip", "Crime"), 40, 9),
    names("tiers_meant", "tiers for which something is", ("نقره‌ای", "Gold"), 40, 12),
    names("tags", "all tags of a member", ("فانتزی", "vip"), 40, 40),
    names("sample_names", "some of those who are meant", ("Sara", "علی"), 64, 3),
    text("tag", "a tag that staff give", "vip", 40),
    names("tiers", "the ladder's steps, lowest first", ("عضو", "Silver"), 40, 12),
    text("genre", "the name of a genre", "فانتزی", 40),
    text("survey", "what a survey is called", "کتاب‌فروشی شما", 60),
    text("question", "what a survey asks", "بیشتر کجا کتاب می‌خرید؟", 200),
    text("choice", "one of the choices of a question", "In a bookshop", 40),
    names("choices", "all choices of a question", ("بله", "نه"), 40, 8),
    names("chosen", "the choices that a member took", ("اینترنتی", "Online"), 40, 8),
    written("opinion", "what somebody answered in words", "خیلی خوب بود", 700),
    written("answer_text", "what a member answered in words", "خیلی خوب بود", 700).or_none(),
    text(
        "birthday", "a day of the year in words, perhaps with its year", "۱۵ مهر ۱۳۷۰", 32
    ).or_none(),
    points("points", "the points this message is about"),
    points("balance", "points that can be spent now", 1_340),
    points("waiting", "points booked that become active later"),
    points("missing_points", "points that the next tier still needs", 160),
    points("next_points", "what expires first", 80),
    points("points_earned", "points ever earned, which tiers count", 340),
    points("rate_points", "what a purchase brings for every `per`", 10),
    points("typical_points", "what the typical purchase would bring", 25),
    points("bonus", "what a completed profile brings, or just brought", 5),
    points("points_inviter", "what a friend brings to who invited them", 5),
    points("points_friend", "what a friend gets for coming by an invitation", 5),
    points("birthday_points", "what a birthday brings", 5),
    points("review_points", "what a review of a purchase brings", 5),
    points("visit_points", "what opening the club brings, once a day", 1),
    points("today_points", "what opening the club brought today", 1),
    number("count", "how many of what the sentence names", 3),
    number("minutes", "a length of time", 15, 1_440),
    number("days", "a length of time", 30, 3_650),
    number("fallbacks", "readers for whom there is no text in their language", 7),
    number("bought_days", "so lately somebody bought", 30, 3_650).or_none(),
    number("quiet_days", "so long nobody bought", 90, 3_650).or_none(),
    number("number", "the number of a stored update", 4711),
    number("attempts", "how often something was tried", 8, 100),
    code(
        "fault",
        "what went wrong, in the program's words",
        "OperationalError at storage/db.py:42",
        120,
    ),
    number("limit", "the most that is allowed", 20),
    number("months", "how long points live; 0 is for ever", 12, 1_200),
    number("page", "the page that is shown, from 1", 2),
    number("pages", "how many pages there are", 7),
    number("sent", "letters of a campaign that arrived", 120),
    number("unreachable", "letters of a campaign to people who cannot be reached", 3),
    number("failed", "letters of a campaign that the messenger refused", 1),
    number("unknown", "letters of a campaign that may have arrived", 1),
    number("letters", "all letters of a campaign", 125),
    number("waiting_letters", "letters of a campaign that wait", 7),
    written("promotion", "what staff wrote for a campaign", "کتاب‌های تازه رسید", 3500),
    written("review", "what a member wrote about a purchase", "خیلی زود رسید", 1_000).or_none(),
    number("stars", "how good a purchase was, from 1 to 5", 4, 5),
    number("survey_number", "the number of a survey", 3),
    number("begun", "members who began to answer a survey", 40),
    number("answered", "members who answered all of a survey", 31),
    number("taken", "how often a choice was taken", 12),
    number("line", "a line of a file, from 1; 0 is the file as a whole", 12, 65_536),
    code("place", "where in a file something is wrong", "questions.2.text", 40),
    code("sample", "how a line of a file is written right", "points = 10", 120),
    money("amount", "the money this message is about"),
    money("per", "the money for which a purchase brings rate_points"),
    money("typical_amount", "the purchase that the card takes as its example"),
    moment("at", "when it happened"),
    moment("joined_at", "when the member agreed to the terms").or_none(),
    moment("expires_at", "the last moment of something"),
    moment("starts_at", "when a campaign starts, if not at once").or_none(),
    moment("now", "what the club's clock shows"),
    moment("until", "where the club's clock is being moved to"),
    code("member_number", "the number on the card", "10004237", 15),
    code("customer_number", "the number of a customer from before the club", "10004245", 15),
    code("receipt", "the receipt's number at the till", "R-2041", 64).or_none(),
    code("phone", "a phone, or what a role may see of it", "+989121234567", 16).or_none(),
    code("code", "a code to type or show", "9Xk2-77QM", 64),
    truth("jalali", "whether dates are shown in the Jalali calendar"),
    truth("promotions", "whether the member wants promotions"),
    truth("has_phone", "whether a phone is kept"),
    truth("by_phone", "whether a phone told who somebody is; else a link did"),
    truth("at_purchase", "whether a friend is rewarded at the first purchase; else at joining"),
    truth("bought", "whether a friend has made a purchase"),
    truth("has_text", "whether a campaign says something yet"),
    truth("closed", "whether a survey is over"),
    truth("repeated", "whether it had been booked before"),
    truth("tier_reached", "whether this lifted the member to the tier"),
    Fact("role", "a Role of staff", "cashier", "manager", "owner", NEVER),
    Fact("reach", "a Reach of a member", "active", "never_started", "blocked", NEVER),
    Fact("language_meant", "the one language for whose readers it is", "fa", "en", None, NEVER),
    Fact("question_kind", "how a question is answered", "several", "rating", "text", NEVER),
    Fact("problem", "what is wrong in a survey's file", "missing", "not_toml", "long", NEVER),
    Fact("command", "the command that lacks a part", "purchase", "staff", "claim", NEVER),
    Fact("kind", "why points moved: a Reason of the book", "purchase", "adjust", "profile", NEVER),
)


def by_name(facts: Iterable[Fact]) -> dict[str, Fact]:
    """The facts by their names, of which no two are the same."""
    found: dict[str, Fact] = {}
    for fact in facts:
        assert fact.name not in found, f"{fact.name} has a meaning already: use that, or rename"
        found[fact.name] = fact
    return found


def _of(*names: str) -> tuple[Fact, ...]:
    return tuple(by_name(_SINGLE)[name] for name in names)


_MOVE = (
    *_of("points", "kind", "at"),
    *(fact.or_none() for fact in _of("amount", "reason")),
)
_FRIEND = _of("name", "at", "bought", "points")
_FAULT = _of("line", "place", "problem", "sample", "limit")
_QUESTION = _of("question", "question_kind", "choices")
_LISTS = (
    rows("faults", "what is wrong in a survey's file", _FAULT, 12),
    rows("questions", "some of a survey's questions", _QUESTION, 6),
    rows("tallies", "how often each choice was taken", _of("choice", "taken"), 8),
    rows("texts", "a page of answers in words", _of("opinion"), 5),
    rows("friends", "a page of those who joined by a member's link", _FRIEND, 8),
    rows("moves", "a page of a member's moves of points", _MOVE, 10),
    rows("colleagues", "those who have a role", _of("name", "role"), 40),
)

FACTS: Mapping[str, Fact] = MappingProxyType(by_name((*_SINGLE, *_LISTS)))
