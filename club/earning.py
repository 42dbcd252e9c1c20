"""What rules give: each effect is a function, its numbers are the programme's.

An order goes through the rules in phases: rates, then multipliers of what these gave, then fixed
points; within a phase by priority, then by key. The tier's multiplier comes after the programme's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from club.baskets import Item, Order, parted
from club.conditions import Case, Circumstances, fits, holds, matching
from club.facts import Facts
from club.limits import within
from club.money import Money
from club.occasions import occasion
from club.programme import Programme
from club.rules import Rounding, Rule, To, Trigger

TIER = "tier:"
"""The rule of a tier's multiplier is named by this and the tier's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Points that one rule gave, and the arithmetic that explains them.

    The explanation always has `kind` and `result` (the points). By kind:
    rate: amount (Money), points, per (Money), rounding, basis, part (of the order only);
    multiplier: base (points), times (as a text like 1.5), rounding, tier (its key) or None;
    fixed: each (points), quantity, and the occasion, where it had one.
    Where a limit cut it there is `cut`: of, per, limit, used and whole (before the cut).
    """

    rule: str
    points: int
    explanation: Facts
    shares: tuple[int, ...] = ()  # What each item of an order has of it; none for fixed points.


@dataclass(slots=True)
class _Sums:
    """An order on its way through the rules."""

    order: Order
    currency: str
    items: tuple[Item, ...]
    points: list[int]  # What each item was given so far.
    awards: list[Award] = field(default_factory=list)


def rules_for(order: Order, programme: Programme) -> tuple[Rule, ...]:
    """The rules on purchases that may give something for the order, whoever bought it.

    Of the others nothing has to be known of the member.
    """
    local = order.at.astimezone(programme.zone)
    return tuple(rule for rule in programme.rules_on("purchase") if _order_fits(rule, order, local))


def awards_for(
    order: Order, programme: Programme, circumstances: Circumstances
) -> tuple[Award, ...]:
    """What the rules give for a purchase, rule by rule; none that gives nothing."""
    items = order.lines
    sums = _Sums(order, order.amount.currency, items, [0] * len(items))
    local = order.at.astimezone(programme.zone)
    tiers_done = False
    for rule in programme.rules_on("purchase"):
        if rule.effect == "fixed" and not tiers_done:
            _multiply_by_tier(sums, circumstances.multipliers)
            tiers_done = True
        case = Case(at=local, circumstances=circumstances, basis=rule.basis, order=order)
        if not holds(rule.when, case):
            continue
        award = _limited(rule, _on_order(rule, sums), circumstances)
        if award is None:
            continue
        sums.awards.append(award)
        for place, points in enumerate(award.shares):
            sums.points[place] += points
        if rule.last:
            return tuple(sums.awards)
    if not tiers_done:
        _multiply_by_tier(sums, circumstances.multipliers)
    return tuple(sums.awards)


def awards_on(
    trigger: Trigger,
    programme: Programme,
    circumstances: Circumstances,
    *,
    at: datetime,
    to: To = "member",
    event: str | None = None,
    days: int | None = None,
    order: Order | None = None,
) -> tuple[Award, ...]:
    """What the rules give when this happens; none that gives nothing.

    `event` names a custom one, `days` is how long a streak is now, `order` what a friend bought,
    `to` whom of the two a referral rewards: the circumstances are of who gets the points.
    """
    awards = []
    for rule in programme.rules_on(trigger):
        if rule.to != to or (rule.event is not None and rule.event != event):
            continue
        if rule.days is not None and (not days or days % rule.days):
            continue
        award = award_by(rule, programme, circumstances, at=at, days=days, order=order)
        if award is not None:
            awards.append(award)
            if rule.last:
                break
    return tuple(awards)


def award_by(
    rule: Rule,
    programme: Programme,
    circumstances: Circumstances,
    *,
    at: datetime,
    days: int | None = None,
    order: Order | None = None,
) -> Award | None:
    """What this one rule gives at that moment, if its conditions and limits let it."""
    case = Case(
        at=at.astimezone(programme.zone),
        circumstances=circumstances,
        basis=rule.basis,
        order=order,
    )
    if not holds(rule.when, case):
        return None
    if order is not None:
        items = order.lines
        given = _on_order(rule, _Sums(order, order.amount.currency, items, [0] * len(items)))
    else:
        happened = occasion(rule, programme.club.currency, days=days)
        given = _fixed(rule, quantity=1, happened=happened)
    return _limited(rule, given, circumstances)


def points_of(awards: tuple[Award, ...]) -> int:
    """Their sum."""
    return sum(award.points for award in awards)


def typical_points(programme: Programme) -> int:
    """What the programme's typical purchase brings to somebody of whom nothing is known."""
    noon = datetime(2026, 1, 5, 12, tzinfo=programme.zone)
    order = Order(amount=programme.typical_amount, at=noon)
    return points_of(awards_for(order, programme, Circumstances()))


