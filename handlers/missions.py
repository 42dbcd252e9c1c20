"""Missions, and how far a member is."""

from collections.abc import Sequence

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.money import Money
from handlers.context import ClubContext
from handlers.keyboards import Button
from handlers.points import last_moment
from services.missions import MissionShown

CARD = Button("card", "card", "open")


async def show_missions(update: Update, context: ClubContext) -> None:
    """Every mission with its progress."""
    shown = await context.services.missions.show(context.user_id)
    currency = context.programme.club.currency
    missions = tuple(facts_of(mission, currency) for mission in shown)
    await context.say("missions/shown", [[CARD]], missions=missions)


def nearest(missions: Sequence[MissionShown]) -> list[MissionShown]:
    """Those that are still open, the one of which the smallest share is missing first."""
    still_open = [mission for mission in missions if not mission.progress.completed]
    return sorted(still_open, key=lambda one: -one.progress.done / one.progress.goal)


def facts_of(mission: MissionShown, currency: str) -> dict[str, object]:
    """What words need to tell a mission and its progress."""
    goal, progress = mission.rule.goal, mission.progress
    assert goal is not None, "a mission has one"
    of_amount = goal.amount is not None
    return {
        "reward": mission.rule.name,
        "points": mission.rule.points or 0,
        "mission_goal": "amount" if of_amount else "genres" if goal.genres else "purchases",
        "done": progress.done,
        "goal": progress.goal,
        "done_amount": Money(progress.done if of_amount else 0, currency),
        "goal_amount": Money(progress.goal if of_amount else 0, currency),
        "ends_at": last_moment(progress.ends_at) if progress.ends_at else None,
        "completed": progress.completed,
        "unrewarded": progress.reached,
        "recurring": mission.rule.recurring,
    }


HANDLERS = (
    CommandHandler("missions", show_missions, filters.ChatType.PRIVATE),
    CallbackQueryHandler(show_missions, "^missions:open:"),
)
