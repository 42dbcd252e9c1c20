"""The programme: which rules are on, with what numbers. Its file is `programme.toml`."""

import tomllib
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, model_validator

from club.calendar import Calendar
from club.money import CURRENCIES, MAX_MINOR, Money
from club.parts import Key, Language, Part, Points, Words

MOST_POINTS = 2**62  # What both databases can keep, with room to add.
RewardAt = Literal["joined", "first_purchase"]


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


class PurchaseRate(Part):
    """`points` for every `per` minor units of a purchase."""

    points: Annotated[int, Field(gt=0, le=1_000_000)]
    per: Annotated[int, Field(gt=0, le=MAX_MINOR)]
    rounding: Literal["down", "up", "nearest"] = "down"


class Profile(Part):
    """What a completed profile (phone and a favourite genre) brings, once."""

    points: Points = 0


class Lots(Part):
    """How long points live: to the end of the local day that many months later; 0 is for ever."""

    months: Annotated[int, Field(ge=0, le=1200)] = 12


class Tier(Part):
    """A step of the ladder, reached with `points` ever earned."""

    key: Key
    name: Words
    points: Points


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


class Referral(Part):
    """What a friend brings to who invited them, and to themself, and when; left out it is off."""

    points_inviter: Points
    points_friend: Points
    reward_at: RewardAt = "first_purchase"

    @model_validator(mode="after")
    def _rewards_somebody(self) -> Self:
        if not self.points_inviter and not self.points_friend:
            raise ValueError("nobody gets anything; give points, or leave the table out")
        return self


class Birthday(Part):
    """What a birthday brings with its greeting; left out nobody is asked for theirs."""

    points: Points


class Review(Part):
    """What a review of a purchase brings; left out nobody is asked for one."""

    points: Points


class Visit(Part):
    """What opening the club brings, once a local day; left out it is off."""

    points: Annotated[int, Field(gt=0, le=1_000)]


class Programme(Part):
    """All rules of one club."""

    club: Club
    purchase: PurchaseRate
    profile: Profile = Profile()
    lots: Lots = Lots()
    notices: Notices = Notices()
    referral: Referral | None = None
    birthday: Birthday | None = None
    review: Review | None = None
    visit: Visit | None = None
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=12)]
    genres: Annotated[tuple[Genre, ...], Field(max_length=40)] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.purchase.points * MAX_MINOR // self.purchase.per > MOST_POINTS:
            raise ValueError("purchase: points for so little money overflow the book; raise per")
        steps = [tier.points for tier in self.tiers]
        if steps[0] != 0:
            raise ValueError("tiers: the first tier starts at points = 0")
        if steps != sorted(set(steps)):
            raise ValueError("tiers: each tier needs more points than the one before it")
        for name, keys in (
            ("tiers", [tier.key for tier in self.tiers]),
            ("genres", [spelling for genre in self.genres for spelling in spellings(genre)]),
        ):
            if twice := sorted({key for key in keys if keys.count(key) > 1}):
                raise ValueError(f"{name}: {', '.join(twice)} stands there twice")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the club's days begin and end."""
        return ZoneInfo(self.club.zone)

    @property
    def typical_amount(self) -> Money:
        """The purchase that the card takes as its example."""
        return Money(self.club.typical_amount, self.club.currency)

    def tier(self, key: str) -> Tier:
        """The tier of that key; the first where an older programme had another."""
        return next((tier for tier in self.tiers if tier.key == key), self.tiers[0])

    def genre(self, spelling: str) -> Genre | None:
        """The genre that a person or a file means by this spelling."""
        wanted = _folded(spelling)
        return next((genre for genre in self.genres if wanted in spellings(genre)), None)


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
        return Programme.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeFault([f"the file is not TOML: {error}"]) from error
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_url=False):
            place = ".".join(str(part) for part in fault["loc"]) or "programme"
            faults.append(f"{place}: {fault['msg'].removeprefix('Value error, ')}")
        raise ProgrammeFault(faults) from error
