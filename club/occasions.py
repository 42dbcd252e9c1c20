"""What had to happen before a rule gave fixed points: a goal, days in a row, an event."""

from club.facts import Facts
from club.money import Money
from club.rules import Days, Rule

NO_OCCASION: Facts = {
    "mission_goal": None,
    "goal": 0,
    "goal_amount": None,
    "span": None,
    "span_days": 0,
    "streak_days": 0,
    "event": None,
}
"""Of a move that needs none, or was booked before they were kept."""


def occasion(rule: Rule, currency: str, *, days: int | None = None) -> dict[str, object]:
    """The facts to be kept with what the rule gives; `days` is how long a streak was."""
    if rule.goal is not None:
        of_amount = rule.goal.amount is not None
        span = rule.within
        return {
            "mission_goal": (
                "amount" if of_amount else "genres" if rule.goal.genres else "purchases"
            ),
            "goal": 0 if of_amount else rule.goal.figure,
            "goal_amount": Money(rule.goal.figure, currency) if of_amount else None,
            "span": "days" if isinstance(span, Days) else span,
            "span_days": span.days if isinstance(span, Days) else 0,
        }
    if rule.event is not None:
        return {"event": rule.event}
    return {"streak_days": days} if rule.days is not None and days else {}


def occasion_told(explanation: Facts) -> dict[str, object]:
    """The same facts back out of a move, all of them, with nothing where nothing was kept."""
    return {name: explanation.get(name, none) for name, none in NO_OCCASION.items()}