def _order_fits(rule: Rule, order: Order, local: datetime) -> bool:
    if rule.when is None:
        return True
    case = Case(at=local, circumstances=Circumstances(), basis=rule.basis, order=order)
    return fits(rule.when, case) and bool(matching(rule.when, order.lines))


def _on_order(rule: Rule, sums: _Sums) -> Award | None:
    places = matching(rule.when, sums.items)
    if not places:
        return None
    match rule.effect:
        case "rate":
            return _rate(rule, sums, places)
        case "multiplier":
            assert rule.times is not None, "that is what a multiplier is"
            return _multiplier(rule.key, rule.times, rule.rounding, sums, places, tier=None)
        case _:
            pieces = sum(sums.items[place].quantity for place in places)
            return _fixed(rule, quantity=pieces if rule.per_item else 1)


def _rate(rule: Rule, sums: _Sums, places: tuple[int, ...]) -> Award:
    """`points` for every `per` of what the items cost, rounded as the rule states."""
    assert rule.points is not None, "a rate has both"
    assert rule.per is not None, "a rate has both"
    parts = sums.order.parts(rule.basis)
    amounts = [parts[place] if place in places else 0 for place in range(len(parts))]
    amount = sum(amounts)
    points = rounded(amount * rule.points, rule.per, rule.rounding)
    return Award(
        rule=rule.key,
        points=points,
        explanation={
            "kind": "rate",
            "amount": Money(amount, sums.currency),
            "points": rule.points,
            "per": Money(rule.per, sums.currency),
            "rounding": rule.rounding,
            "basis": rule.basis,
            "part": len(places) < len(parts),
            "result": points,
        },
        shares=parted(points, amounts),
    )


def _multiplier(
    key: str,
    times: Decimal,
    rounding: Rounding,
    sums: _Sums,
    places: tuple[int, ...],
    *,
    tier: str | None,
) -> Award:
    """What comes to the points of these items so that they are that many times as much."""
    held = [sums.points[place] if place in places else 0 for place in range(len(sums.points))]
    base = sum(held)
    numerator, denominator = (times - 1).as_integer_ratio()
    points = rounded(base * numerator, denominator, rounding)
    return Award(
        rule=key,
        points=points,
        explanation={
            "kind": "multiplier",
            "base": base,
            "times": f"{times.normalize():f}",
            "rounding": rounding,
            "tier": tier,
            "result": points,
        },
        shares=parted(points, held),
    )


def _multiply_by_tier(sums: _Sums, multipliers: Mapping[str, Decimal]) -> None:
    everything = tuple(range(len(sums.items)))
    for tier, times in multipliers.items():
        if times <= 1:
            continue
        award = _multiplier(TIER + tier, times, "down", sums, everything, tier=tier)
        if award.points:
            sums.awards.append(award)
            for place, points in enumerate(award.shares):
                sums.points[place] += points


def _fixed(rule: Rule, *, quantity: int, happened: Facts | None = None) -> Award:
    assert rule.points is not None, "only multipliers have none"
    points = rule.points * quantity
    return Award(
        rule=rule.key,
        points=points,
        explanation={
            "kind": "fixed",
            "each": rule.points,
            "quantity": quantity,
            "result": points,
            **(happened or {}),
        },
    )


def _limited(rule: Rule, award: Award | None, circumstances: Circumstances) -> Award | None:
    """The award as the rule's limits leave it; None for nothing."""
    if award is None or not award.points:
        return None
    points, cut = within(rule.limits, rule.key, award.points, circumstances.used)
    if not points:
        return None
    if cut is None:
        return award
    return Award(
        rule=rule.key,
        points=points,
        explanation={
            **award.explanation,
            "result": points,
            "cut": {**cut, "whole": award.points},
        },
        shares=parted(points, award.shares) if award.shares else (),
    )


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """The quotient as a whole number; a half goes up where the nearest is meant."""
    match rounding:
        case "down":
            return numerator // denominator
        case "up":
            return -(-numerator // denominator)
        case _:
            return (2 * numerator + denominator) // (2 * denominator)
