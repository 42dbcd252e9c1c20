"""What a purchase earns: each rule kind is a function, its numbers are the programme's."""

from collections.abc import Callable
from dataclasses import dataclass

from club.facts import Facts
from club.money import Money
from club.programme import Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Points that one rule gave, with the inputs that explain them."""

    rule: str
    points: int
    explanation: Facts


def purchase_rate(amount: Money, programme: Programme) -> Award:
    """`points` for every `per` of the amount, rounded as the programme states (down by default)."""
    rate = programme.purchase
    exact, per = amount.minor * rate.points, rate.per  # Points times per, as whole numbers.
    match rate.rounding:
        case "down":
            points = exact // per
        case "up":
            points = -(-exact // per)
        case _:
            points = (2 * exact + per) // (2 * per)
    return Award(rule="purchase_rate", points=points, explanation={"amount": amount})


RULES: tuple[Callable[[Money, Programme], Award], ...] = (purchase_rate,)


def awards_for(amount: Money, programme: Programme) -> tuple[Award, ...]:
    """What the rules give for a purchase, rule by rule; none that gives nothing."""
    awards = (rule(amount, programme) for rule in RULES)
    return tuple(award for award in awards if award.points)
