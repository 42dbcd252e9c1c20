"""A rule that cannot be meant is refused by its place, with what to write instead."""

from pathlib import Path

import pytest

from club.programme import ProgrammeFault, parse_programme

CLUB = """
[club]
name = { fa = "باشگاه", en = "Club" }
currency = "IRT"
typical_amount = 100_000
[[ladders]]
key = "main"
name = { fa = "پله‌ها", en = "Steps" }
measure = "points"
tiers = [
  { key = "low", name = { fa = "پایین", en = "Low" }, from = 0 },
  { key = "gold", name = { fa = "طلایی", en = "Gold" }, from = 100 },
]
[[genres]]
key = "novel"
name = { fa = "رمان", en = "Novel" }
"""
RATE = 'on = "purchase"\npoints = 10\nper = 1_000\n'


def rules(*bodies: str) -> str:
    """A programme with these rules, whose keys are a, b, …"""
    tables = (
        f'[[rules]]\nkey = "{key}"\nname = {{ fa = "الف", en = "A" }}\n{body}\n'
        for key, body in zip("abcd", bodies, strict=False)
    )
    return CLUB + "".join(tables)


def faults(text: str) -> list[str]:
    with pytest.raises(ProgrammeFault) as refused:
        parse_programme(text)
    return refused.value.faults


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('on = "purchase"', "rules[a]: a rule gives points = 10, or multiplies by times = 2"),
        ('on = "purchase"\npoints = 1\ntimes = 2', "rules[a]: a rule gives points = 10, or"),
        ('on = "visit"\ntimes = 2', "rules[a]: times multiplies the points of an order; write on"),
        ('on = "visit"\npoints = 1\nper = 5', 'per asks for an amount, which on = "visit" has not'),
        ('on = "purchase"\npoints = 1\nper = 5\nper_item = true', "(per_item); keep one"),
        ('on = "purchase"\npoints = 1\nper_item = true', "per_item wants to know which: add when"),
        ('on = "visit"\npoints = 1\nrounding = "up"', "fixed points are whole, leave it out"),
        ('on = "visit"\npoints = 1\nbasis = "net"', 'on = "visit" has not; leave it out'),
        ('on = "streak"\npoints = 1', 'rules[a]: on = "streak" wants days = 7'),
        ('on = "event"\npoints = 1', 'rules[a]: on = "event" wants event = "quiz-night"'),
        ('on = "mission"\npoints = 1', 'on = "mission" wants goal = { purchases = 3 }'),
        ('on = "visit"\npoints = 1\ndays = 7', 'days belongs to on = "streak"; leave it out'),
        ('on = "visit"\npoints = 1\nrecurring = true', 'belong to on = "mission"; leave them out'),
        ('on = "referral_joined"\npoints = 1', 'to = "inviter" or to = "friend"'),
        ('on = "visit"\npoints = 1\nto = "friend"', "to belongs to rules on referrals"),
        (
            'on = "visit"\npoints = 1\nwhen = { shops = ["x"], amount_from = 5 }',
            'rules[a]: when: amount_from, shops can never apply, since on = "visit" has no order',
        ),
        ('on = "joined"\npoints = 1\nwhen = { first_purchase = true }', 'write on = "purchase"'),
        (f"{RATE}when = {{ amount_from = 9, amount_to = 5 }}", "so no order fits; swap them"),
        (f"{RATE}when = {{ hours = [9, 9] }}", "rules[a].when: hours are no time at all; write"),
        (f"{RATE}when = {{ hours = [24, 0] }}", "rules[a].when: hours are no time at all; write"),
        (f"{RATE}when = {{ hours = [9, 25] }}", "rules[a].when.hours[2]: Input should be less"),
        (
            f"{RATE}when = {{ from = 2026-05-02, until = 2026-05-01 }}",
            "rules[a].when: from 2026-05-02 is after until 2026-05-01, so no day fits; swap them",
        ),
        (
            f'{RATE}when = {{ from = 2026-05-04, until = 2026-05-05, weekdays = ["friday"] }}',
            "rules[a].when: none of the weekdays lies between from and until",
        ),
        (f'{RATE}when = {{ from = "1404-12-30" }}', "rules[a].when.from: '1404-12-30' is no day"),
        (f"{RATE}when = {{ from = 2026-05-04T10:00:00 }}", "write the day alone, like 2026-03-21"),
        (f"{RATE}when = {{ with = {{}} }}", "rules[a].when.with: names no item; give skus, genres"),
        (
            f'{RATE}when = {{ with = {{ skus = ["1"] }}, without = {{ skus = ["1"] }} }}',
            "rules[a].when: without names all that with names, so no item is left; take out of",
        ),
        (
            f'{RATE}when = {{ with = {{ skus = ["A"] }}, without = {{ skus = ["a", "b"] }} }}',
            "rules[a].when: without names all that with names, so no item is left; take out of",
        ),
        (
            f'{RATE}when = {{ tags = ["vip", "##"] }}',
            'rules[a].when.tags: "##" is no tag, so nobody',
        ),
        (
            'on = "mission"\npoints = 1\ngoal = { purchases = 2 }\nwithin = "day"\nlast = true',
            "rules[a]: last can never apply, since each mission is completed by itself; leave it",
        ),
        (f'{RATE}when = {{ tiers = ["gould"] }}', 'no tier "gould"; did you mean "gold"?'),
        (
            f'{RATE}when = {{ with = {{ genres = ["novels"] }} }}',
            'rules[a].when.with.genres: there is no genre "novels"; did you mean "novel"?',
        ),
        (f'{RATE}when = {{ weekdays = ["fryday"] }}', "not 'fryday'; did you mean \"friday\"?"),
        (f'{RATE}when = {{ fields = {{ languge = "fa" }} }}', 'did you mean "language"?'),
        (f'{RATE}when = {{ fields = {{ language = "de" }} }}', 'language is "fa" or "en"'),
        (f'{RATE}limits = [{{ of = "member", per = "day" }}]', "rules[a].limits[1]: a limit is"),
        (
            f'{RATE}limits = [{{ of = "all", per = "day", times = 1 }}, '
            '{ of = "all", per = "day", times = 2 }]',
            "rules[a]: limits: two are of all per day and times; keep the smaller",
        ),
        (f"{RATE}pints = 5", 'rules[a].pints: no such name here; did you mean "points"?'),
        (f"{RATE}when = {{ whith = 1 }}", "rules[a].when.whith: no such name here; did you mean"),
        ('on = "purchas"\npoints = 1', "rules[a].on: Input should be 'purchase', 'profile'"),
        ('on = "purchase"\npoints = 0', "rules[a].points: Input should be greater than 0"),
        (
            f"{RATE}when = {{ amount_to = 99 }}",
            "rules[a]: can never give a whole point up to amount_to 99; raise amount_to or points",
        ),
        (
            'on = "mission"\npoints = 1\ngoal = { genres = 2 }\nwithin = "month"',
            "rules[a].goal.genres: 2 can never be reached, since the programme has 1; ask for",
        ),
        (
            'on = "mission"\npoints = 1\ngoal = { purchases = 2 }\nwithin = "moth"',
            'rules[a].within: write "day", "week", "month", "season" or "year", or { days = 30 }',
        ),
        (
            'on = "mission"\npoints = 1\ngoal = { purchases = 2, genres = 2 }\nwithin = "day"',
            "rules[a].goal: a goal is one of purchases = 3, amount = 1_000_000, genres = 3",
        ),
        (
            'on = "mission"\npoints = 1\ngoal = { purchases = 2 }\nwithin = "day"\n'
            'when = { with = { skus = ["1"] } }',
            "a mission counts purchases by genres, not by skus or labels",
        ),
        ('on = "purchase"\ntimes = 2', "rules[a].times: nothing comes before it that it could mul"),
        (
            'on = "purchase"\npoints = 1_000_000_000\nper = 1',
            "rules: points for so little money overflow the book; raise per, or lower times",
        ),
        (
            'on = "referral_each_purchase"\nto = "inviter"\npoints = 1_000_000_000\nper = 1',
            "rules: points for so little money overflow the book; raise per, or lower times",
        ),
    ],
)
def test_one_rule_is_refused(body: str, said: str) -> None:
    found = faults(rules(body))
    assert len(found) == 1, found
    assert said in found[0]


