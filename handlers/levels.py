"""Where a member stands on the ladders: what is above, what comes if nothing changes."""

from collections.abc import Sequence

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.money import Money
from club.programme import Programme
from club.tiers import PortionReached
from handlers.context import ClubContext
from services.levels import Level


async def show_levels(update: Update, context: ClubContext) -> None:
    """`/levels`: the member on each ladder, with all that it counts of them."""
    levels = await context.services.tiers.show(context.user_id)
    await context.say("levels/shown", levels=facts_of(levels, context.programme))


def facts_of(levels: Sequence[Level], programme: Programme) -> tuple[dict[str, object], ...]:
    """What the words on ladders ask for."""
    return tuple(level_facts(level, programme) for level in levels)


def level_facts(level: Level, programme: Programme) -> dict[str, object]:
    """One ladder in facts."""
    way, fall, currency = level.way, level.fall, programme.club.currency
    text = way.tier.text
    return {
        "ladder": level.ladder.name,
        "tier": way.tier.name,
        "next_tier": way.next_tier.name if way.next_tier else None,
        **level.ladder.told("missing", way.missing, currency),
        "falls_to": fall.tier.name if fall else None,
        "falls_on": fall.at if fall else None,
        **level.ladder.told("keeps", fall.missing if fall else 0, currency),
        "floor": level.floor.name if level.floor else None,
        "benefit": text.model_dump() if text else None,
        "portions": tuple(_portion(part, currency) for part in level.portions),
    }


def fall_facts(levels: Sequence[Level], programme: Programme) -> dict[str, object]:
    """What falls first if nothing changes, of all ladders."""
    falls = [(level.fall.at, place) for place, level in enumerate(levels) if level.fall]
    level = levels[min(falls)[1]] if falls else levels[0]
    facts = level_facts(level, programme)
    kept = {name: facts[name] for name in facts if name.startswith(("falls_", "keeps_"))}
    return kept | {"falling": level.way.tier.name if level.fall else None}


def _portion(part: PortionReached, currency: str) -> dict[str, object]:
    money = part.of == "amount"
    return {
        "portion": part.of,
        "count": part.count,
        "full": part.full,
        "amount": Money(part.count, currency) if money else None,
        "full_amount": Money(part.full, currency) if money else None,
        "score": part.score,
        "weight": part.weight,
    }


HANDLERS = (
    CommandHandler("levels", show_levels, filters.ChatType.PRIVATE),
    CallbackQueryHandler(show_levels, "^levels:open:"),
)
