"""The one list of facts that messages may use: a name has one meaning in the whole house.

A new fact is one line in _SINGLE, below: its name, its meaning, a usual value, the longest allowed.
What a row of a list carries are facts too, under the same names; lists stand in _LISTS.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from templates.campaign_facts import CAMPAIGN_FACTS, CAMPAIGN_LISTS
from templates.kinds import (
    NEVER,
    Fact,
    code,
    moment,
    money,
    names,
    number,
    points,
    rows,
    text,
    truth,
    written,
)

_SINGLE = (
    text("name", "what a person calls themself", "Sara سارا", 64),
    text("tier", "the name of a tier", "نقره‌ای", 40),
    text("next_tier", "the tier above, if there is one", "Gold", 40).or_none(),
    text("rule", "the name of the rule that gave points", "خرید", 40).or_none(),
    text("shop", "where something was bought, as staff say it", "valiasr", 40).or_none(),
    text("payment", "how something was paid, as staff say it", "card", 40).or_none(),
    text("event", "the key of an event", "quiz-night", 20).or_none(),
    names("events", "events that staff may record", ("quiz-night", "reading"), 20, 40),
    text("reward", "the name of what brought points", "سه خرید در ماه", 40),
    text("ladder", "what a ladder is called", "خواننده‌ها", 40),
    text("tier_before", "the tier on which somebody stood before", "Gold", 40),
    text("falls_to", "the tier to which a member falls if nothing changes", "Silver", 40).or_none(),
    text("falling", "the tier that falls first if nothing changes", "Gold", 40).or_none(),
    names("other_tiers", "a member's tiers on the other ladders", ("VIP", "یار"), 40, 3),
    text("floor", "the tier below which a member does not fall", "نقره‌ای", 40).or_none(),
    text("benefit", "what a tier brings, in words", "ارسال رایگان", 80).or_none(),
    names("tier_keys", "the keys by which staff name tiers", ("silver", "vip"), 20, 48),
    text("title", "the title of a book, film or record", "Toy Story (1995)", 120),
    text("reason", "why points moved, in words", "هر ۱۰۰٬۰۰۰ تومان", 120),
    text("text", "what a person typed", "۱۲الف", 64),
    text("club", "what the club is called", "باشگاه کتاب‌خوان‌ها", 40),
    text("note", "what points were spent for, if that was told", "کتاب هدیه", 120).or_none(),
    text("colleague", "who of the staff it was", "مینا", 64),
    text("asked_by", "who asked for it, where it took two", "مینا", 64).or_none(),
    text("confirmed_by", "who confirmed it, where it took two", "Reza", 64).or_none(),
    text(
        "url", "an address to open", "https://t.me/bashgah_bot?start=c_9Xk2", "https://" + "w" * 248
    ),
    names("genres", "names of genres", ("فانتزی", "Sci-Fi"), 40, 40),
    names("genres_all", "tags of which all are asked", ("فانتزی", "vip"), 40, 9),
    names("genres_none", "tags of which none may be there", ("vip", "Crime"), 40, 9),
    names("tiers_meant", "tiers for which something is", ("نقره‌ای", "Gold"), 40, 12),
    names("tags", "all tags of a member", ("فانتزی", "vip"), 40, 40),
    text("tag", "a tag that staff give", "vip", 40),
    names("more_ladders", "the ladders after the first", ("خواننده‌ها", "Friends"), 40, 3),
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
    points("each_points", "what a rule gives for each", 5),
    points("base_points", "what earlier rules gave to the items of a multiplier", 40),
    points("result_points", "what a rule works out before any limit"),
    points("limit_points", "what a rule gives at most", 100),
    points("used_points", "what a rule had given before", 60),
    points("left_points", "what a limit left", 40),
    points("points_spent", "points that paid a part of a purchase", 50),
    points("waiting_points", "of what waits, what becomes active first", 25),
    points("lost", "points set aside that expired before they were given back", 12),
    points("held", "points set aside until they are spent or given back", 500),
    points("least", "the fewest points that may be given", 10),
    points("most", "the most points that are allowed", 500),
    points("left", "how many points may still be given today", 380),
    points("owed", "points that a refund did not find and noted as debt", 45),
    points("earned", "points just got, out of which a debt is paid", 60),
    points("whole_points", "points that rested on a purchase, or paid for it", 60),
    points("share_points", "what of these goes with a part that is given back", 20),
    points("debt", "points that a member owes in all", 45),
    points("repaid", "of what was given, what paid a debt", 45),
    points("returned", "points spent on a purchase that came back", 30),
    points("waiting", "points booked that become active later"),
    points("missing_points", "points that the next tier still needs", 160),
    number("missing_purchases", "purchases that the next tier still needs", 3).or_none(),
    number("missing_score", "what a score needs for the next tier", 12, 100).or_none(),
    points("keeps_points", "points that keep a tier which would fall", 160),
    number("keeps_purchases", "purchases that keep a tier which would fall", 2).or_none(),
    number("keeps_score", "what a weighted score needs to keep a tier", 8, 100).or_none(),
    number("full", "of how many a part of a score is full", 10),
    number("score", "a part of a weighted score", 48, 100),
    number("weight", "what that part brings when it is full", 80, 100),
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
    number("streak_days", "how many days in a row it were", 7, 36_600),
    number("span_days", "how many days a mission has, where it counts days", 10, 3_660),
    number("days", "a length of time", 30, 3_650),
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
    number("pieces", "how many pieces a rule counted", 2),
    number("more_percent", "what a multiplier adds to points, in hundredths", 50, 9_900),
    number("nth", "which of the moves on a page", 3, 8),
    number("done", "how much of a mission's goal is reached", 2),
    number("goal", "what a mission asks for", 3),
    number("limit", "the most that is allowed", 20),
    number("months", "how long points live; 0 where that is not in months", 12, 1_200),
    number("page", "the page that is shown, from 1", 2),
    number("pages", "how many pages there are", 7),
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
    money("given_back", "what of a purchase was given back").or_none(),
    money("total", "what the lines of an order make together"),
    money("discount", "what was taken off a price").or_none(),
    money("done_amount", "how much of a mission's amount is reached"),
    money("goal_amount", "the amount that a mission asks for"),
    money("paid", "what a purchase cost"),
    money("in_money", "what of an amount is money, where points paid a part").or_none(),
    money("left_amount", "what of a purchase is not given back yet"),
    money("per", "the money for which a purchase brings rate_points"),
    money("missing_amount", "for how much the next tier still needs purchases").or_none(),
    money("keeps_amount", "for how much purchases keep a tier which would fall").or_none(),
    money("full_amount", "for how much a part of a score is full").or_none(),
    money("typical_amount", "the purchase that the card takes as its example"),
    moment("at", "when it happened"),
    moment("joined_at", "when the member agreed to the terms").or_none(),
    moment("expires_at", "the last moment of something"),
    moment("active_from", "from when on points can be spent, where they wait").or_none(),
    moment("ends_at", "when the time of a mission is over, where it runs").or_none(),
    moment("falls_on", "the first day on the tier below if nothing changes").or_none(),
    moment("starts_at", "when a campaign starts, if not at once").or_none(),
    moment("now", "what the club's clock shows"),
    moment("until", "where the club's clock is being moved to"),
    moment("silent_from", "since when the messenger wants silence"),
    moment("silent_until", "until when the messenger wants silence"),
    number("letters_held", "letters that wait for the end of a silence", 1_840),
    code("member_number", "the number on the card", "10004237", 15),
    code("customer_number", "the number of a customer from before the club", "10004245", 15),
    code("receipt", "the receipt's number at the till", "R-2041", 64).or_none(),
    code("phone", "a phone, or what a role may see of it", "+989121234567", 16).or_none(),
    code("code", "a code to type or show", "9Xk2-77QM", 64),
    truth("by_points_ever", "whether the first ladder counts all points ever earned"),
    truth("part", "whether a rule looked at some items of an order only"),
    truth("of_tier", "whether the rule is the multiplier of a tier"),
    truth("disputed", "whether the member has said that a move is wrong"),
    truth("settled", "whether staff have looked at a move that was said to be wrong"),
    truth("completed", "whether nothing is left to do of a mission"),
    truth("unrewarded", "whether a mission is reached and its conditions or limits gave nothing"),
    truth("recurring", "whether a mission begins anew"),
    truth("jalali", "whether dates are shown in the Jalali calendar"),
    truth("promotions", "whether the member wants promotions"),
    truth("has_phone", "whether a phone is kept"),
    truth("by_phone", "whether a phone told who somebody is; else a link did"),
    truth("at_purchase", "whether a friend is rewarded at the first purchase; else at joining"),
    truth("bought", "whether a friend has made a purchase"),
    truth("closed", "whether a survey is over"),
    truth("repeated", "whether it had been booked before"),
    truth("gifts", "whether members may give each other points"),
    truth("signed", "whether + or - may stand before the points"),
    truth("tier_reached", "whether this lifted the member to the tier"),
    Fact(
        "lifetime",
        "how points end: a model of expiry, or its period",
        "age",
        "season",
        "never",
        NEVER,
    ),
    Fact("change", "why somebody stands on another tier", "fell", "refunded", "floor", NEVER),
    Fact("portion", "what a part of a score counts", "purchases", "amount", "referrals", NEVER),
    Fact("role", "a Role of staff", "cashier", "manager", "owner", NEVER),
    Fact("reach", "a Reach of a member", "active", "never_started", "blocked", NEVER),
    Fact("language_meant", "the one language for whose readers it is", "fa", "en", None, NEVER),
    Fact("question_kind", "how a question is answered", "several", "rating", "text", NEVER),
    Fact("problem", "what is wrong in a survey's file", "missing", "not_toml", "long", NEVER),
    Fact("command", "the command that lacks a part", "purchase", "staff", "claim", NEVER),
    Fact("how", "how a rule works points out", "rate", "multiplier", None, NEVER),
    Fact("rounding", "which way a rule rounds", "down", "nearest", "up", NEVER),
    Fact("basis", "which amount a rule looks at", "net", "gross", "net", NEVER),
    Fact("span", "the time that a mission has", "month", "season", None, NEVER),
    Fact("cut_of", "for whom the limit is that cut points", "member", "all", None, NEVER),
    Fact("cut_per", "for how long that limit is", "month", "ever", None, NEVER),
    Fact("mission_goal", "what a mission counts", "purchases", "amount", "genres", NEVER),
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
    *_of("nth", "rule", "active_from"),
)
_AWARD = _of("rule", "points")
_MISSION = _of(
    *("reward", "points", "mission_goal", "done", "goal", "done_amount", "goal_amount"),
    *("ends_at", "completed", "recurring", "unrewarded"),
)
_FRIEND = _of("name", "at", "bought", "points")
_FAULT = _of("line", "place", "problem", "sample", "limit")
_QUESTION = _of("question", "question_kind", "choices")
_REWARD = _of("reward", "points")
_BOUGHT = _of("count", "left_amount", "at", "receipt")
_PORTION = (
    *_of("portion", "count", "full", "score", "weight", "full_amount"),
    *(fact.or_none() for fact in _of("amount")),
)
_LEVEL = (
    *_of("ladder", "tier", "next_tier", "falls_to", "falls_on", "floor", "benefit"),
    *_of("missing_points", "missing_amount", "missing_purchases", "missing_score"),
    *_of("keeps_points", "keeps_amount", "keeps_purchases", "keeps_score"),
    rows("portions", "the parts of a weighted score", _PORTION, 4),
)
_CHANGE = (*_of("ladder", "tier", "tier_before", "change", "at"), _of("reason")[0].or_none())
_LISTS = (
    rows("levels", "ladders with the member on them", _LEVEL, 4),
    rows("portions", "the parts of a weighted score", _PORTION, 4),
    rows("changes", "a member's latest changes of tier", _CHANGE, 3),
    rows("rewards", "what fell with a purchase that was given back", _REWARD, 8),
    rows("purchases", "a member's purchases to choose from", _BOUGHT, 6),
    rows("faults", "what is wrong in a survey's file", _FAULT, 12),
    rows("questions", "some of a survey's questions", _QUESTION, 6),
    rows("tallies", "how often each choice was taken", _of("choice", "taken"), 8),
    rows("texts", "a page of answers in words", _of("opinion"), 5),
    rows("friends", "a page of those who joined by a member's link", _FRIEND, 8),
    rows("awards", "what a purchase brought, rule by rule", _AWARD, 12),
    rows("more_rules", "what else brings everybody points", _of("reward", "points"), 12),
    rows("missions", "the missions of the programme", _MISSION, 12),
    rows("open_missions", "missions on the card", _MISSION, 1),
    rows("moves", "a page of a member's moves of points", _MOVE, 10),
    rows("colleagues", "those who have a role", _of("name", "role"), 40),
)

FACTS: Mapping[str, Fact] = MappingProxyType(
    by_name((*_SINGLE, *_LISTS, *CAMPAIGN_FACTS, *CAMPAIGN_LISTS))
)
