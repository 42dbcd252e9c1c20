"""The facts of promotions: what staff see of a campaign, and what members may wish of them."""

from templates.kinds import NEVER, Fact, moment, number, people, quoted, rows, text, truth, written

CAMPAIGN_FACTS = (
    written("promotion", "what staff wrote for a campaign", "کتاب‌های تازه رسید", 3500),
    quoted("opening", "the first words of what staff wrote", "کتاب‌های تازه…", 48).or_none(),
    quoted("opening_fa", "the first words of the Persian text", "کتاب‌های تازه…", 48).or_none(),
    quoted("opening_en", "the first words of the English text", "New books…", 48).or_none(),
    truth("has_picture", "whether a campaign has a picture"),
    number("campaign_id", "the number of a campaign", 7, 9_999_999),
    number("sent", "letters of a campaign that arrived", 120),
    number("unreachable", "letters of a campaign to people who cannot be reached", 3),
    number("failed", "letters of a campaign that the messenger refused", 1),
    number("unknown", "letters of a campaign that may have arrived", 1),
    number("missed", "letters of a campaign whose time was over first", 2),
    number("skipped", "letters of a campaign that were not to be sent any more", 4),
    number("letters", "all letters of a campaign", 125),
    number("waiting_letters", "letters of a campaign that wait", 7),
    number("opt_outs", "members who want no promotions since a campaign", 2),
    number("presses", "members who pressed the button of a campaign", 31),
    number("fallbacks", "readers for whom there is no text in their language", 7),
    Fact(
        "percent",
        "how much of a campaign is through, 0 to 100",
        52,
        100,
        0,
        frozenset({"progress"}),
    ),
    number("rate", "letters that leave in a second", 28, 10_000),
    number("hours", "the full hours of a length of time", 2, 10_000),
    number("window_hours", "how long after its start letters of a campaign may leave", 24, 720),
    number("a_week", "the most promotions for one member in a week", 3, 21).or_none(),
    text("quiet_from", "when on each day it becomes quiet", "22:00", 5).or_none(),
    text("quiet_to", "until when on each day it is quiet", "09:00", 5).or_none(),
    text("club_quiet_from", "when on each day the club becomes quiet", "22:00", 5).or_none(),
    text("club_quiet_to", "until when on each day the club is quiet", "09:00", 5).or_none(),
    moment("quiet_until", "until when it is quiet that is quiet now").or_none(),
    text("press_label", "the words of a button that members may press", "خبرم کنید", 40).or_none(),
    text("link_label", "the words of a button that opens an address", "دیدن", 40).or_none(),
    people("sample_names", "some of those who are meant", ("Sara", "علی"), 64, 3),
    number("had_enough", "how many of those who are meant had enough offers in their week", 2),
    truth("has_text", "whether a campaign says something yet"),
    truth("previewed", "whether staff have seen it as members will"),
    truth("approval", "whether a second person must agree before it is sent"),
    truth("alone", "whether there is nobody who could be that second person"),
    Fact("stopped_for", "why a campaign is paused: a Stop", "staff", "blocked", "failed", NEVER),
    Fact("campaign_state", "where a campaign stands", "running", "done", "draft", NEVER),
)
_BY_NAME = {fact.name: fact for fact in CAMPAIGN_FACTS}
_LISTED = ("campaign_id", "campaign_state", "opening", "letters", "sent")
CAMPAIGN_LISTS = (
    rows(
        "campaigns",
        "the latest campaigns",
        tuple(_BY_NAME[name] for name in _LISTED),
        10,
    ),
)
