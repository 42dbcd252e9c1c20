"""Tables of older programmes, and what to write instead of each."""

from collections.abc import Mapping
from typing import Any

LOTS = (
    "write [expiry] with months = 12 (or any other number) instead of [lots]; "
    'for points that live for ever write model = "never" there'
)
TIERS = (
    'write [[ladders]] with key, name and measure = "points", and each tier under it as '
    "[[ladders.tiers]] with from = 500 instead of points = 500"
)
_ACTIONS = {
    "profile": "profile",
    "birthday": "birthday",
    "review": "review",
    "visit": "visit",
}


def instead_of(tables: Mapping[str, Any]) -> list[str]:
    """For each older table that stands there, a sentence that says what to write."""
    said = []
    for name, table in tables.items():
        if name == "lots":
            said.append(f"lots: {LOTS}")
        elif name == "tiers":
            said.append(f"tiers: {TIERS}")
        elif name == "purchase":
            said.append(_rule(name, "purchase", points=table, per=_figure(table, "per", 100_000)))
        elif name == "referral":
            said.append(_referral(table))
        elif name in _ACTIONS:
            said.append(_rule(name, _ACTIONS[name], points=table))
    return said


def _rule(name: str, trigger: str, *, points: Any, **more: int) -> str:
    figures = {"points": _figure(points, "points", 5), **more}
    written = ", ".join(f"{key} = {value:_}" for key, value in figures.items())
    return (
        f'{name}: is a rule now; write [[rules]] with key = "{name}", a name, '
        f'on = "{trigger}", {written} instead of [{name}]'
    )


def _referral(table: Any) -> str:
    trigger = "referral_first_purchase"
    if isinstance(table, Mapping) and table.get("reward_at") == "joined":
        trigger = "referral_joined"
    return (
        f'referral: is a rule for each of the two now; write [[rules]] with on = "{trigger}", '
        f'to = "inviter", points = {_figure(table, "points_inviter", 5)}, and one more with '
        f'to = "friend", points = {_figure(table, "points_friend", 5)} instead of [referral]'
    )


def _figure(table: Any, name: str, usual: int) -> int:
    """The number that stood there, to be taken over."""
    found = table.get(name, usual) if isinstance(table, Mapping) else usual
    return found if isinstance(found, int) else usual
