"""A move in figures that words can tell: which rule gave it, and its whole arithmetic."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from club.earning import TIER
from club.facts import Facts
from club.ledger import Reason, Transfer, wallet
from club.money import Money
from club.occasions import occasion_told
from club.parts import Words
from club.programme import Programme

SILENT: Facts = {
    "how": None,
    "per": None,
    "rate_points": 0,
    "rounding": None,
    "basis": None,
    "part": False,
    "base_points": 0,
    "more_percent": 0,
    "result_points": 0,
    "each_points": 0,
    "pieces": 0,
    "cut_of": None,
    "cut_per": None,
    "limit_points": 0,
    "used_points": 0,
    "left_points": 0,
}
"""The arithmetic of a move that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A member's move, numbered; the moments are told of one that made a lot."""

    id: int
    transfer: Transfer
    paid: Money | None  # What the member's own purchase cost on which it rests.
    active_from: datetime | None
    expires_at: datetime | None


def rule_name(key: str | None, programme: Programme) -> Words | None:
    """What the rule is called; a tier's multiplier is called like the tier."""
    if key is None:
        return None
    if key.startswith(TIER):
        tiers = (tier for ladder in programme.ladders for tier in ladder.tiers)
        return next((tier.name for tier in tiers if TIER + tier.key == key), None)
    rule = programme.rule(key)
    return None if rule is None else rule.name


def points_for(move: Transfer, member_id: int) -> int:
    """The points with the sign that they have for this member."""
    return move.points if move.target == wallet(member_id) else -move.points


def told(numbered: Move, member_id: int, programme: Programme) -> Facts:
    """All that words need to tell a member's move; what a friend paid stays theirs."""
    move, paid = numbered.transfer, numbered.paid
    explanation = move.explanation
    earned_by = explanation.get("earned_by")  # What the points were got for that paid a debt.
    name = rule_name(move.rule or (str(earned_by) if earned_by else None), programme)
    amount = None if move.reason is Reason.REFERRAL else explanation.get("amount")
    return {
        "kind": move.reason.value,
        "points": points_for(move, member_id),
        "rule": name.model_dump() if name else None,
        "of_tier": (move.rule or "").startswith(TIER),
        "amount": amount or paid,
        "paid": paid,
        "reason": explanation.get("reason"),
        "at": move.at,
        **SILENT,
        **occasion_told(explanation),
        **_refunded(move),
        **_arithmetic(explanation),
    }


def _refunded(move: Transfer) -> dict[str, object]:
    """What of a purchase was given back, and what a debt was paid out of."""
    explanation = move.explanation
    refunds = (Reason.REFUND, Reason.RETURN, Reason.UNDO)
    return {
        "given_back": explanation.get("amount") if move.reason in refunds else None,
        "whole_points": explanation.get("whole", 0),
        "share_points": explanation.get("share", 0),
        "earned": explanation.get("earned", 0),
        "owed": explanation.get("owed", 0),
    }


def _arithmetic(explanation: Facts) -> dict[str, object]:
    """The inputs of the rule and each step, as far as it has any."""
    how = explanation.get("kind")
    found: dict[str, object] = {"how": how}
    match how:
        case "rate":
            found |= {name: explanation[name] for name in ("per", "rounding", "basis", "part")}
            found["rate_points"] = explanation["points"]
        case "multiplier":
            found |= {"rounding": explanation["rounding"], "base_points": explanation["base"]}
            found["more_percent"] = int((Decimal(str(explanation["times"])) - 1) * 100)
        case "fixed":
            found |= {"each_points": explanation["each"], "pieces": explanation["quantity"]}
        case _:
            return {"how": None}
    cut = explanation.get("cut")
    found["result_points"] = explanation["result"]
    if isinstance(cut, dict):
        limit, used = cut["limit"] or 0, cut["used"]
        found |= {
            "result_points": cut["whole"],
            "cut_of": cut["of"],
            "cut_per": cut["per"],
            "limit_points": limit,
            "used_points": used,
            "left_points": limit - used,
        }
    return found
