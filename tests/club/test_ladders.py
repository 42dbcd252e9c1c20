"""A ladder that does not fit together is refused, with how to mend it."""

import pytest

from club.programme import ProgrammeFault, parse_programme
from tests.club.rungs import BASE

CLUB = BASE.format(calendar="jalali", zone="Asia/Tehran")
WEIGHTED = '"weighted"\nparts = [{ of = "purchases", weight = 80, full = 10 }PART]'
STEP = '[[ladders.tiers]]\nkey = "KEY"\nname = { fa = "دو", en = "Two" }\nfrom = 10\n'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("from = 0", "from = 1", "the first tier starts at from = 0"),
        (
            "from = 0",
            f"from = 0\n{STEP.replace('KEY', 'y')}{STEP.replace('KEY', 'x')}",
            "needs more",
        ),
        ("from = 0", f"from = 0\n{STEP.replace('KEY', 'first')}", "the tier first stands there"),
        ("from = 0", 'from = 0\ntags = ["a"]', "tags of the first tier would be everybody's"),
        ("from = 0", "points = 0", "ladders[main].tiers[first].points: no such name here"),
        ('"points"', '"points"\ndemotion = "continuous"', 'over = "ever" never gets less'),
        (
            '"points"',
            '"points"\ndemotion = "period_end"\nover = { days = 30 }',
            'write over = "year"',
        ),
        (
            '"points"',
            '"points"\ndemotion = "continuous"\nover = "year"\nfall = "one"',
            "wants grace_days",
        ),
        ('"points"', '"points"\nover = { days = 3, months = 1 }', "or { months = 12 }"),
        ('"points"', '"weighted"', "the weights of the parts make 100 together"),
        ('"points"', WEIGHTED.replace("PART", ""), "make 100 together"),
        (
            '"points"',
            WEIGHTED.replace("PART", ', { of = "purchases", weight = 20, full = 5 }'),
            "two parts count the same",
        ),
        (
            '"points"',
            '"points"\nparts = [{ of = "points", weight = 100, full = 1 }]',
            "leave them out",
        ),
        ('"points"', '"stars"', "ladders[main].measure: Input should be 'points', 'amount'"),
        ("[[ladders]]", "[[tiers]]\npoints = 0\n[[ladders]]", "write [[ladders]] with key"),
    ],
)
def test_a_fault_says_how_to_mend_it(old: str, new: str, said: str) -> None:
    assert old in CLUB
    with pytest.raises(ProgrammeFault) as refused:
        parse_programme(CLUB.replace(old, new, 1))
    assert said in str(refused.value)


def test_a_club_without_ladders_is_told_so() -> None:
    with pytest.raises(ProgrammeFault, match="ladders: is missing"):
        parse_programme(CLUB[: CLUB.index("[[ladders]]")])