@pytest.mark.parametrize(
    ("bodies", "said"),
    [
        (
            ('on = "purchase"\npoints = 5', 'on = "purchase"\ntimes = 2'),
            "rules[b].times: nothing comes before it that it could multiply; add a rule",
        ),
        (
            (f"{RATE}last = true", f"{RATE}priority = -1"),
            "rules[b]: can never apply, since rules[a] comes before it, always applies and is the",
        ),
        (
            (f"{RATE}last = true", 'on = "purchase"\npoints = 5'),
            "rules[b]: can never apply, since rules[a] comes before it",
        ),
        ((RATE, RATE.replace("\n", '\nkey = "a"\n', 1)), "the file is not TOML"),
    ],
)
def test_rules_that_do_not_go_together_are_refused(bodies: tuple[str, ...], said: str) -> None:
    (found,) = faults(rules(*bodies))
    assert said in found


def test_every_fault_is_named() -> None:
    text = rules(f'{RATE}when = {{ tiers = ["x"] }}', RATE, 'on = "visit"\npoints = 1')
    twice = text.replace('key = "b"', 'key = "a"')
    assert faults(twice) == [
        "rules[a].key: stands there 2 times; a key is one rule's for ever, so give the others "
        "keys of their own",
        'rules[a].when.tiers: there is no tier "x"; known are gold, low',
    ]
    assert [fault.split(":")[0] for fault in faults(rules("on = 3", "points = 1"))] == [
        *("rules[a].on", "rules[b].on"),
    ]


