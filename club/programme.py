"""The programme: which rules are on, with what numbers. Its file is `programme.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator

from club.adjustments import Adjusting
from club.calendar import Calendar
from club.expiry import Expiry
from club.faults import described
from club.former import instead_of
from club.gifts import Gifts
from club.holds import Holds
from club.ladders import MOST_LADDERS, Ladder, Tier, check_ladders
from club.money import CURRENCIES, MAX_MINOR, Money
from club.parts import Key, Language, Part, Words
from club.promotions import Promotions
from club.refunds import Refunding
from club.rulebook import in_order, rule_faults
from club.rules import MOST_RULES, REFERRALS, Rule, To, Trigger
from club.spending import Spending
from club.waiting import Waiting


def usual_calendar(language: Language) -> Calendar:
    """The calendar that a reader of the language expects until they choose another."""
    return "jalali" if language == "fa" else "gregorian"


class Club(Part):
    """What the club is called and how it counts."""

    name: Words
    currency: str
    language: Language = "fa"  # In which the club writes to its staff group.
    typical_amount: Annotated[int, Field(gt=0, le=MAX_MINOR)]
    zone: str = "Asia/Tehran"
    calendar: Calendar = "jalali"

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.currency not in CURRENCIES:
            raise ValueError(f"currency must be one of {', '.join(CURRENCIES)}")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"zone {self.zone!r} is unknown; write it like Asia/Tehran") from error
        return self


class Genre(Part):
    """A genre customers may like; `also` are other spellings that files and staff use."""

    key: Key
    name: Words
    also: tuple[str, ...] = ()


class Notices(Part):
    """When the daily notices go out, how many days before the end, and from how many points on."""

    hour: Annotated[int, Field(ge=0, le=23)] = 10
    thresholds: Annotated[tuple[Annotated[int, Field(ge=1, le=366)], ...], Field(max_length=6)] = (
        30,
        7,
        1,
    )
    notice_from: Annotated[int, Field(ge=1, le=1_000_000)] = 1

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.thresholds)) < len(self.thresholds):
            raise ValueError("thresholds: a number of days stands there twice")
        return self


class Programme(Part):
    """All rules of one club."""

    club: Club
    expiry: Expiry = Expiry(months=12)
    waiting: Waiting = Waiting()
    spending: Spending | None = None
    holds: Holds = Holds()
    gifts: Gifts | None = None
    adjusting: Adjusting = Adjusting()
    refunds: Refunding = Refunding()
    notices: Notices = Notices()
    promotions: Promotions = Promotions()
    rules: Annotated[tuple[Rule, ...], Field(max_length=MOST_RULES)] = ()
    ladders: Annotated[tuple[Ladder, ...], Field(min_length=1, max_length=MOST_LADDERS)]
    genres: Annotated[tuple[Genre, ...], Field(max_length=40)] = ()

    @model_validator(mode="before")
    @classmethod
    def _is_of_today(cls, tables: Any) -> Any:
        """An older table is refused with what to write instead."""
        if isinstance(tables, Mapping) and (former := instead_of(tables)):
            raise ValueError("\n".join(former))
        return tables

    @field_validator("rules")
    @classmethod
    def _by_order(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return in_order(rules)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        keys = [spelling for genre in self.genres for spelling in spellings(genre)]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"genres: {', '.join(twice)} stands there twice")
        genres = frozenset(genre.key for genre in self.genres)
        check_ladders(self.ladders, genres)
        tiers = frozenset(tier.key for ladder in self.ladders for tier in ladder.tiers)
        if self.spending and self.spending.at_once and self.waiting.days:
            raise ValueError(
                "spending.at_once: what an order earns waits (waiting.days), so it can never pay "
                "that order; leave at_once out, or write days = 0"
            )
        if faults := rule_faults(self.rules, tiers, genres):
            raise ValueError("\n".join(faults))
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the club's days begin and end."""
        return ZoneInfo(self.club.zone)

    @property
    def typical_amount(self) -> Money:
        """The purchase that the card takes as its example."""
        return Money(self.club.typical_amount, self.club.currency)

    @property
    def main_ladder(self) -> Ladder:
        """The ladder on which a member's own tier stands: the first."""
        return self.ladders[0]

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The steps of the main ladder, lowest first."""
        return self.main_ladder.tiers

    @property
    def rate(self) -> Rule | None:
        """The rate that every purchase has; what words take as their example."""
        rates = (rule for rule in self.rules_on("purchase") if rule.effect == "rate")
        return next((rule for rule in rates if rule.unconditional), None)

    @property
    def asks_birthday(self) -> bool:
        """Whether a birthday is good for anything here."""
        return (
            bool(self.rules_on("birthday"))
            or any(rule.when and rule.when.birthday_week for rule in self.rules)
            or any(tier.birthday_points for ladder in self.ladders for tier in ladder.tiers)
        )

    @property
    def friends(self) -> Trigger | None:
        """What a friend has to do so that the points come which words promise; None: no rule."""
        given = (
            one for one in REFERRALS if self.brings(one, "inviter") + self.brings(one, "friend")
        )
        offered = (one for one in REFERRALS if self.offers(one))
        return next(given, next(offered, None))

    def rule(self, key: str) -> Rule | None:
        """The rule of that key; None where only an older programme had it."""
        return next((rule for rule in self.rules if rule.key == key), None)

    def rules_on(self, trigger: Trigger) -> tuple[Rule, ...]:
        """The rules that wait for this, in the order in which they are worked out."""
        return tuple(rule for rule in self.rules if rule.on == trigger)

    def offers(self, *triggers: Trigger) -> bool:
        """Whether one of these may bring somebody points."""
        return any(rule.on in triggers for rule in self.rules)

    def brings(self, trigger: Trigger, to: To = "member") -> int:
        """The fixed points that everybody gets for it."""
        return sum(
            rule.points or 0
            for rule in self.rules_on(trigger)
            if rule.effect == "fixed" and rule.to == to and rule.when is None
        )

    def tier(self, key: str) -> Tier:
        """The main ladder's tier of that key; the first where an older programme had another."""
        return self.main_ladder.tier(key)

    @property
    def demotes(self) -> bool:
        """Whether somebody may come down a ladder by time alone."""
        return any(ladder.demotion != "never" for ladder in self.ladders)

    @property
    def counts_friends(self) -> bool:
        """Whether friends whom somebody brought count on a ladder."""
        return any("referrals" in ladder.counts for ladder in self.ladders)

    def calendar_of(self, ladder: Ladder) -> Calendar:
        """The calendar in which that ladder's months and years run."""
        return ladder.calendar or self.club.calendar

    def genre(self, spelling: str) -> Genre | None:
        """The genre that a person or a file means by this spelling."""
        return self._spelt.get(_folded(spelling))

    @cached_property
    def _spelt(self) -> dict[str, Genre]:
        return {spelling: genre for genre in self.genres for spelling in spellings(genre)}


def spellings(genre: Genre) -> set[str]:
    """All ways to write a genre, folded."""
    return {_folded(text) for text in (genre.key, genre.name.fa, genre.name.en, *genre.also)}


def _folded(text: str) -> str:
    """Without half-spaces and outer blanks, Arabic letters as Persian, in lower case."""
    return text.replace("\u200c", " ").replace("ي", "ی").replace("ك", "ک").strip().casefold()


class ProgrammeFault(ValueError):
    """The programme file cannot be used; `faults` name each place and what is wrong there."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


def parse_programme(text: str) -> Programme:
    """The programme that the file's text describes; raises ProgrammeFault with every fault."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeFault([f"the file is not TOML: {error}"]) from error
    try:
        return Programme.model_validate(tables)
    except ValidationError as error:
        raise ProgrammeFault(described(error, tables, Programme)) from error
