"""What is wrong with a programme's file: the place, the fault, and how to mend it."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from club.rulebook import did_you_mean

SEVERAL = ("rules", "ladders", "tiers", "genres", "limits", "parts")
"""Tables of which there may be several: their name stands in double brackets."""

CHOICES = {
    "within": 'write "day", "week", "month", "season" or "year", or { days = 30 }',
    "over": 'write "ever" or "year", or { days = 90 }, or { months = 12 }',
}
"""Where a word or a table may stand, what fits."""

Place = Sequence[int | str]


def described(
    error: ValidationError, tables: Mapping[str, Any], model: type[BaseModel]
) -> list[str]:
    """Each fault in a sentence: where it is, what is wrong, what to write."""
    said = []
    for fault in error.errors(include_url=False):
        place = fault["loc"]
        choice = next((name for name in place if name in CHOICES), None)
        if choice is not None:
            cut = place[: place.index(choice) + 1]
            said.append(f"{_place(cut, tables)}: {CHOICES[str(choice)]}")
        elif place:
            said.append(f"{_place(place, tables)}: {_remedy(fault, model)}")
        else:
            said += _message(fault).split("\n")
    return list(dict.fromkeys(said))


def _place(place: Place, tables: Mapping[str, Any]) -> str:
    """Like rules[books].when.hours: a table of several is named by its key."""
    said, here = "", tables
    for part in place:
        if part == "[key]":  # A table's own name is wrong, and stands there already.
            continue
        here = _within(here, part)
        if isinstance(part, int):
            key = here.get("key") if isinstance(here, Mapping) else None
            said += f"[{key if isinstance(key, str) else part + 1}]"
        else:
            said += f".{part}" if said else part
    return said


def _within(table: Any, part: int | str) -> Any:
    try:
        return table[part]
    except (KeyError, IndexError, TypeError):
        return None


def _remedy(fault: ErrorDetails, model: type[BaseModel]) -> str:
    """The fault in words that say what to do."""
    name = str(fault["loc"][-1])
    match fault["type"]:
        case "extra_forbidden":
            return f"no such name here; {did_you_mean(name, _names(model, fault['loc'][:-1]))}"
        case "missing":
            return "is missing; add it"
        case "tuple_type" if name in SEVERAL:
            return f"there may be several; write its name in double brackets, like [[{name}]]"
        case "string_pattern_mismatch":
            return "a key is at most 20 of a-z, 0-9, - and _, and begins with a letter or digit"
        case "literal_error":
            allowed = fault["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
            near = did_you_mean(str(fault["input"]), allowed)
            return f"{_message(fault)}, not {fault['input']!r}" + (
                f"; {near}" if near.startswith("did") else ""
            )
        case _:
            return _message(fault)


def _message(fault: ErrorDetails) -> str:
    return fault["msg"].removeprefix("Value error, ")


def _names(model: type[BaseModel], place: Place) -> list[str]:
    """What may stand in that table."""
    for part in place:
        if isinstance(part, str):
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            found = _model_in(fields[part].annotation) if part in fields else None
            if found is None:
                return []
            model = found
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The table that stands behind an annotation like tuple[Rule, ...] or When | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)
