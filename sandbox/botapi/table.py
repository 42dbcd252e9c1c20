"""What the Bot API's description says, as checks of the bot's calls and of the sandbox's answers.

Calls are checked while thousands come in each second: what a method knows is worked out once.
Answers and updates are checked by tests, thoroughly.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

Fits = Callable[[Any], bool]

TABLE: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("table.json").read_text("utf-8")
)
METHODS, TYPES = TABLE["methods"], TABLE["types"]
ARRAY = "Array of "
NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)
BOOLEAN_WORDS = ("true", "false", "1", "0", "yes", "no")
SIMPLE: dict[str, Fits] = {
    "Integer": lambda value: type(value) is int,
    "Float": lambda value: type(value) in (int, float),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
}


def _is_number(value: Any) -> bool:
    return type(value) is int or (isinstance(value, str) and bool(NUMBER.fullmatch(value)))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or type(value) is int  # A number stands for its digits.


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or str(value).strip().lower() in BOOLEAN_WORDS


def _is_structure(value: Any) -> bool:
    """JSON, or its text; what is in it is for the method to judge."""
    return isinstance(value, dict | list) or str(value).lstrip()[:1] in ("{", "[")


READ_AS: dict[str, Fits] = {"Integer": _is_number, "Boolean": _is_flag}


def _reader(types: str) -> Fits:
    """How a parameter of these types may come in, from a form or from JSON."""
    return _is_text if "String" in types.split("|") else READ_AS.get(types, _is_structure)


def _known(entry: dict[str, Any]) -> dict[str, Fits]:
    fields = {**entry.get("required", {}), **entry.get("optional", {})}
    return {name: _reader(types) for name, types in fields.items()}


KNOWN: dict[str, tuple[str, dict[str, Fits]]] = {
    name.lower(): (name, _known(entry)) for name, entry in METHODS.items()
}
NO_METHOD: tuple[str, dict[str, Fits]] = ("", {})


def spelling(method: str) -> str:
    """A method in its real spelling; one that only this server has stays as it is."""
    return KNOWN.get(method, NO_METHOD)[0] or method


def unusual(method: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Parameters the server would overlook or misread without a word, each with its method.

    The real server ignores names it does not know and takes what is no number for zero; the
    bot's author should hear of both. `method` is in small letters.
    """
    name, known = KNOWN.get(method, NO_METHOD)
    odd = []
    for parameter, value in values.items():
        fits = known.get(parameter)
        if fits is None or not (value is None or value == "" or fits(value)):
            odd.append((name, parameter))
    return odd if name else []


def check_answer(method: str, result: Any) -> list[str]:
    """What is wrong with the result of a method; nothing when it is as described."""
    name, _ = KNOWN[method.lower()]
    return list(_faults(result, METHODS[name]["returns"], name))


def check_update(update: Any) -> list[str]:
    """What is wrong with an update."""
    faults = list(_faults(update, "Update", "update"))
    if not faults and len(update) != 2:
        faults.append(f"update: one kind at a time, not {sorted(update)}")
    return faults


def check_failure(body: Any, status: int) -> list[str]:
    """What is wrong with the whole answer to a request that was refused."""
    wanted = {"ok": False, "error_code": status}
    faults = [
        f"failure.{name}: {body.get(name)!r}"
        for name, value in wanted.items()
        if body.get(name) != value
    ]
    if not isinstance(body.get("description"), str) or not body["description"]:
        faults.append("failure.description is missing")
    if extra := body.keys() - {*wanted, "description", "parameters"}:
        faults.append(f"failure: unknown {sorted(extra)}")
    if "parameters" in body:
        faults.extend(_faults(body["parameters"], "ResponseParameters", "failure.parameters"))
    return faults


def _faults(value: Any, types: str, path: str) -> Iterator[str]:
    """The faults of a value, measured by the alternative that it fits best."""
    alternatives = [list(_faults_of(value, one, path)) for one in types.split("|")]
    yield from min(alternatives, key=len)


def _faults_of(value: Any, kind: str, path: str) -> Iterator[str]:
    if kind.startswith(ARRAY):
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no array"
            return
        for place, item in enumerate(value):
            yield from _faults(item, kind.removeprefix(ARRAY), f"{path}[{place}]")
    elif kind in SIMPLE:
        if not SIMPLE[kind](value):
            yield f"{path}: {value!r} is no {kind}"
    elif kind not in TYPES:
        yield f"{path}: the sandbox has no {kind}"
    elif "one_of" in TYPES[kind]:
        yield from _faults(value, "|".join(TYPES[kind]["one_of"]), path)
    elif not isinstance(value, dict):
        yield f"{path}: {value!r} is no {kind}"
    else:
        yield from _faults_of_object(value, TYPES[kind], f"{path}")


def _faults_of_object(value: dict[str, Any], entry: dict[str, Any], path: str) -> Iterator[str]:
    required, optional = entry.get("required", {}), entry.get("optional", {})
    for name in required.keys() - value.keys():
        yield f"{path}.{name} is missing"
    for name, inner in value.items():
        types = required.get(name) or optional.get(name)
        if types is None:
            yield f"{path}.{name} is unknown"
        else:
            yield from _faults(inner, types, f"{path}.{name}")
