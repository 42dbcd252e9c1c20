"""What has to be known before rules can be worked out, so that no more than that is loaded."""

from dataclasses import dataclass

from club.programme import Programme
from club.rules import Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Which parts of the circumstances some rule asks for."""

    tiers: bool
    tags: bool
    fields: bool
    birthday: bool
    first_purchase: bool
    limits: bool


def needs(programme: Programme, *triggers: Trigger) -> Needs:
    """What the programme's rules on these triggers ask for."""
    rules = [rule for rule in programme.rules if rule.on in triggers]
    asked = [rule.when for rule in rules if rule.when is not None]
    return Needs(
        tiers=any(when.tiers for when in asked),
        tags=any(when.tags for when in asked),
        fields=any(when.fields for when in asked),
        birthday=any(when.birthday_week for when in asked),
        first_purchase=any(when.first_purchase for when in asked),
        limits=any(rule.limits for rule in rules),
    )


def asks_of_orders_alone(programme: Programme) -> bool:
    """Whether a purchase brings the same to everybody at any time: then many are booked at once."""
    asked = needs(programme, "purchase")
    of_members = asked.tiers or asked.tags or asked.fields or asked.birthday or asked.limits
    multiplied = any(tier.multiplier > 1 for ladder in programme.ladders for tier in ladder.tiers)
    missions = programme.offers("mission")
    return not (of_members or asked.first_purchase or multiplied or missions)
