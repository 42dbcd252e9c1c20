"""Programmes with other rules, for tests."""

from typing import Any

from club.programme import Programme
from club.rules import REFERRALS, Rule, Trigger

WORDS = {"fa": "قاعده", "en": "Rule"}
TOLD: tuple[Trigger, ...] = (*REFERRALS, "birthday", "review", "visit")
"""What a club may leave out, and with it commands and words."""


def rule(key: str, on: Trigger, **figures: Any) -> Rule:
    """A rule as its table in the file says it."""
    return Rule.model_validate({"key": key, "name": WORDS, "on": on, **figures})


def with_rules(programme: Programme, *rules: Rule, instead_of: tuple[Trigger, ...]) -> Programme:
    """The programme with these rules instead of its own on those triggers."""
    kept = [one for one in programme.rules if one.on not in instead_of]
    both = sorted((*kept, *rules), key=lambda one: one.order)
    return programme.model_copy(update={"rules": tuple(both)})


def without_what_is_told(programme: Programme) -> Programme:
    """The programme without friends, birthdays, reviews and visits."""
    bare = with_rules(programme, instead_of=TOLD)
    kept = (one for one in bare.rules if one.when is None or not one.when.birthday_week)
    alone = programme.ladders[:1]  # The others' tiers have something for birthdays.
    return bare.model_copy(update={"rules": tuple(kept), "ladders": alone})


def inviting(programme: Programme, inviter: int, friend: int, on: Trigger) -> Programme:
    """The programme with this reward for friends and no other."""
    points = {"inviter": inviter, "friend": friend}
    rules = [rule(to, on, to=to, points=given) for to, given in points.items() if given]
    return with_rules(programme, *rules, instead_of=REFERRALS)
