"""The ladder: tiers count points ever earned, so spending and expiry never lower them."""

from dataclasses import dataclass

from club.programme import Programme, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a member stands and what the next step needs."""

    tier: Tier
    next_tier: Tier | None
    missing_points: int  # 0 on the highest tier.


def standing(points_earned: int, programme: Programme) -> Standing:
    """The highest tier whose points are reached, and the way to the next."""
    reached = [tier for tier in programme.tiers if tier.points <= points_earned]
    ahead = programme.tiers[len(reached)] if len(reached) < len(programme.tiers) else None
    return Standing(
        tier=reached[-1],
        next_tier=ahead,
        missing_points=ahead.points - points_earned if ahead else 0,
    )
