"""The rules of a programme: what happens, when it counts, what it brings, and how often."""

from collections import Counter
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from club.baskets import Basis
from club.calendar import Calendar
from club.conditions import ORDER_CONDITIONS, When
from club.limits import Limit
from club.money import MAX_MINOR
from club.parts import Key, Part, Words
from club.spans import Span

Trigger = Literal[
    "purchase",
    "profile",
    "review",
    "survey",
    "joined",
    "birthday",
    "visit",
    "streak",
    "event",
    "referral_joined",
    "referral_first_purchase",
    "referral_each_purchase",
    "mission",
]
Effect = Literal["rate", "multiplier", "fixed"]
Rounding = Literal["down", "up", "nearest"]
To = Literal["member", "inviter", "friend"]
MOST_RULES = 100
PHASES: tuple[Effect, ...] = ("rate", "multiplier", "fixed")
"""The order in which effects are worked out."""

WITH_ORDER = ("purchase", "referral_first_purchase", "referral_each_purchase")
REFERRALS: tuple[Trigger, ...] = (
    *("referral_first_purchase", "referral_joined", "referral_each_purchase"),
)
Figure = Annotated[int, Field(gt=0, le=1_000_000_000)]


class Days(Part):
    """So many local days, today the last of them."""

    days: Annotated[int, Field(gt=0, le=3_660)]


class Goal(Part):
    """What a mission asks for: one of the three."""

    purchases: Figure | None = None
    amount: Annotated[int, Field(gt=0, le=MAX_MINOR)] | None = None
    genres: Figure | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(goal is not None for goal in (self.purchases, self.amount, self.genres)) != 1:
            raise ValueError("a goal is one of purchases = 3, amount = 1_000_000, genres = 3")
        return self

    @property
    def figure(self) -> int:
        """How many, or how much."""
        return self.purchases or self.amount or self.genres or 0


class Rule(Part):
    """One rule; `rules[…].key` names it for ever: moves in the book carry it."""

    key: Key
    name: Words
    on: Trigger
    points: Figure | None = None
    per: Annotated[int, Field(gt=0, le=MAX_MINOR)] | None = None
    times: Annotated[Decimal, Field(gt=1, le=100, decimal_places=2)] | None = None
    per_item: bool = False
    rounding: Rounding = "down"
    basis: Basis = "net"
    priority: Annotated[int, Field(ge=-1_000, le=1_000)] = 0
    last: bool = False
    to: To = "member"
    days: Annotated[int, Field(ge=2, le=366)] | None = None
    event: Key | None = None
    goal: Goal | None = None
    within: Span | Days | None = None
    calendar: Calendar | None = None  # In which a mission's span is counted; else the club's.
    recurring: bool = False
    when: When | None = None
    limits: tuple[Limit, ...] = ()

    @property
    def effect(self) -> Effect:
        """What the rule does with an order."""
        if self.times is not None:
            return "multiplier"
        return "rate" if self.per is not None else "fixed"

    @property
    def order(self) -> tuple[int, int, str]:
        """Its place among the rules: phase, then higher priority, then key."""
        return PHASES.index(self.effect), -self.priority, self.key

    @property
    def unconditional(self) -> bool:
        """Whether it gives to everybody, whenever it happens."""
        return self.when is None and not self.limits

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for check in (_effect_faults, _trigger_faults, _condition_faults, _limit_faults):
            for fault in check(self):
                raise ValueError(fault)
        return self


