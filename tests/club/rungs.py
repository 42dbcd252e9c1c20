"""Ladders for tests, written as a programme writes them."""

from typing import Any

from club.ladders import Ladder
from club.programme import Programme, parse_programme

NAME = {"fa": "نام", "en": "Name"}
BASE = """
[club]
name = {{ fa = "کتاب", en = "Books" }}
currency = "IRT"
typical_amount = 100000
calendar = "{calendar}"
zone = "{zone}"
[[ladders]]
key = "main"
name = {{ fa = "اصلی", en = "Main" }}
measure = "points"
[[ladders.tiers]]
key = "first"
name = {{ fa = "یک", en = "One" }}
from = 0
"""


def ladder(*steps: int, measure: str = "purchases", **rules: Any) -> Ladder:
    """A ladder whose tiers are called t0, t1, …"""
    tiers = [{"key": f"t{at}", "name": NAME, "from": step} for at, step in enumerate(steps)]
    whole = {"key": "main", "name": NAME, "measure": measure, "tiers": tiers} | rules
    return Ladder.model_validate(whole)


def programme(
    *ladders: Ladder, calendar: str = "gregorian", zone: str = "Asia/Tehran"
) -> Programme:
    """A club with these ladders and nothing else."""
    whole = parse_programme(BASE.format(calendar=calendar, zone=zone))
    return whole.model_copy(update={"ladders": ladders}) if ladders else whole
