"""Laws of the ladders: the tier that members show is the one they stand on."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_

from club.ladders import Ladder
from club.programme import Programme
from storage.proof import answer, differing
from storage.tables.ladders import STANDINGS
from storage.tables.members import MEMBERS


def tier(programme: Programme) -> Select[Any]:
    """On a ladder over points ever, the tier is the highest that was reached, or the floor."""
    main = programme.main_ladder
    rows = MEMBERS.outerjoin(
        STANDINGS, and_(STANDINGS.c.member_id == MEMBERS.c.id, STANDINGS.c.ladder == main.key)
    )
    if main.by_points_ever:
        return differing(MEMBERS.c.id, MEMBERS.c.tier, _reached(main), rows)
    return differing(
        MEMBERS.c.id, MEMBERS.c.tier, func.coalesce(STANDINGS.c.tier, MEMBERS.c.tier), rows
    )


def standing(programme: Programme) -> Select[Any]:
    """Where a member stands on a ladder over points ever, and that it is one of its tiers."""
    ladders = [ladder for ladder in programme.ladders if ladder.by_points_ever]
    rows = STANDINGS.join(MEMBERS, MEMBERS.c.id == STANDINGS.c.member_id)
    if not ladders:
        return _nothing()
    should = case(*((STANDINGS.c.ladder == one.key, _reached(one)) for one in ladders))
    wrong = differing(MEMBERS.c.id, STANDINGS.c.tier, should, rows)
    return wrong.where(STANDINGS.c.ladder.in_([one.key for one in ladders]))


def _reached(ladder: Ladder) -> ColumnElement[Any]:
    """The highest tier whose threshold the points ever earned reach, as club/ladders.py says."""
    return case(
        *(
            (
                or_(MEMBERS.c.points_earned >= one.threshold, STANDINGS.c.floor == one.key),
                one.key,
            )
            for one in reversed(ladder.tiers)
        )
    )


def _nothing() -> Select[Any]:
    return answer(literal(0), literal(0), literal(0)).where(literal(1) == literal(0))
