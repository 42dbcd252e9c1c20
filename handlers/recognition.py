"""The card that asks whether a customer from before the club is the person in front of us."""

from club.members import JoinStep
from handlers.context import ClubContext
from handlers.keyboards import Button
from services.recognition import CustomerRecognised


async def ask_whether(context: ClubContext, recognised: CustomerRecognised) -> None:
    """Who is still joining hears what they had; who is a member sees both balances."""
    joining = recognised.by_phone and recognised.member.join_step is not JoinStep.DONE
    await context.say(
        "merges/known" if joining else "merges/asked",
        merge_rows(recognised.intent_id),
        points=recognised.points,
        balance=recognised.balance,
    )


def merge_rows(intent_id: int) -> list[list[Button]]:
    """The two answers."""
    return [
        [Button("merge_yes", "merge", "yes", intent_id)],
        [Button("merge_no", "merge", "no", intent_id)],
    ]
