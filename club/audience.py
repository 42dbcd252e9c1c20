"""Who a letter is for, as a value that can be stored and read back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from zlib import crc32

from club.parts import Words
from club.programme import Programme

Part = Literal["any_of", "all_of", "none_of", "tiers", "languages", "bought", "quiet"]
TAG_PARTS: tuple[Part, ...] = ("any_of", "all_of", "none_of")
NAMES_SHOWN = 8  # So many tags of a part are named; the others are an ellipsis.
DAYS = (7, 30, 90, 180, 365)  # What the buttons offer for the last purchase.


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Members for whom all of this holds; what is left empty asks nothing.

    Consent and reachability are not part of it: they are always asked.
    """

    any_of: tuple[str, ...] = ()  # Tags: genres that were liked or bought, and those staff gave.
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    bought_within_days: int | None = None
    not_bought_within_days: int | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "any_of": list(self.any_of),
            "all_of": list(self.all_of),
            "none_of": list(self.none_of),
            "tiers": list(self.tiers),
            "languages": list(self.languages),
            "bought_within_days": self.bought_within_days,
            "not_bought_within_days": self.not_bought_within_days,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Audience":
        """What stored() gave, now or before it knew of more than `any_of`."""
        lists = ("any_of", "all_of", "none_of", "tiers", "languages")
        return cls(
            **{name: tuple(stored.get(name, ())) for name in lists},
            bought_within_days=stored.get("bought_within_days"),
            not_bought_within_days=stored.get("not_bought_within_days"),
        )

    def flipped(self, part: Part, value: str) -> "Audience":
        """With this value, or without it where it was there; a tag stands in one part only."""
        if part in ("bought", "quiet"):
            name = "bought_within_days" if part == "bought" else "not_bought_within_days"
            days = int(value)
            change: dict[str, Any] = {name: None if getattr(self, name) == days else days}
            return replace(self, **change)
        had = value in getattr(self, part)
        others = TAG_PARTS if part in TAG_PARTS else (part,)
        cleared: dict[str, Any] = {
            name: tuple(one for one in getattr(self, name) if one != value) for name in others
        }
        if not had:
            cleared[part] = (*cleared[part], value)
        return replace(self, **cleared)

    def has(self, part: Part, value: str) -> bool:
        """Whether this is asked."""
        if part == "bought":
            return self.bought_within_days == int(value)
        if part == "quiet":
            return self.not_bought_within_days == int(value)
        return value in getattr(self, part)


def since(days: int, now: datetime) -> datetime:
    """The moment after which a purchase lies within so many days."""
    return now - timedelta(days=days)


def mark_of(value: str) -> str:
    """A short name for a tag or a tier, for buttons: these have little room."""
    return f"{crc32(value.encode()):08x}"


def in_words(audience: Audience, programme: Programme) -> dict[str, object]:
    """The facts by which messages describe an audience; letters can carry them."""
    tiers = {tier.key: tier.name for tier in programme.tiers}
    return {
        "genres": _names(audience.any_of, programme),
        "genres_all": _names(audience.all_of, programme),
        "genres_none": _names(audience.none_of, programme),
        "tiers_meant": tuple(_both(tiers[key]) if key in tiers else key for key in audience.tiers),
        "language_meant": audience.languages[0] if len(audience.languages) == 1 else None,
        "bought_days": audience.bought_within_days,
        "quiet_days": audience.not_bought_within_days,
    }


def tag_name(tag: str, programme: Programme) -> object:
    """A genre by its name in both languages; any other tag as staff typed it."""
    genre = next((one for one in programme.genres if one.key == tag), None)
    return tag if genre is None else _both(genre.name)


def _names(tags: tuple[str, ...], programme: Programme) -> tuple[object, ...]:
    named = tuple(tag_name(tag, programme) for tag in tags[:NAMES_SHOWN])
    return named if len(tags) <= NAMES_SHOWN else (*named, "…")


def _both(name: Words) -> dict[str, str]:
    return {"fa": name.fa, "en": name.en}