def test_an_order_cannot_be_paid_with_points_that_wait() -> None:
    spending = "[spending]\nworth = 1\nat_once = true\n"
    parse_programme(f"{CLUB}{spending}[waiting]\ndays = 0\n")
    assert faults(f"{CLUB}{spending}[waiting]\ndays = 1\n") == [
        "spending.at_once: what an order earns waits (waiting.days), so it can never pay that "
        "order; leave at_once out, or write days = 0"
    ]


def test_one_table_where_there_may_be_several_is_explained() -> None:
    (said,) = faults(f'{CLUB}[rules]\nkey = "a"\n{RATE}')
    assert said == "rules: there may be several; write its name in double brackets, like [[rules]]"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "[purchase]\npoints = 7\nper = 5_000",
            'purchase: is a rule now; write [[rules]] with key = "purchase", a name, '
            'on = "purchase", points = 7, per = 5_000 instead of [purchase]',
        ),
        ("[visit]\npoints = 3", 'on = "visit", points = 3 instead of [visit]'),
        ("[profile]", 'on = "profile", points = 5 instead of [profile]'),
        ("[birthday]\npoints = 3", 'on = "birthday", points = 3 instead of [birthday]'),
        ("[review]\npoints = 3", 'on = "review", points = 3 instead of [review]'),
        (
            '[referral]\npoints_inviter = 4\npoints_friend = 6\nreward_at = "joined"',
            'write [[rules]] with on = "referral_joined", to = "inviter", points = 4, and one more '
            'with to = "friend", points = 6 instead of [referral]',
        ),
        ("[lots]\nmonths = 6", "lots: write [expiry] with months = 12"),
        ("[[tiers]]\npoints = 6", "tiers: write [[ladders]] with key, name and measure"),
    ],
)
def test_an_older_table_is_refused_with_what_to_write(table: str, said: str) -> None:
    (found,) = faults(f"{CLUB}{table}\n")
    assert said in found


def test_the_demo_programme_has_one_of_each() -> None:
    demo = parse_programme((Path(__file__).parents[2] / "programme.toml").read_text())
    assert {rule.effect for rule in demo.rules} == {"rate", "multiplier", "fixed"}
    said = {name for rule in demo.rules if rule.when for name in rule.when.model_fields_set}
    assert {"shops", "payments", "tags", "tiers", "birthday_week", "first_purchase"} <= said
    limits = [limit for rule in demo.rules for limit in rule.limits]
    assert {limit.of for limit in limits} == {"member", "all"}
    assert any(limit.times for limit in limits)
    assert any(limit.points for limit in limits)
