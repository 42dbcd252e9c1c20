"""Whether the rules of a programme fit together, and with its tiers and genres."""

from collections import Counter
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from math import prod

from club.conditions import When
from club.money import MAX_MINOR
from club.rules import Rule

MOST_POINTS = 2**62  # What both databases can keep, with room to add.


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules as they are worked out: by phase, then higher priority first, then by key."""
    return tuple(sorted(rules, key=lambda rule: rule.order))


def rule_faults(
    rules: tuple[Rule, ...], tiers: Collection[str], genres: Collection[str]
) -> list[str]:
    """Each place and what is wrong there, with what to do about it."""
    faults = [
        f"rules[{key}].key: stands there {count} times; a key is one rule's for ever, so give "
        "the others keys of their own"
        for key, count in Counter(rule.key for rule in rules).items()
        if count > 1
    ]
    for rule in rules:
        faults += (f"rules[{rule.key}].{fault}" for fault in _unknown(rule, tiers, genres))
    return faults + _multiply_nothing(rules) + _behind_the_last(rules) + _too_much(rules)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """The nearest of the known names, or all of them."""
    if near := get_close_matches(word, list(known), n=1):
        return f'did you mean "{near[0]}"?'
    return f"known are {', '.join(sorted(known))}" if known else "there are none"


def _unknown(rule: Rule, tiers: Collection[str], genres: Collection[str]) -> list[str]:
    """Tiers and genres that the programme does not have, so that the rule could never apply."""
    when = rule.when or When()
    faults = [
        f'when.tiers: there is no tier "{tier}"; {did_you_mean(tier, tiers)}'
        for tier in when.tiers
        if tier not in tiers
    ]
    for name, items in (("with", when.only), ("without", when.without)):
        faults += (
            f'when.{name}.genres: there is no genre "{genre}"; {did_you_mean(genre, genres)}'
            for genre in (items.genres if items else ())
            if genre not in genres
        )
    if rule.goal and rule.goal.genres and rule.goal.genres > len(genres):
        faults.append(
            f"goal.genres: {rule.goal.genres} can never be reached, since the programme has "
            f"{len(genres)}; ask for fewer"
        )
    return faults


def _multiply_nothing(rules: tuple[Rule, ...]) -> list[str]:
    """Multipliers where no rate gives anything before them."""
    if any(rule.on == "purchase" and rule.effect == "rate" for rule in rules):
        return []
    return [
        f"rules[{rule.key}].times: nothing comes before it that it could multiply; add a rule "
        'on = "purchase" with points and per (fixed points come after multipliers)'
        for rule in rules
        if rule.effect == "multiplier"
    ]


def _behind_the_last(rules: tuple[Rule, ...]) -> list[str]:
    """Rules that can never apply, since one before them is the last and always applies."""
    faults = []
    stops: dict[tuple[str, str, str | None], Rule] = {}
    for rule in in_order(rules):
        place = (rule.on, rule.to, rule.event)
        if stop := stops.get(place):
            faults.append(
                f"rules[{rule.key}]: can never apply, since rules[{stop.key}] comes before it, "
                f"always applies and is the last; give this one a phase or priority before it, or "
                f"leave last out there"
            )
        elif rule.last and rule.unconditional and rule.on not in ("mission", "streak"):
            stops[place] = rule
    return faults


def _too_much(rules: tuple[Rule, ...]) -> list[str]:
    """Rates that, together and with their multipliers, could overflow the book."""
    most: dict[tuple[str, str], int] = {}
    for rule in rules:
        if rule.per is not None:
            place = (rule.on, rule.to)
            most[place] = most.get(place, 0) + (rule.points or 0) * MAX_MINOR // rule.per
    times = prod(rule.times for rule in rules if rule.times is not None)
    if any(
        points * (times if on == "purchase" else 1) > MOST_POINTS
        for (on, _), points in most.items()
    ):
        return ["rules: points for so little money overflow the book; raise per, or lower times"]
    return []
