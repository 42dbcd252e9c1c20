"""When a rule applies: what the programme may ask for, and whether an order or a moment fits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from persiantools.jdatetime import JalaliDate
from pydantic import BeforeValidator, Field, field_validator, model_validator

from club.baskets import Basis, Item, Order
from club.birthdays import Birthday, celebrated
from club.limits import Uses
from club.members import Member
from club.money import MAX_MINOR
from club.parts import Key, Part

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    *("monday", "tuesday", "wednesday", "thursday", "friday"),
    *("saturday", "sunday"),
)
MemberField = Literal["language", "calendar", "source"]
FIELD_VALUES: dict[MemberField, tuple[str, ...]] = {
    "language": ("fa", "en"),
    "calendar": ("jalali", "gregorian"),
}
LAST_JALALI_YEAR = 1599  # A year up to this one is Jalali, a later one Gregorian.
BIRTHDAY_DAYS = 3
"""The birthday week is the day itself and so many before and after it."""

ORDER_CONDITIONS = ("amount_from", "amount_to", "with", "without", "shops", "payments")
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]
Word = Annotated[str, Field(min_length=1, max_length=40)]
Hour = Annotated[int, Field(ge=0, le=24)]


def read_day(told: Any) -> Any:
    """A day as the file tells it: 2026-03-21, or "1405-01-01" in the Jalali calendar."""
    if isinstance(told, datetime):
        raise ValueError("write the day alone, like 2026-03-21, without a time")
    if isinstance(told, date):
        told = told.isoformat()
    try:
        year, month, day = (int(part) for part in str(told).split("-"))
        if year > LAST_JALALI_YEAR:
            return date(year, month, day)
        return JalaliDate(year, month, day).to_gregorian()
    except ValueError as error:
        raise ValueError(
            f'{told!r} is no day; write it like 2026-03-21, or "1405-01-01" for a Jalali one'
        ) from error


Day = Annotated[date, BeforeValidator(read_day)]


class Items(Part):
    """Which items of an order are meant: in each list any one is enough, all lists must fit."""

    skus: tuple[Word, ...] = ()
    genres: tuple[Key, ...] = ()
    labels: tuple[Word, ...] = ()

    @field_validator("skus", "labels")
    @classmethod
    def _folded(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word.strip().casefold() for word in words)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.skus or self.genres or self.labels):
            raise ValueError("names no item; give skus, genres or labels, or leave it out")
        return self


class When(Part):
    """What a rule asks for; all that is said must hold."""

    amount_from: Minor | None = None
    amount_to: Minor | None = None
    only: Items | None = Field(default=None, alias="with")
    without: Items | None = None
    shops: tuple[Word, ...] = ()
    payments: tuple[Word, ...] = ()
    tiers: tuple[Key, ...] = ()
    tags: tuple[Word, ...] = ()
    fields: dict[MemberField, Word] = Field(default_factory=dict)
    weekdays: tuple[Weekday, ...] = ()
    hours: tuple[Hour, Hour] | None = None  # From the first to before the second, local time.
    first_day: Day | None = Field(default=None, alias="from")
    last_day: Day | None = Field(default=None, alias="until")
    birthday_week: Literal[True] | None = None
    first_purchase: Literal[True] | None = None

    @field_validator("shops", "payments")
    @classmethod
    def _folded(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word.strip().casefold() for word in words)

    @field_validator("tags")
    @classmethod
    def _as_kept(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        """#Old_friend as staff may type it is kept as old-friend."""
        words = (tag.lstrip("#").replace("_", " ").replace("-", " ").casefold() for tag in tags)
        kept = tuple("-".join(word.split()) for word in words)
        for tag, word in zip(tags, kept, strict=True):
            if not word:
                raise ValueError(f'"{tag}" is no tag, so nobody has it; write it like "old-friend"')
        return kept

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        low, high = self.amount_from, self.amount_to
        if low is not None and high is not None and low > high:
            raise ValueError(
                f"amount_from {low} is above amount_to {high}, so no order fits; swap them"
            )
        if self.hours and (self.hours[0] == self.hours[1] or self.hours == (24, 0)):
            raise ValueError("hours are no time at all; write [18, 24], or leave them out")
        first, last = self.first_day, self.last_day
        if first and last and first > last:
            raise ValueError(f"from {first} is after until {last}, so no day fits; swap them")
        if first and last and self.weekdays and (last - first).days < 6:
            days = (first + timedelta(days=day) for day in range((last - first).days + 1))
            if not any(WEEKDAYS[day.weekday()] in self.weekdays for day in days):
                raise ValueError("none of the weekdays lies between from and until")
        for name, value in self.fields.items():
            if value not in FIELD_VALUES.get(name, (value,)):
                known = " or ".join(f'"{one}"' for one in FIELD_VALUES[name])
                raise ValueError(f'fields: {name} is {known}, never "{value}"')
        if self.only and self.without and _covers(self.without, self.only):
            raise ValueError(
                "without names all that with names, so no item is left; take out of without what "
                "is meant"
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of the member whom a rule may reward; only what the rules ask for has to be."""

    tiers: Mapping[str, str] = field(default_factory=dict)  # Ladder key → tier key.
    multipliers: Mapping[str, Decimal] = field(default_factory=dict)  # Tier key → times.
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    birthday: Birthday | None = None
    first_purchase: bool = False  # Whether this order is the member's first.
    used: Mapping[tuple[str, str, str], Uses] = field(default_factory=dict)
    """(rule key, of, per) → how often and for how much the rule gave in the period of now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One happening: the local time at which it is, who it is about, and the order if any."""

    at: datetime
    circumstances: Circumstances
    basis: Basis = "net"
    order: Order | None = None


def fields_of(member: Member) -> dict[str, str]:
    """What `fields` may ask of a member."""
    told = {"language": member.language, "calendar": member.calendar}
    return told | ({"source": member.source} if member.source else {})


def holds(when: When | None, case: Case) -> bool:
    """Whether all that is said holds; items are looked at by matching()."""
    return when is None or all(condition(when, case) for condition in CONDITIONS)


def counts(when: When, case: Case) -> bool:
    """Whether a purchase counts for a mission: only its own amount and time are asked."""
    return amount_fits(when, case) and time_fits(when, case)


def fits(when: When, case: Case) -> bool:
    """Whether amount, place and time are as asked; nothing is asked of the member."""
    return amount_fits(when, case) and place_fits(when, case) and time_fits(when, case)


def matching(when: When | None, items: tuple[Item, ...]) -> tuple[int, ...]:
    """The places of the items on which the effect works."""
    if when is None or (when.only is None and when.without is None):
        return tuple(range(len(items)))
    only, without = when.only, when.without
    return tuple(
        place
        for place, item in enumerate(items)
        if (only is None or _fits(item, only)) and not (without and _touches(item, without))
    )


def amount_fits(when: When, case: Case) -> bool:
    if case.order is None or (when.amount_from is None and when.amount_to is None):
        return True
    amount = case.order.total(case.basis)
    return (when.amount_from or 0) <= amount and (
        when.amount_to is None or amount <= when.amount_to
    )


def place_fits(when: When, case: Case) -> bool:
    if case.order is None:
        return True
    shop, payment = case.order.shop or "", case.order.payment or ""
    return (not when.shops or shop.casefold() in when.shops) and (
        not when.payments or payment.casefold() in when.payments
    )


def member_fits(when: When, case: Case) -> bool:
    known = case.circumstances
    return (
        (not when.tiers or any(tier in when.tiers for tier in known.tiers.values()))
        and (not when.tags or any(tag in known.tags for tag in when.tags))
        and all(known.fields.get(name) == value for name, value in when.fields.items())
    )


def time_fits(when: When, case: Case) -> bool:
    day, hour = case.at.date(), case.at.hour
    if when.weekdays and WEEKDAYS[day.weekday()] not in when.weekdays:
        return False
    if when.hours:
        first, end = when.hours
        inside = first <= hour < end if first < end else hour >= first or hour < end
        if not inside:
            return False
    return (when.first_day is None or when.first_day <= day) and (
        when.last_day is None or day <= when.last_day
    )


def birthday_fits(when: When, case: Case) -> bool:
    if not when.birthday_week:
        return True
    birthday = case.circumstances.birthday
    return birthday is not None and in_birthday_week(birthday, case.at.date())


def first_purchase_fits(when: When, case: Case) -> bool:
    return not when.first_purchase or case.circumstances.first_purchase


CONDITIONS: tuple[Callable[[When, Case], bool], ...] = (
    *(amount_fits, place_fits, member_fits, time_fits, birthday_fits, first_purchase_fits),
)


def in_birthday_week(birthday: Birthday, day: date) -> bool:
    """Whether the birthday is celebrated on that day, or at most BIRTHDAY_DAYS before or after."""
    for distance in range(-BIRTHDAY_DAYS, BIRTHDAY_DAYS + 1):
        month, days = celebrated(birthday.calendar, day + timedelta(days=distance))
        if month == birthday.month and birthday.day in days:
            return True
    return False


def _covers(without: Items, only: Items) -> bool:
    """Whether every item that fits the one is touched by the other."""
    return any(
        named and set(named) <= set(taken)
        for named, taken in (
            (only.skus, without.skus),
            (only.genres, without.genres),
            (only.labels, without.labels),
        )
    )


def _fits(item: Item, only: Items) -> bool:
    return (
        (not only.skus or (item.sku or "").casefold() in only.skus)
        and (not only.genres or not set(only.genres).isdisjoint(item.genres))
        and (not only.labels or any(label.casefold() in only.labels for label in item.labels))
    )


def _touches(item: Item, without: Items) -> bool:
    return (
        (item.sku or "").casefold() in without.skus
        or not set(without.genres).isdisjoint(item.genres)
        or any(label.casefold() in without.labels for label in item.labels)
    )
