"""Where somebody stands on a ladder: what is measured, which tier that is, and how one falls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from club.ladders import FULL_SCORE, Benefits, Counted, Ladder, Tier
from club.misreadings import BadTier
from club.programme import Programme

Counts = Mapping[Counted, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a member stands on one ladder, as it is kept."""

    tier: str
    floor: str | None = None  # Set by hand: not below this tier.
    since: datetime | None = None  # None: from the start.
    falls_at: datetime | None = None  # The end of the grace days.
    warned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortionReached:
    """A part of a weighted score, with the member's own number."""

    of: Counted
    count: int
    full: int
    score: int
    weight: int


def portions(ladder: Ladder, counts: Counts) -> tuple[PortionReached, ...]:
    """The parts of a weighted score; each is rounded down, so that what is shown adds up."""
    return tuple(
        PortionReached(
            of=part.of,
            count=counts[part.of],
            full=part.full,
            score=part.weight * min(max(counts[part.of], 0), part.full) // part.full,
            weight=part.weight,
        )
        for part in ladder.parts
    )


def measured(ladder: Ladder, counts: Counts) -> int:
    """The one number that the ladder's steps are held against."""
    if ladder.measure == "weighted":
        return min(FULL_SCORE, sum(part.score for part in portions(ladder, counts)))
    return counts[ladder.measure]


def reached(ladder: Ladder, value: int) -> int:
    """The highest step whose threshold is reached, from 0."""
    return max(at for at, tier in enumerate(ladder.tiers) if at == 0 or tier.threshold <= value)


def ahead(ladder: Ladder, tier: str) -> Tier | None:
    """The step above that tier."""
    place = ladder.place(tier) + 1
    return ladder.tiers[place] if place < len(ladder.tiers) else None


def risen(ladder: Ladder, tier: str, floor: str | None, value: int) -> str:
    """The tier once more was reached: never below the one before."""
    place = max(ladder.place(tier), ladder.place(floor), reached(ladder, value))
    return ladder.tiers[place].key


def settled(ladder: Ladder, floor: str | None, value: int) -> str:
    """The tier that this value alone stands for, and no lower than the floor."""
    return ladder.tiers[max(ladder.place(floor), reached(ladder, value))].key


def fallen(ladder: Ladder, tier: str, floor: str | None, value: int) -> str:
    """The tier after a fall: one step or all the way, never below the floor; the same where the
    value holds it."""
    place, end = ladder.place(tier), ladder.place(settled(ladder, floor, value))
    if end >= place:
        return ladder.tiers[place].key
    return ladder.tiers[place - 1 if ladder.fall == "one" else end].key


def benefits(programme: Programme, tiers: Mapping[str, str]) -> Benefits:
    """What these tiers (ladder → tier) bring; a ladder that is not named stands at its first."""
    held = [ladder.tier(tiers.get(ladder.key)) for ladder in programme.ladders]
    best = max(held, key=lambda tier: tier.multiplier)  # Of equals the ladder that comes first.
    return Benefits(
        multiplier=best.multiplier,
        multiplier_tier=best.key if best.multiplier > 1 else None,
        birthday_points=sum(tier.birthday_points for tier in held),
        tags=frozenset(tag for tier in held for tag in tier.tags),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WayUp:
    """A tier, the step above it, and what that still needs."""

    tier: Tier
    next_tier: Tier | None
    missing: int  # In what the ladder measures; 0 on the highest tier.


def way_up(ladder: Ladder, tier: str, value: int) -> WayUp:
    """What somebody on that tier has before them."""
    above = ahead(ladder, tier)
    return WayUp(
        tier=ladder.tier(tier),
        next_tier=above,
        missing=max(0, above.threshold - value) if above else 0,
    )


def named(programme: Programme, text: str) -> tuple[Ladder, Tier]:
    """The tier that staff mean by its key or its name in either language; raises BadTier."""
    wanted = text.replace("\u200c", " ").strip().casefold()
    found = [
        (ladder, tier)
        for ladder in programme.ladders
        for tier in ladder.tiers
        if wanted == tier.key
        or wanted
        in (name.replace("\u200c", " ").casefold() for name in (tier.name.fa, tier.name.en))
    ]
    if not found:
        names = tuple(tier.key for ladder in programme.ladders for tier in ladder.tiers)
        raise BadTier(text=text[:40], tier_keys=names)
    return found[0]
