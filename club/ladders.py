"""The ladders of the programme: what is counted, over which time, and what a step brings."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from club.calendar import Calendar
from club.money import MAX_MINOR, Money
from club.parts import Key, Part, Points, Words

Measure = Literal["points", "amount", "purchases", "weighted"]
Counted = Literal["points", "amount", "purchases", "referrals"]
FULL_SCORE = 100
MOST_LADDERS = 4


class ChangeReason(StrEnum):
    """Why somebody stands on another tier."""

    REACHED = "reached"
    FELL = "fell"
    REFUNDED = "refunded"  # What it rested on was given back.
    FLOOR = "floor"  # Set by hand.
    REALIGNED = "realigned"  # The programme's steps were changed.
    MERGED = "merged"


class Sentence(Part):
    """A line for the card in both languages."""

    fa: Annotated[str, Field(min_length=1, max_length=80)]
    en: Annotated[str, Field(min_length=1, max_length=80)]


class Rolling(Part):
    """The last so many days, or months; what happened on a day counts through the day then."""

    days: Annotated[int, Field(ge=1, le=3_650)] | None = None
    months: Annotated[int, Field(ge=1, le=120)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("write days = 90, or months = 12, and one only")
        return self


class Portion(Part):
    """A part of a weighted score: `weight` of 100 when `full` is reached, less in proportion."""

    of: Counted
    weight: Annotated[int, Field(ge=1, le=FULL_SCORE)]
    full: Annotated[int, Field(ge=1, le=MAX_MINOR)]


class Tier(Part):
    """A step of a ladder, reached with `from` of what the ladder measures, and what it brings."""

    key: Key
    name: Words
    threshold: Annotated[int, Field(alias="from", ge=0, le=MAX_MINOR)]
    multiplier: Annotated[Decimal, Field(ge=1, le=100, decimal_places=2)] = Decimal(1)
    birthday_points: Points = 0
    text: Sentence | None = None
    tags: Annotated[tuple[Key, ...], Field(max_length=8)] = ()


class Ladder(Part):
    """Steps, what leads up them, and how somebody may come down again."""

    key: Key
    name: Words
    measure: Measure
    over: Literal["ever", "year"] | Rolling = "ever"
    calendar: Calendar | None = None  # Of its years and months, where it is not the club's.
    demotion: Literal["never", "period_end", "continuous"] = "never"
    grace_days: Annotated[int, Field(ge=0, le=365)] = 0
    fall: Literal["one", "all"] = "all"
    warn_days: Annotated[int, Field(ge=0, le=365)] = 14
    parts: Annotated[tuple[Portion, ...], Field(max_length=4)] = ()
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        steps = [tier.threshold for tier in self.tiers]
        if steps[0] != 0:
            raise ValueError("the first tier starts at from = 0")
        if steps != sorted(set(steps)):
            raise ValueError("each tier needs more (a greater `from`) than the one before it")
        if self.tiers[0].tags:
            raise ValueError("tags of the first tier would be everybody's; leave them out")
        return self

    @model_validator(mode="after")
    def _is_weighed(self) -> Self:
        if self.measure != "weighted":
            if self.parts:
                raise ValueError('parts belong to measure = "weighted"; leave them out')
            return self
        if sum(part.weight for part in self.parts) != FULL_SCORE:
            raise ValueError("the weights of the parts make 100 together")
        if len({part.of for part in self.parts}) < len(self.parts):
            raise ValueError("two parts count the same; make one of them")
        if self.tiers[-1].threshold > FULL_SCORE:
            raise ValueError("a weighted score ends at 100; no tier can need more")
        return self

    @model_validator(mode="after")
    def _comes_down(self) -> Self:
        if self.demotion == "never":
            return self
        if self.over == "ever":
            raise ValueError('over = "ever" never gets less: write demotion = "never", or over')
        if self.demotion == "period_end" and self.over != "year":
            raise ValueError('demotion = "period_end" wants a period: write over = "year"')
        if self.demotion == "continuous" and self.fall == "one" and not self.grace_days:
            raise ValueError('fall = "one" wants grace_days, or each night is a step down')
        return self

    @property
    def counts(self) -> tuple[Counted, ...]:
        """All that has to be counted to know where somebody stands."""
        if self.measure == "weighted":
            return tuple(part.of for part in self.parts)
        return (self.measure,)

    @property
    def by_points_ever(self) -> bool:
        """Whether the member's own row tells all that is measured."""
        return self.measure == "points" and self.over == "ever"

    @property
    def rolls(self) -> bool:
        """Whether what happened is let go day by day, and not with the year."""
        return isinstance(self.over, Rolling)

    def worth(self, value: int, currency: str) -> int | Money:
        """What is measured, as it is told: money where amounts are measured."""
        return Money(value, currency) if self.measure == "amount" else value

    def told(self, name: str, value: int, currency: str) -> dict[str, object]:
        """What is measured, as facts of a message: of the four names one has a value."""
        own = {"weighted": "score"}.get(self.measure, self.measure)
        worth = self.worth(value, currency)
        kinds = ("points", "amount", "purchases", "score")
        return {f"{name}_{kind}": worth if kind == own else None for kind in kinds}

    def place(self, key: str | None) -> int:
        """Which step that tier is, from 0; 0 where an older programme had another."""
        return next((at for at, tier in enumerate(self.tiers) if tier.key == key), 0)

    def tier(self, key: str | None) -> Tier:
        """The tier of that key; the first where an older programme had another."""
        return self.tiers[self.place(key)]


def check_ladders(ladders: tuple[Ladder, ...], genres: frozenset[str]) -> None:
    """Raise ValueError where ladders do not fit together."""
    keys = [ladder.key for ladder in ladders]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"ladders: {', '.join(twice)} stands there twice")
    tiers = [tier.key for ladder in ladders for tier in ladder.tiers]
    if twice := sorted({key for key in tiers if tiers.count(key) > 1}):
        raise ValueError(
            f"ladders: the tier {', '.join(twice)} stands there twice; rules and staff name tiers "
            "by key, so that each key is there once over all ladders"
        )
    tags = {tag for ladder in ladders for tier in ladder.tiers for tag in tier.tags}
    if both := sorted(tags & genres):
        raise ValueError(f"ladders: the tag {', '.join(both)} is a genre; call it otherwise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefits:
    """What somebody's tiers bring together."""

    multiplier: Decimal  # The greatest of the tiers; 1 changes nothing.
    multiplier_tier: str | None  # The tier that gives it.
    birthday_points: int  # Of all tiers.
    tags: frozenset[str]