def _effect_faults(rule: Rule) -> list[str]:
    """What is wrong with what it brings."""
    faults = []
    if (rule.points is None) == (rule.times is None):
        faults.append("a rule gives points = 10, or multiplies by times = 2; write one of them")
    if rule.times is not None and rule.on != "purchase":
        faults.append('times multiplies the points of an order; write on = "purchase", or points')
    if rule.times is not None and (rule.per is not None or rule.per_item):
        faults.append("times stands alone; leave per and per_item out")
    if rule.per is not None and rule.on not in WITH_ORDER:
        faults.append(f'per asks for an amount, which on = "{rule.on}" has not; leave it out')
    if rule.per is not None and rule.per_item:
        faults.append("points are for an amount (per) or for each item (per_item); keep one")
    if rule.per_item and (rule.when is None or rule.when.only is None):
        faults.append("per_item wants to know which: add when.with = { skus = [...] }")
    if "rounding" in rule.model_fields_set and rule.effect == "fixed":
        faults.append("rounding belongs to per and times; fixed points are whole, leave it out")
    if "basis" in rule.model_fields_set and rule.on not in (*WITH_ORDER, "mission"):
        faults.append(f'basis speaks of an order, which on = "{rule.on}" has not; leave it out')
    return faults


def _trigger_faults(rule: Rule) -> list[str]:
    """What is wrong with what it waits for."""
    faults = []
    for name, owner, example in (
        ("days", "streak", "days = 7"),
        ("event", "event", 'event = "quiz-night"'),
        ("goal", "mission", "goal = { purchases = 3 }"),
        ("within", "mission", 'within = "month"'),
    ):
        said = getattr(rule, name) is not None
        if rule.on == owner and not said:
            faults.append(f'on = "{owner}" wants {example}')
        if rule.on != owner and said:
            faults.append(f'{name} belongs to on = "{owner}"; leave it out')
    if rule.on != "mission" and (rule.calendar is not None or rule.recurring):
        faults.append('calendar and recurring belong to on = "mission"; leave them out')
    if rule.on == "mission" and rule.calendar is not None and not isinstance(rule.within, str):
        faults.append("calendar is for days, weeks, months, …; leave it out where days are counted")
    if rule.on == "mission" and rule.last:
        faults.append(
            "last can never apply, since each mission is completed by itself; leave it out"
        )
    if rule.on in REFERRALS and rule.to == "member":
        faults.append('say who gets the points: to = "inviter" or to = "friend"')
    if rule.on not in REFERRALS and rule.to != "member":
        faults.append(f'to belongs to rules on referrals, not to on = "{rule.on}"; leave it out')
    return faults


def _condition_faults(rule: Rule) -> list[str]:
    """Conditions that what it waits for can never meet."""
    if rule.when is None:
        return []
    faults = []
    said = {type(rule.when).model_fields[name].alias or name for name in rule.when.model_fields_set}
    if rule.on not in (*WITH_ORDER, "mission") and (found := sorted(said & {*ORDER_CONDITIONS})):
        faults.append(
            f'when: {", ".join(found)} can never apply, since on = "{rule.on}" has no order; '
            "leave it out"
        )
    if rule.on == "mission" and (found := sorted(said & {"shops", "payments"})):
        faults.append(f"when: {', '.join(found)} can never apply to a mission; leave it out")
    if rule.on == "mission" and any(
        items and (items.skus or items.labels) for items in (rule.when.only, rule.when.without)
    ):
        faults.append("when: a mission counts purchases by genres, not by skus or labels")
    if rule.on != "purchase" and rule.when.first_purchase:
        faults.append('when: first_purchase can never apply; write on = "purchase"')
    return faults


def _limit_faults(rule: Rule) -> list[str]:
    """Limits of which one makes the other idle, and amounts too small for any point."""
    faults = []
    kinds = [(limit.of, limit.per, "times" if limit.times else "points") for limit in rule.limits]
    faults += [
        f"limits: two are of {of} per {per} and {kind}; keep the smaller"
        for (of, per, kind), count in Counter(kinds).items()
        if count > 1
    ]
    most = rule.when.amount_to if rule.when else None
    if rule.effect == "rate" and rule.rounding == "down" and most is not None:
        assert rule.points is not None, "a rate has both"
        assert rule.per is not None, "a rate has both"
        if most * rule.points < rule.per:
            faults.append(
                f"can never give a whole point up to amount_to {most}; raise amount_to or points"
            )
    return faults
