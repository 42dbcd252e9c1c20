"""What is to go wrong, on request: the form of `faults.toml` and of /api/faults."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator
from pydantic_core import ErrorDetails

Kind = Literal["429", "500", "502", "504", "reset", "hang", "delay", "blocked", "deactivated"]
REFUSING: tuple[Kind, ...] = ("429", "blocked", "deactivated")
SENDING = frozenset(
    {
        "copyMessage",
        "forwardMessage",
        "sendDocument",
        "sendMediaGroup",
        "sendMessage",
        "sendPhoto",
    }
)
EVERYTHING = "*"
DAY_S = 24 * 3600
Whole = Annotated[int, Strict()]  # `true` is none, though Python takes it for one.
Number = Annotated[float, Strict()]
Seconds = Annotated[Number, Field(gt=0, le=DAY_S)]
Method = Annotated[str, Field(pattern=r"^([A-Za-z]{2,64}|\*)$")]
Milliseconds = Annotated[Number, Field(ge=0, le=DAY_S * 1000)]


class FaultsBroken(Exception):
    """These faults cannot be had; the text names the place and the mend."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Part):
    """How much the bot may send; zero takes a limit away."""

    per_second: Whole = Field(30, ge=0)
    per_chat_per_second: Number = Field(1, ge=0)
    per_group_per_minute: Whole = Field(20, ge=0)
    burst: Whole = Field(5, ge=1, le=1000)  # What a chat takes at once before its limit holds.
    retry_after_s: Whole = Field(3, ge=1, le=DAY_S)


class Fault(Part):
    """One thing that goes wrong, with which calls, and how often."""

    kind: Kind
    when: Literal["before", "after"] = "before"  # It is accepted.
    method: Method | list[Method] = sorted(SENDING)
    share: Number | None = Field(None, gt=0, le=1)
    every: Whole | None = Field(None, ge=1)
    times: Whole | None = Field(None, ge=1)
    chats: list[Whole] | None = Field(None, min_length=1)
    words: str | None = Field(None, min_length=1)
    retry_after_s: Whole | None = Field(None, ge=1, le=DAY_S)
    delay_ms: tuple[Milliseconds, Milliseconds] | None = None
    for_s: Seconds | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Fault":
        if self.kind in REFUSING and self.when == "after":
            raise ValueError(f'what is refused was not accepted: for {self.kind} leave out "when"')
        if not self.method:
            raise ValueError('"method" names none: name one, or leave it out for all that sends')
        if self.share is not None and self.every is not None:
            raise ValueError('"share" and "every" exclude each other: keep one')
        if self.retry_after_s is not None and self.kind != "429":
            raise ValueError('"retry_after_s" belongs to kind "429": leave it out')
        if (self.delay_ms is None) == (self.kind == "delay"):
            raise ValueError('"delay_ms" and kind "delay" belong together: give both or none')
        if self.delay_ms and self.delay_ms[0] > self.delay_ms[1]:
            raise ValueError('"delay_ms" is [least, most]: turn the two round')
        return self

    @property
    def methods(self) -> frozenset[str]:
        """The methods it strikes, in small letters."""
        return frozenset(name.lower() for name in self.named)

    @property
    def named(self) -> list[str]:
        """The methods as they were given."""
        return [self.method] if isinstance(self.method, str) else self.method


class Outage(Part):
    """From now on, for so long, every connection of the bot is reset."""

    for_s: Seconds


class Presses(Part):
    """When a press that is not answered is sent again, and how often."""

    again_after_s: Seconds = 30
    times: Whole = Field(default=1, ge=0, le=10)


class Faults(Part):
    """All that goes wrong. The same seed brings the same order of strokes."""

    seed: Whole = 0
    limits: Limits | None = None
    fault: list[Fault] = Field(default=[], max_length=100)
    outage: Outage | None = None
    presses: Presses = Presses()


def checked(body: object, methods: Mapping[str, str]) -> Faults:
    """The faults that are asked for, or a sentence that says what is wrong with them.

    `methods` are the names there are: in small letters, and as they are spelt.
    """
    try:
        faults = Faults.model_validate(body)
    except ValidationError as error:
        raise FaultsBroken(_sentence(error.errors()[0])) from error
    for index, fault in enumerate(faults.fault):
        for name in fault.named:
            if name == EVERYTHING or name.lower() in methods:
                continue
            near = get_close_matches(name.lower(), methods, 1)
            use = methods[near[0]] if near else EVERYTHING
            raise FaultsBroken(f"fault {index + 1}, method: {name} is not known: use {use}.")
    return faults


def read_faults(path: Path, methods: Mapping[str, str]) -> Faults:
    """The faults of a TOML file."""
    try:
        return checked(tomllib.loads(path.read_text()), methods)
    except OSError as error:
        raise FaultsBroken(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # Broken TOML, or no text at all.
        raise FaultsBroken(f"{path} is no TOML: {error}.") from error
    except FaultsBroken as error:
        raise FaultsBroken(f"{path}: {error}") from error


def _sentence(error: ErrorDetails) -> str:
    place = [part for part in error["loc"] if not _is_kind(part)]
    where = _place(place)
    if error["type"] == "extra_forbidden":
        known = _known(place[0] if len(place) > 1 else None)
        near = get_close_matches(str(place[-1]), known, 1) or [", ".join(sorted(known))]
        return f"{where} is not known: use {near[0]}, or leave it out."
    reason = error["msg"].removeprefix("Value error, ").rstrip(".")
    given = error["input"]
    shown = f", not {given!r}" if isinstance(given, str | int | float) else ""
    return f"{where}: {reason}{shown}."


def _is_kind(part: int | str) -> bool:
    """Whether this part of a place only tells which kind of value was tried there."""
    return isinstance(part, str) and ("[" in part or part == "constrained-str")


def _place(parts: list[Any]) -> str:
    """`fault 2, share` for a reader who counts from one."""
    named = ""
    for part in parts:
        named += f" {part + 1}" if isinstance(part, int) else f", {part}" if named else part
    return named or "the faults"


def _known(part: object) -> set[str]:
    """The names a part of the form has."""
    parts: dict[object, type[Part]] = {
        "limits": Limits,
        "fault": Fault,
        "outage": Outage,
        "presses": Presses,
    }
    return set(parts.get(part, Faults).model_fields)
