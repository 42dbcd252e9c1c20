"""The nightly review of the ladders: who has not kept their tier, and who should be warned."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.calendar import local_day
from club.demotion import Fall, falls_on, foreseen_window, judge, keeping_window, safe_since
from club.forecasts import foresee, oldest_counted
from club.ladders import ChangeReason, Ladder
from club.letters import Letter
from club.programme import Programme
from club.tiers import Standing, measured
from club.windows import DAY, Window, begins
from services.standings import Move, move_many
from storage import deeds as deeds_store
from storage import ladders as ladders_store
from storage import outbox as outbox_store
from storage import reviewing as reviewing_store
from storage.reviewing import Asked

REVIEWED_AT_ONCE = 1_000  # Members who are locked, judged and written in one go.


async def review(tx: AsyncConnection, programme: Programme, at: datetime) -> int:
    """Bring all standings up to that moment; how many fell or were warned.

    Three statements a ladder begin and end grace days and find who falls or is warned; only these
    are looked at one by one.
    """
    done = 0
    for ladder in programme.ladders:
        if ladder.demotion == "never":
            continue
        day = local_day(at, programme.zone)
        keeping = keeping_window(day, ladder, programme)
        foreseen = foreseen_window(day, ladder, programme)
        asked = Asked(
            ladder=ladder,
            keeping=keeping,
            foreseen=foreseen,
            at=at,
            safe_since=safe_since(day, ladder, programme),
            falls_at=falls_on(day, ladder, programme),
            warned_before=at - (ladder.warn_days + ladder.grace_days) * DAY,
            warn_until=begins(day + ladder.warn_days * DAY, programme),
        )
        await reviewing_store.mark(tx, asked)
        found = await reviewing_store.candidates(tx, asked)
        for start in range(0, len(found), REVIEWED_AT_ONCE):
            some = found[start : start + REVIEWED_AT_ONCE]
            done += await _review(tx, programme, ladder, some, keeping, foreseen, at)
    return done


async def _review(
    tx: AsyncConnection,
    programme: Programme,
    ladder: Ladder,
    member_ids: Sequence[int],
    keeping: Window,
    foreseen: Window | None,
    at: datetime,
) -> int:
    """Judge these members, now that nobody else changes them."""
    reachable = await reviewing_store.lock(tx, member_ids)
    main = programme.main_ladder
    now = await ladders_store.stand(tx, main, [(ladder, keeping)], member_ids)
    soon = await ladders_store.stand(tx, main, [(ladder, foreseen or keeping)], member_ids)
    moves, kept, warned = list[Move](), list[tuple[int, Standing]](), dict[int, Standing]()
    for member_id in member_ids:
        found = now[member_id][ladder.key]
        value = measured(ladder, found.counts)
        ahead = measured(ladder, soon[member_id][ladder.key].counts) if foreseen else None
        judged = judge(ladder, found.standing, value, ahead, at, programme)
        if judged.fell:
            facts = {"value": ladder.worth(value, programme.club.currency)}
            moves.append(
                Move(
                    member_id=member_id,
                    before=found.standing,
                    after=judged.standing.tier,
                    told=member_id in reachable,
                    explanation=facts,
                )
            )
        elif judged.standing != found.standing:
            kept.append((member_id, judged.standing))
            if judged.warned and member_id in reachable:
                warned[member_id] = judged.standing
    await move_many(tx, programme, ladder, moves, ChangeReason.FELL, at)
    if kept:
        await ladders_store.put(tx, ladder.key, kept, at)
    letters = await _warn(tx, programme, ladder, warned, at) if warned else 0
    return len(moves) + letters


async def _warn(
    tx: AsyncConnection,
    programme: Programme,
    ladder: Ladder,
    warned: Mapping[int, Standing],
    at: datetime,
) -> int:
    """Write to members whose tier is going to fall; how many letters."""
    window = oldest_counted(at, ladder, programme)
    deeds = await deeds_store.of_members(tx, ladder.counts, sorted(warned), window)
    letters = [
        _warning(programme, ladder, member_id, standing, fall, at)
        for member_id, standing in sorted(warned.items())
        if (fall := foresee(ladder, standing, deeds.get(member_id, ()), at, programme))
    ]
    if letters:
        await outbox_store.add(tx, letters, at)
    return len(letters)


def _warning(
    programme: Programme,
    ladder: Ladder,
    member_id: int,
    standing: Standing,
    fall: Fall,
    at: datetime,
) -> Letter:
    day = local_day(at, programme.zone)
    return Letter(
        key=f"tier_warning:{ladder.key}:{day}:{member_id}",
        member_id=member_id,
        message="letters/tier_warning",
        facts={
            "tier": ladder.tier(standing.tier).name.model_dump(),
            "ladder": ladder.name.model_dump() if len(programme.ladders) > 1 else None,
            "falls_to": fall.tier.name.model_dump(),
            "falls_on": fall.at,
            **ladder.told("keeps", fall.missing, programme.club.currency),
        },
        expires_at=fall.at,
    )
